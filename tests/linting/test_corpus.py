"""Valid files have no findings, and common mistakes have one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen import GitlabgenError, Job, Pipeline, lint
from gitlabgen.definitions.loading import load
from gitlabgen.files.checkout import read_yaml
from gitlabgen.gitlab import Pipeline as PipelineModel

_ROOT = Path(__file__).parent.parent.parent
_CORPUS = sorted((_ROOT / "tests" / "corpus").glob("*.yml"))
_DEFINITIONS = [*sorted((_ROOT / "blueprints").glob("*/gitlab_ci.py")), *sorted((_ROOT / "examples").glob("*.py"))]

# The mistakes of the article's third version, and the rules that find them. Not listed: how a test script handles its
# arguments, and the permissions of an access key, because the files do not show these.
_MISTAKES = {
    "every branch and tag deploys to production": {"unguarded-deploy"},
    "the cleanup is skipped after a cancelled job, and runs for a stack that was never created": {"cleanup-skipped-on-cancel"},
    "the cleanup does not run again after a retry": {"cleanup-not-repeated"},
    "a failed cleanup prevents the deployment": {"blocking-cleanup"},
    "deployments race, and GitLab does not track them": {"racing-deploys", "missing-environment"},
    "images without a version, and an unsupported runtime": {"floating-image", "deprecated-runtime"},
    "the alarm has no dimensions": {"alarm-without-dimensions"},
    "a description with a variable has no !Sub": {"missing-sub"},
    "the alarm is slower than the steps": {"slow-alarm"},
    "a second public stage": {"extra-stage"},
    "the canary is never exercised before production": {"unexercised-canary"},
    "a changed time-out never goes live": {"unpublished-change"},
    "long-lived access keys": {"unseen-aws-credentials"},
    "a deployment without changes fails": {"unchanged-deploy-fails"},
    "everything becomes an artifact": {"untracked-artifacts"},
}
_EXPECTED = set[str]().union(*_MISTAKES.values())


def _is_article(path: Path) -> bool:
    return "article" in f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", _CORPUS, ids=lambda path: path.stem)
def test_valid_files_have_no_errors(path: Path) -> None:
    """No rule reports an error in a file that GitLab accepts."""
    model, findings = read_yaml(str(path))
    assert isinstance(model, PipelineModel)
    found = [*findings, *lint(model)]
    assert [str(finding) for finding in found if finding.severity == "error"] == []


@pytest.mark.parametrize("path", _DEFINITIONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_blueprints_and_examples_have_no_errors(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blueprints and examples have no warnings or errors, except for the mistakes of the article."""
    monkeypatch.chdir(path.parent)
    found = [finding for finding in lint(load(path.name).project) if finding.severity != "info"]
    if _is_article(path):
        found = [finding for finding in found if finding.severity == "error" or finding.rule not in _EXPECTED]
    assert [str(finding) for finding in found] == []


def _rules_of(blueprint: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.chdir(_ROOT / "blueprints" / blueprint)
    return {finding.rule for finding in lint(load("gitlab_ci.py").project, persona="auditor")}


def test_mistakes_of_the_article_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third version of the article has exactly the expected findings."""
    found = _rules_of("article_3", monkeypatch)
    assert {mistake: rules - found for mistake, rules in _MISTAKES.items() if rules - found} == {}
    assert found == _EXPECTED | {"deprecated-keyword"}


@pytest.mark.parametrize(
    ("blueprint", "expected"),
    [
        ("article_1", {"deprecated-keyword", "deprecated-runtime", "extra-stage", "untracked-artifacts"}),
        (
            "article_2",
            {"deprecated-keyword", "deprecated-runtime", "unchanged-deploy-fails", "extra-stage", "floating-image"}
            | {"missing-environment", "racing-deploys", "unseen-aws-credentials", "unguarded-deploy", "untracked-artifacts"},
        ),
    ],
)
def test_earlier_versions_have_fewer_mistakes(blueprint: str, expected: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The first two versions of the article have exactly the expected findings."""
    assert _rules_of(blueprint, monkeypatch) == expected


def _unknown_stage() -> Pipeline:
    return Pipeline(stages=["deploy"], jobs=[Job("a", stage="deplyo", script=["x"])])


def _missing_need() -> Pipeline:
    return Pipeline(jobs=[Job("a", script=["x"], needs=["b"])])


def _cycle() -> Pipeline:
    return Pipeline(jobs=[Job("a", script=["x"], needs=["b"]), Job("b", script=["x"], needs=["a"])])


def _misspelt_keyword() -> Pipeline:
    return Pipeline(jobs=[Job("a", scirpt=["x"])])  # type: ignore[call-arg]


def _no_script() -> Pipeline:
    return Pipeline(jobs=[Job("a", stage="test")])


def _invalid_when() -> Pipeline:
    return Pipeline(jobs=[Job("a", script=["x"], when="sometimes")])  # type: ignore[arg-type]


def _duplicate_name() -> Pipeline:
    return Pipeline(jobs=[Job("a", script=["x"]), Job("a", script=["y"])])


def _later_dependency() -> Pipeline:
    jobs = [Job("a", stage="build", script=["x"], dependencies=["b"]), Job("b", stage="test", script=["x"])]
    return Pipeline(jobs=jobs)


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (_unknown_stage, "`a` is in stage `deplyo`, which `stages` does not list."),
        (_missing_need, "`a` needs `b`, which does not exist."),
        (_cycle, "`a` and `b` wait for each other, so neither can start."),
        (_misspelt_keyword, "`a` has no keyword `scirpt`"),
        (_no_script, "`a` has nothing to run: add `script`, `run` or `trigger`."),
        (_invalid_when, "`a`: `when` should be one of on_success, on_failure, always, manual, delayed, got 'sometimes'"),
        (_duplicate_name, "`a` is the name of two jobs"),
        (_later_dependency, "`a` uses artifacts of `b`, which is in a later stage (`test` comes after `build`)."),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_common_mistakes_are_located(mistake: object, words: str) -> None:
    """Mistakes that other generators render are reported at the user's line."""
    assert callable(mistake)
    try:
        findings = lint(mistake())
    except GitlabgenError as error:
        findings = list(error.findings)
    assert any(words in finding.message for finding in findings)
    assert all((finding.file or "").endswith("test_corpus.py") and finding.line for finding in findings)
