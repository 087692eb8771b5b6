"""Tests of `lint` on projects and models, from Python and from files."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

import gitlabgen
from gitlabgen import (
    Artifacts,
    Include,
    Job,
    Need,
    Pipeline,
    Project,
    Reference,
    Retry,
    Rule,
    TriggerJob,
    Workflow,
    lint,
    loads,
    sam,
)
from gitlabgen.errors import Finding


def _line_of(text: str) -> int:
    """Return the first line of this file that contains a string."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_finding_is_at_the_argument_of_the_builder() -> None:
    """An undefined need is reported at the list item in the user's Python file, with the most similar job."""
    package = Job("packageApp", stage="build", script=["make"])
    deploy = Job("deploy", stage="deploy", needs=["pakageApp"], script=["make"])  # the need
    (finding,) = lint(Pipeline(jobs=[package, deploy]))
    assert finding == Finding(
        rule="undefined-need",
        message="`deploy` needs `pakageApp`, which does not exist.",
        hint="did you mean `packageApp`?",
        job="deploy",
        path="jobs:deploy:needs",
        file="tests/linting/test_lint.py",
        line=_line_of("# the need"),
        column=51,
        end_line=_line_of("# the need"),
        end_column=62,
        url="https://docs.gitlab.com/ci/yaml/#needs",
        related=(
            Finding(
                rule="job",
                message="'packageApp' is here",
                severity="info",
                file="tests/linting/test_lint.py",
                line=_line_of('Job("packageApp"'),
            ),
        ),
        facts=("pakageApp",),
        gitlab="deploy job: undefined need: pakageApp",
    )


def test_all_pipelines_of_a_project() -> None:
    """Pipelines among a project's files are linted, too."""
    pipeline = Pipeline(jobs=[Job("a", script=["make"], needs=["b"])])
    child = Pipeline(jobs=[Job("c", script=["make"], needs=["d"])])
    project = Project(pipeline=pipeline, files={"child.yml": child, "note.txt": "x", "t.yml": sam.Template("x")})
    assert [finding.message for finding in lint(project)] == [
        "`a` needs `b`, which does not exist.",
        "`c` needs `d`, which does not exist.",
    ]
    assert lint(sam.Template("x")) == []


def test_findings_are_sorted_by_location() -> None:
    """Findings are sorted by file and line, without duplicates."""
    findings = lint(loads("a: {script: [x], stage: z}\nb: {script: [x], needs: [y], stage: z}\n"))
    assert [(finding.line, finding.column) for finding in findings] == sorted(
        (finding.line, finding.column) for finding in findings
    )
    assert len(findings) == 3


def test_undecided_checks_fail_only_if_strict() -> None:
    """A check that an unread include leaves undecided is an error only with `strict`."""
    pipeline = Pipeline(
        include=[Include(component="gitlab.com/group/part@1")],
        jobs=[Job("a", script=["make"], needs=["theirs"])],
    )
    relaxed, strict = lint(pipeline), lint(pipeline, strict=True)
    assert {finding.severity for finding in relaxed} == {"info"}
    assert {finding.severity for finding in strict} == {"error"}
    assert [finding.rule for finding in strict] == ["unread-include", "undefined-need"]


def test_several_unknown_includes() -> None:
    """The message names the first unread include, and mentions that there are others."""
    pipeline = Pipeline(
        include=[Include(template="A.gitlab-ci.yml"), Include(template="B.gitlab-ci.yml")],
        jobs=[Job("a", stage="theirs", script=["make"])],
    )
    messages = [finding.message for finding in lint(pipeline) if finding.rule == "undefined-stage"]
    assert messages == ["`a`: whether the stage `theirs` exists is unknown (include template A.gitlab-ci.yml and others)"]


def test_extra_keywords_in_python_are_intended() -> None:
    """Keys in `extra` of a Python model are not unknown keywords."""
    assert lint(Pipeline(jobs=[Job("a", script=["make"], extra={"brand_new": 1})])) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: {script: [make], scripts: [make]}", "jobs:a config contains unknown keys: scripts"),
        ("a: {script: [make], artifacts: {path: [x]}}", "jobs:a:artifacts config contains unknown keys: path"),
        ("a: {script: [make]}\nb: 3", "root config contains unknown keys: b"),
        (
            "a: {script: [make], rules: [{when: always}]}",
            "jobs:a may allow multiple pipelines to run for a single action due to `rules:when` clause with no `workflow:rules`",
        ),
    ],
)
def test_gitlabs_own_message(text: str, sentence: str) -> None:
    """A finding has GitLab's own message."""
    (finding,) = lint(loads(text))
    assert finding.gitlab == sentence


@pytest.mark.parametrize(
    ("include", "message"),
    [
        (Include(project="group/parts", file="a.yml"), "`group/parts` was not read (another project)"),
        (Include(template="A.gitlab-ci.yml"), "`A.gitlab-ci.yml` was not read (GitLab template)"),
        (Include(component="gitlab.com/group/part@1"), "`gitlab.com/group/part@1` was not read (component)"),
        (Include(remote="https://example.com/a.yml"), "`https://example.com/a.yml` was not read (remote URL)"),
        (Include(local="a.yml"), "`a.yml` was not read (local file)"),
    ],
)
def test_includes_that_are_not_read(include: Include, message: str) -> None:
    """The finding has the name and the kind of the include."""
    (finding,) = lint(Pipeline(include=[include], jobs=[Job("a", script=["make"])]))
    assert finding.message == f"{message}, so the jobs and stages that it defines are unknown."


def test_a_job_named_default() -> None:
    """A Python job named `default` is reported even without a keyword that only jobs have."""
    found = {finding.rule: finding for finding in lint(Pipeline(jobs=[Job("default", stage="test")]))}
    assert found["default-as-job"].message == (
        "GitLab treats `default` as a job, because it has a job keyword: other jobs get no defaults from it."
    )


def test_newer_keywords() -> None:
    """A keyword, value or condition that the target lacks is reported with the version that introduced it."""
    pipeline = Pipeline(
        workflow=Workflow(name="x"),
        jobs=[
            Job(
                "a",
                script=["make"],
                image=Reference("b", "image"),
                needs=[Need("b", optional=True)],
                artifacts=Artifacts(paths=["x"], access="maintainer"),
                retry=Retry(1, exit_codes=[137]),
                rules=[Rule("$A == true && !$B", interruptible=True)],
            ),
            Job("b", stage="build", image="node", script=["make"]),
            TriggerJob("c", trigger="group/project", environment="x"),
        ],
    )
    found = [finding.message for finding in lint(pipeline, target_gitlab="13.8") if finding.rule == "newer-keyword"]
    assert sorted(found) == sorted(
        [
            "`workflow:name` needs GitLab 15.7, but `target_gitlab` is 13.8.",
            "`a`: `!reference` needs GitLab 13.9, but `target_gitlab` is 13.8.",
            "`a`: `needs:optional` needs GitLab 13.10, but `target_gitlab` is 13.8.",
            "`a`: `artifacts:access` needs GitLab 16.11, but `target_gitlab` is 13.8.",
            "`a`: `artifacts:access: maintainer` needs GitLab 18.4, but `target_gitlab` is 13.8.",
            "`a`: `retry:exit_codes` needs GitLab 16.11, but `target_gitlab` is 13.8.",
            "`a`: `rules:interruptible` needs GitLab 16.10, but `target_gitlab` is 13.8.",
            "`a`: `true` or `false` in a condition needs GitLab 18.11, but `target_gitlab` is 13.8.",
            "`a`: `!` in a condition needs GitLab 18.11, but `target_gitlab` is 13.8.",
            "`c`: `environment` of a trigger job needs GitLab 16.4, but `target_gitlab` is 13.8.",
        ]
    )
    assert [finding.rule for finding in lint(pipeline, target_gitlab="18.11") if finding.rule == "newer-keyword"] == []


def test_target_of_a_project() -> None:
    """The target of a project applies to its pipelines."""
    pipeline = Pipeline(jobs=[Job("a", script=["make"], manual_confirmation="sure?", when="manual")])
    (finding,) = lint(Project(pipeline=pipeline, target_gitlab="16.11"))
    assert finding.message == "`a`: `manual_confirmation` needs GitLab 17.1, but `target_gitlab` is 16.11."
    assert lint(Project(pipeline=pipeline, target_gitlab="17.1")) == []


def test_lint_is_exported_at_the_top_level() -> None:
    """`gitlabgen.lint` is a function, not the package."""
    assert gitlabgen.lint is lint


@pytest.mark.parametrize("count", [60])
def test_suggestions_are_bounded(count: int) -> None:
    """Only the first misspelt names get a suggestion, to bound the run time."""
    jobs = [Job("build", stage="build", script=["x"])]
    jobs += [Job(f"j{number}", script=["x"], needs=[f"buildd{number}"]) for number in range(count)]
    findings = lint(Pipeline(jobs=jobs))
    assert len(findings) == count
    assert sum(finding.hint is not None for finding in findings) == 20


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collection_is_restored(*, enabled: bool) -> None:
    """The caller's setting for garbage collection is restored."""
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        lint(Pipeline(jobs=[Job("a", script=["x"])]))
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_a_removed_variable_exists_in_older_versions() -> None:
    """`CI_JOB_JWT` is reported from the GitLab version that removed it."""
    pipeline = Pipeline(jobs=[Job("a", script=["login $CI_JOB_JWT"])])
    found = {version: [finding.rule for finding in lint(pipeline, target_gitlab=version)] for version in ("16.11", "17.0")}
    assert found == {"16.11": [], "17.0": ["removed-variable"]}


def test_a_fragment_does_not_know_the_values_of_variables() -> None:
    """The file that includes a fragment may set another value, so a comparison with a nested variable is not reported."""
    text = "variables: {T: $CI_DEFAULT_BRANCH}\na: {script: make, rules: [{if: $CI_COMMIT_BRANCH == $T}]}\n"
    pipeline = loads(text, filename="ci.yml")
    found = {fragment: [finding.rule for finding in lint(pipeline, fragment=fragment)] for fragment in (False, True)}
    assert found == {False: ["nested-variable-compared"], True: []}
