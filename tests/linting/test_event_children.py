"""Rules about the child pipelines that events start."""

from __future__ import annotations

import pytest

from gitlabgen import Job, Pipeline, Project, Rule, TriggerJob, lint
from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding
from tests.resolution.test_includes import Files

RULES = ("child-pipeline-empty", "child-job-never-runs", "child-waits-for-click")
START = "start: {trigger: {include: c.yml, strategy: depend}}\n"
EMPTY = "j: {script: x, rules: [{if: $CI_PIPELINE_SOURCE == 'push'}]}\n"
JOB = "k: {script: x}\n"
MASTER = "m: {script: x, rules: [{if: $CI_COMMIT_BRANCH == 'master'}, {if: $CI_COMMIT_BRANCH == 'main'}]}\n"


def found(text: str, **files: str) -> list[Finding]:
    """Return the findings about children for a root file in a repository with files `NAME.yml`."""
    repository = Files({".gitlab-ci.yml": text} | {f"{name}.yml": content for name, content in files.items()})
    pipeline, _ = read(text, filename=".gitlab-ci.yml")
    return [finding for finding in lint(pipeline, repository=repository) if finding.rule in RULES]


def shown(text: str, **files: str) -> list[str]:
    """Return the findings about children as lines."""
    return [f"{finding.file}:{finding.line} {finding.rule}: {finding.message}" for finding in found(text, **files)]


def test_a_child_without_jobs() -> None:
    """The finding is at the include of the trigger, names the events, and quotes GitLab."""
    (finding,) = found("start:\n  rules: [{if: $CI_COMMIT_TAG}]\n  trigger:\n    include: c.yml\n", c=EMPTY)
    assert finding.message == "In a tag pipeline, `c.yml` has no job for a pipeline started by another one, so `start` fails."
    assert (finding.file, finding.line, finding.severity, finding.job) == (".gitlab-ci.yml", 4, "error", "start")
    assert finding.gitlab is not None
    assert finding.gitlab.startswith("The resulting pipeline would have been empty.")


def test_a_child_that_some_files_start() -> None:
    """It does not matter that only some changes start the child."""
    text = "start: {rules: [{changes: [web/**/*]}], trigger: {include: c.yml}}\n"
    (line,) = shown(text, c=EMPTY)
    assert "for 5 other events, `c.yml` has no job" in line


def test_a_child_of_a_child_without_jobs() -> None:
    """The finding is in the file of the child that starts it."""
    for text in (START, START + START.replace("start", "again")):
        assert [line.partition(":")[0] for line in shown(text, c=JOB + START.replace("c.yml", "d.yml"), d=EMPTY)] == ["c.yml"]


def test_several_files_without_jobs() -> None:
    """The files of one trigger count together."""
    text = "start: {trigger: {include: [c.yml, d.yml]}}\n"
    assert "`c.yml` and `d.yml` have no job" in shown(text, c=EMPTY, d=EMPTY.replace("j", "l"))[0]
    assert [line.partition(": ")[0] for line in shown(text, c=EMPTY, d=JOB)] == ["c.yml:1 child-job-never-runs"]


def test_a_workflow_that_excludes_children() -> None:
    """A workflow can exclude all jobs, too."""
    child = f"workflow: {{rules: [{{if: $CI_PIPELINE_SOURCE == 'push'}}]}}\n{JOB}"
    assert "`c.yml` has no job" in shown(START, c=child)[0]


@pytest.mark.parametrize(
    ("text", "child"),
    [
        (START, f"include: {{project: a/b, file: d.yml}}\n{EMPTY}"),
        ("start: {trigger: {include: [c.yml, {artifact: d.yml, job: make}]}}\nmake: {script: x}\n", EMPTY),
        ("start: {trigger: {include: [{project: a/b, file: c.yml}]}}\n", EMPTY),
        ("start: {trigger: a/b}\n", EMPTY),
        ("start: {rules: [{if: $CHILD}], trigger: {include: c.yml}}\n", EMPTY),
        ("start: {rules: [{if: $CI_COMMIT_BRANCH == 'main'}], trigger: {include: c.yml}}\n" + MASTER, EMPTY),
        ("include: {project: a/b, file: c.yml}\n" + START, EMPTY),
        (START, "j: {script: x, rules: [{if: $A}]}\n"),
        (START, "j: {script: x, rules: [{changes: [a]}]}\n"),
        (START, "j: {script: x, rules: [{if: $CI_COMMIT_TAG =~ /^release/}, {if: $CI_COMMIT_BRANCH == 'next'}]}\n"),
        (START, "j: {script: x, only: [next, /^v2/]}\n"),
        (START, JOB),
        ("a: {script: x}\n", EMPTY),
    ],
)
def test_children_that_may_have_jobs(text: str, child: str) -> None:
    """What is not known may have jobs."""
    assert shown(text, c=child) == []


@pytest.mark.parametrize(
    "rules",
    [
        "rules: [{if: $CI_PIPELINE_SOURCE == 'push'}]",
        "rules: [{if: $A && $CI_PIPELINE_SOURCE == 'web', changes: [x]}, {if: $CI_PIPELINE_SOURCE =~ /^merge/}, {when: never}]",
        "only: [merge_requests, schedules]",
        "only: {refs: [web]}",
    ],
)
def test_a_job_that_never_runs(rules: str) -> None:
    """The job is reported once, in its own file, whatever starts the child."""
    text = START + "again: {trigger: {include: c.yml, strategy: depend}}\n"
    assert shown(text, c=f"{JOB}j: {{script: x, {rules}}}\n") == [
        "c.yml:2 child-job-never-runs: `j` in `c.yml` never runs: there CI_PIPELINE_SOURCE is `parent_pipeline`."
    ]


@pytest.mark.parametrize(
    "job",
    [
        "j: {script: x, rules: [{if: $CI_PIPELINE_SOURCE == 'push' || $A}]}",
        "j: {script: x, rules: [{if: $CI_PIPELINE_SOURCE == 'push'}, {if: $CI_PIPELINE_SOURCE == 'parent_pipeline'}]}",
        "j: {script: x, rules: [{if: $CI_PIPELINE_SOURCE == 'push', when: never}, {when: on_success}]}",
        "j: {script: x, rules: [{when: never}]}",
        "j: {script: x, rules: [{if: $CI_COMMIT_TAG && $CI_COMMIT_BRANCH}]}",
        "j: {script: x, rules: [{changes: [a]}]}",
        "j: {script: x, only: [pushes, parent_pipelines]}",
        "j: {script: x, only: [branches]}",
        "j: {script: x, rules: !reference [.r, rules]}\n.r: {rules: [{if: $A}]}",
        "variables: {CI_PIPELINE_SOURCE: push}\nj: {script: x, rules: [{if: $CI_PIPELINE_SOURCE == 'push'}]}",
        "include: {project: a/b, file: d.yml}\nj: {script: x, extends: .d, rules: [{if: $CI_PIPELINE_SOURCE == 'push'}]}",
    ],
)
def test_jobs_that_may_run(job: str) -> None:
    """Jobs that may be in a child, or were switched off on purpose, have no finding."""
    assert shown(START, c=f"{JOB}{job}\n") == []


def test_a_job_of_a_file_that_is_also_included() -> None:
    """The job is for the pipeline that includes the file."""
    assert shown(f"include: c.yml\n{START}", c=JOB + EMPTY) == []


def test_a_job_in_python_that_never_runs() -> None:
    """Models in Python are not in the file of the child, so the message names the file that is rendered."""
    child = Pipeline(jobs=[Job("k", script=["x"]), Job("j", script=["x"], rules=[Rule("$CI_PIPELINE_SOURCE == 'push'")])])
    start = TriggerJob.child("start", "c.yml", strategy="depend")
    (finding,) = lint(Project(pipeline=Pipeline(jobs=[start]), files={"c.yml": child}))
    assert finding.message == "`j` in `c.yml` never runs: there CI_PIPELINE_SOURCE is `parent_pipeline`."


CLICK = "j: {script: x, rules: [{when: manual, allow_failure: false}]}\n"


def test_a_child_that_waits_for_a_click() -> None:
    """The finding is at the strategy, and names the events."""
    text = "start:\n  rules: [{if: $CI_COMMIT_TAG}]\n  trigger:\n    include: c.yml\n    strategy: depend\n"
    message = "In a tag pipeline, `start` waits for a pipeline that waits for a click, so it may wait for ever."
    assert shown(text, c=CLICK) == [f".gitlab-ci.yml:5 child-waits-for-click: {message}"]


@pytest.mark.parametrize(
    ("text", "child"),
    [
        (START, "j: {script: x, when: manual}\n"),
        (START, "j: {script: x, rules: [{when: manual, allow_failure: true}]}\n"),
        (START, "j: {script: x, rules: [{if: $A, when: manual}, {when: on_success}]}\n"),
        (START.replace("depend", "mirror"), CLICK),
        (START.replace(", strategy: depend", ""), CLICK),
    ],
)
def test_children_that_do_not_wait(text: str, child: str) -> None:
    """Optional clicks, undecided rules, and triggers that do not wait have no finding."""
    assert shown(text, c=child) == []
