"""Both sides of each limit that a rule has: what is at it is right, and one more is not."""

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


def _finds(rule: str, thing: Any) -> bool:
    """Return whether a rule has a finding."""
    return any(finding.rule == rule for finding in lint(thing))


@pytest.mark.parametrize(
    ("when", "is_told"),
    [(None, True), ("on_success", True), ("manual", True), ("always", False), ("on_failure", False)],
)
def test_a_job_that_runs_after_failures_waits_for_no_cleanup(when: Any, is_told: object) -> None:
    """What runs always or on a failure runs whether or not the stack could be deleted, and blocks nobody."""
    pipeline = Pipeline(jobs=[Job("clean", stage="build", script=[_DELETE]), Job("later", stage="test", when=when, script=["x"])])
    assert _finds("blocking-cleanup", pipeline) is is_told


@pytest.mark.parametrize(("length", "is_told"), [(255, False), (256, True)])
def test_the_name_of_a_need_has_255_characters(length: int, is_told: object) -> None:
    """A need is too long from 256 characters on, be it the job's name or that of a cell of its matrix."""
    named = Pipeline(jobs=[Job("b", script=["x"], needs=["a" * length])])
    cells = Job("a" * (length - len(": [x]")), script=["x"], parallel=Matrix({"A": ["x", ""]}))
    by_cell = Pipeline(jobs=[cells, Job("b", script=["x"], needs=[cells])])

    assert _finds("invalid-needs", named) is is_told
    assert _finds("invalid-needs", by_cell) is is_told


@pytest.mark.parametrize(("count", "is_told"), [(50, False), (51, True)])
def test_a_job_needs_fifty_others(count: int, is_told: object) -> None:
    """Needs are too many from 51 on, in a job and in its rules, and each cell of a matrix counts as one."""
    names: list[Any] = [f"j{number}" for number in range(count)]
    others = [Job(name, stage="build", script=["x"]) for name in names]
    cells = Job("cells", stage="build", script=["x"], parallel=Matrix({"A": [str(number) for number in range(count - 1)]}))

    assert _finds("too-many-needs", Pipeline(jobs=[*others, Job("all", script=["x"], needs=names)])) is is_told
    by_rule = Job("all", script=["x"], rules=[Rule("$A", needs=names)])
    assert _finds("too-many-needs", Pipeline(jobs=[*others, by_rule])) is is_told
    by_cell = Job("all", script=["x"], needs=[Need("cells"), Need("j0")])
    assert _finds("too-many-needs", Pipeline(jobs=[others[0], cells, by_cell])) is is_told


@pytest.mark.parametrize(("length", "is_told"), [(64, False), (65, True)])
def test_the_name_of_a_hook_has_64_characters(length: int, is_told: object) -> None:
    """A hook's name is too long from 65 characters on, as it stands and with the name of the stack in it."""
    name = _HOOK + "x" * (length - len(_HOOK))
    assert _finds("invalid-hook-name", loads(_TEMPLATE % name)) is is_told
    assert _finds("invalid-hook-name", loads(_TEMPLATE % f"{name}${{AWS::StackName}}")) is is_told

    stack = "s" * (length - len(f"{_HOOK}-x"))
    script = f"aws cloudformation deploy --template-file template.yml --stack-name {stack}"
    pipeline = Pipeline(jobs=[Job("deploy", script=[script])])
    project = Project(pipeline=pipeline, template=loads(_TEMPLATE % f"{_HOOK}${{AWS::StackName}}-x"))
    assert _finds("invalid-hook-name", project) is is_told


@pytest.mark.parametrize(("length", "is_told"), [(1, False), (128, False), (129, True)])
def test_the_name_of_a_stack_has_128_characters(length: int, is_told: object) -> None:
    """A stack's name is too long from 129 characters on."""
    script = f"aws cloudformation deploy --template-file template.yml --stack-name {'s' * length}"
    assert _finds("invalid-stack-name", Pipeline(jobs=[Job("deploy", script=[script])])) is is_told
