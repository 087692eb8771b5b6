"""What is right is left alone, and what eight mistakes make wrong is found."""

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

# What the article's third version does wrong, and the rules that find it. What a test script does with its arguments, and
# what rights a key has, stands in none of the files.
_MISTAKES = {
    "every branch and tag deploys to production": {"unguarded-deploy"},
    "the cleanup is skipped after a cancelled job, and runs for a stack that never was": {"cleanup-skipped-on-cancel"},
    "a failed cleanup keeps the deployment from running": {"blocking-cleanup"},
    "deployments race, and GitLab does not know of them": {"racing-deploys", "missing-environment"},
    "images without a version, and a runtime that is out of support": {"floating-image", "deprecated-runtime"},
    "the alarm has no dimensions": {"alarm-without-dimensions"},
    "a description with a variable is no !Sub": {"missing-sub"},
    "the alarm is slower than the steps": {"slow-alarm"},
    "a second public stage": {"extra-stage"},
    "the canary is never exercised before production": {"unexercised-canary"},
    "keys that live long": {"unseen-aws-credentials"},
    "a deployment of nothing new fails": {"unchanged-deploy-fails"},
    "everything becomes an artifact": {"untracked-artifacts"},
}
_DESERVED = set[str]().union(*_MISTAKES.values())


def _is_article(path: Path) -> bool:
    return "article" in f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", _CORPUS, ids=lambda path: path.stem)
def test_valid_files_have_no_errors(path: Path) -> None:
    """No rule raises a false alarm on a file that GitLab accepts."""
    model, findings = read_yaml(str(path))
    assert isinstance(model, PipelineModel)
    found = [*findings, *lint(model)]
    assert [str(finding) for finding in found if finding.severity == "error"] == []


@pytest.mark.parametrize("path", _DEFINITIONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_we_ship_has_no_errors(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blueprints and examples are what they preach, but for what the article itself does."""
    monkeypatch.chdir(path.parent)
    found = [finding for finding in lint(load(path.name).project) if finding.severity != "info"]
    if _is_article(path):
        found = [finding for finding in found if finding.severity == "error" or finding.rule not in _DESERVED]
    assert [str(finding) for finding in found] == []


def _rules_of(blueprint: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    monkeypatch.chdir(_ROOT / "blueprints" / blueprint)
    return {finding.rule for finding in lint(load("gitlab_ci.py").project, persona="auditor")}


def test_the_articles_mistakes_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mistake of the article that its files show is found in its third version, and nothing else is."""
    found = _rules_of("article_3", monkeypatch)
    assert {mistake: rules - found for mistake, rules in _MISTAKES.items() if rules - found} == {}
    assert found == _DESERVED | {"deprecated-keyword"}


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
def test_the_earlier_versions_have_fewer_mistakes(blueprint: str, expected: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The article's first two versions are blamed for what they hold already, and for nothing else."""
    assert _rules_of(blueprint, monkeypatch) == expected


def _unknown_stage() -> Pipeline:
    return Pipeline(stages=["deploy"], jobs=[Job("a", stage="deplyo", script=["x"])])


def _missing_need() -> Pipeline:
    return Pipeline(jobs=[Job("a", script=["x"], needs=["b"])])


def _circle() -> Pipeline:
    return Pipeline(jobs=[Job("a", script=["x"], needs=["b"]), Job("b", script=["x"], needs=["a"])])


def _misspelt_keyword() -> Pipeline:
    return Pipeline(jobs=[Job("a", scirpt=["x"])])  # type: ignore[call-arg]


def _no_script() -> Pipeline:
    return Pipeline(jobs=[Job("a", stage="test")])


def _invalid_when() -> Pipeline:
    return Pipeline(jobs=[Job("a", script=["x"], when="sometimes")])  # type: ignore[arg-type]


def _two_of_a_name() -> Pipeline:
    return Pipeline(jobs=[Job("a", script=["x"]), Job("a", script=["y"])])


def _later_dependency() -> Pipeline:
    jobs = [Job("a", stage="build", script=["x"], dependencies=["b"]), Job("b", stage="test", script=["x"])]
    return Pipeline(jobs=jobs)


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (_unknown_stage, "`a` is in stage `deplyo`, which `stages` does not list."),
        (_missing_need, "`a` needs `b`, which does not exist."),
        (_circle, "`a` and `b` wait for each other, so neither can start."),
        (_misspelt_keyword, "`a` has no keyword `scirpt`"),
        (_no_script, "`a` has nothing to run: add `script`, `run` or `trigger`."),
        (_invalid_when, "`a`: `when` should be one of on_success, on_failure, always, manual, delayed, got 'sometimes'"),
        (_two_of_a_name, "`a` is the name of two jobs"),
        (_later_dependency, "`a` uses artifacts of `b`, which is in a later stage (`test` comes after `build`)."),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_eight_mistakes(mistake: object, words: str) -> None:
    """Eight mistakes that other generators write out are refused, with the user's line."""
    assert callable(mistake)
    try:
        findings = lint(mistake())
    except GitlabgenError as error:
        findings = list(error.findings)
    assert any(words in finding.message for finding in findings)
    assert all((finding.file or "").endswith("test_corpus.py") and finding.line for finding in findings)
