"""Both sides of each limit of a rule: a value at the limit has no finding, and one more has one."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import Job, Matrix, Need, Pipeline, Project, Rule, lint
from gitlabgen.sam import loads

_DELETE = "aws cloudformation delete-stack --stack-name qa"
_TEMPLATE = """
Resources:
  Shift:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      DeploymentPreference: {Type: Canary10Percent5Minutes, Hooks: {PreTraffic: !Ref Hook}}
  Hook:
    Type: AWS::Serverless::Function
    Properties: {FunctionName: !Sub "%s"}
"""
_HOOK = "CodeDeployHook_"


def _finds(rule: str, subject: Any) -> bool:
    """Return whether a rule has a finding."""
    return any(finding.rule == rule for finding in lint(subject))


@pytest.mark.parametrize(
    ("when", "is_reported"),
    [(None, True), ("on_success", True), ("manual", True), ("always", False), ("on_failure", False)],
)
def test_a_job_that_runs_after_failures_is_not_blocked_by_a_cleanup(when: Any, is_reported: object) -> None:
    """A job that runs always or on a failure runs even if the stack could not be deleted."""
    pipeline = Pipeline(jobs=[Job("clean", stage="build", script=[_DELETE]), Job("later", stage="test", when=when, script=["x"])])
    assert _finds("blocking-cleanup", pipeline) is is_reported


@pytest.mark.parametrize(("length", "is_reported"), [(255, False), (256, True)])
def test_the_name_of_a_need_has_at_most_255_characters(length: int, is_reported: object) -> None:
    """A need is too long from 256 characters, both for a job's name and for a cell of its matrix."""
    named = Pipeline(jobs=[Job("b", script=["x"], needs=["a" * length])])
    cells = Job("a" * (length - len(": [x]")), script=["x"], parallel=Matrix({"A": ["x", ""]}))
    by_cell = Pipeline(jobs=[cells, Job("b", script=["x"], needs=[cells])])

    assert _finds("invalid-needs", named) is is_reported
    assert _finds("invalid-needs", by_cell) is is_reported


@pytest.mark.parametrize(("count", "is_reported"), [(50, False), (51, True)])
def test_a_job_needs_at_most_fifty_others(count: int, is_reported: object) -> None:
    """51 needs are too many, in a job and in its rules, and each cell of a matrix counts as one."""
    names: list[Any] = [f"j{number}" for number in range(count)]
    others = [Job(name, stage="build", script=["x"]) for name in names]
    cells = Job("cells", stage="build", script=["x"], parallel=Matrix({"A": [str(number) for number in range(count - 1)]}))

    assert _finds("too-many-needs", Pipeline(jobs=[*others, Job("all", script=["x"], needs=names)])) is is_reported
    by_rule = Job("all", script=["x"], rules=[Rule("$A", needs=names)])
    assert _finds("too-many-needs", Pipeline(jobs=[*others, by_rule])) is is_reported
    by_cell = Job("all", script=["x"], needs=[Need("cells"), Need("j0")])
    assert _finds("too-many-needs", Pipeline(jobs=[others[0], cells, by_cell])) is is_reported


@pytest.mark.parametrize(("length", "is_reported"), [(64, False), (65, True)])
def test_the_name_of_a_hook_has_at_most_64_characters(length: int, is_reported: object) -> None:
    """A hook's name is too long from 65 characters, with and without the name of the stack in it."""
    name = _HOOK + "x" * (length - len(_HOOK))
    assert _finds("invalid-hook-name", loads(_TEMPLATE % name)) is is_reported
    assert _finds("invalid-hook-name", loads(_TEMPLATE % f"{name}${{AWS::StackName}}")) is is_reported

    stack = "s" * (length - len(f"{_HOOK}-x"))
    script = f"aws cloudformation deploy --template-file template.yml --stack-name {stack}"
    pipeline = Pipeline(jobs=[Job("deploy", script=[script])])
    project = Project(pipeline=pipeline, template=loads(_TEMPLATE % f"{_HOOK}${{AWS::StackName}}-x"))
    assert _finds("invalid-hook-name", project) is is_reported


@pytest.mark.parametrize(("length", "is_reported"), [(1, False), (128, False), (129, True)])
def test_the_name_of_a_stack_has_at_most_128_characters(length: int, is_reported: object) -> None:
    """A stack's name is too long from 129 characters."""
    script = f"aws cloudformation deploy --template-file template.yml --stack-name {'s' * length}"
    assert _finds("invalid-stack-name", Pipeline(jobs=[Job("deploy", script=[script])])) is is_reported
