"""Both sides of each limit of a rule: a value at the limit has no finding, and one more has one."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import Cache, CacheKey, Default, Job, Matrix, Need, Pipeline, Project, Rule, lint
from gitlabgen.linting import Limits
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


_KEYS = [Cache(key=str(number), paths=["x"]) for number in range(5)]
_FILES = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("job", "limits", "is_reported"),
    [
        (Job("a", script=["x"], cache=_KEYS[:4]), Limits(), False),
        (Job("a", script=["x"], cache=_KEYS), Limits(), True),
        (Job("a", script=["x"], cache=_KEYS), Limits(caches=5), False),
        (Job("a", script=["x"], cache=_KEYS[:2]), Limits(caches=1), True),
        (Job("a", script=["x"], cache=Cache(key=CacheKey(files=_FILES[:2]))), Limits(), False),
        (Job("a", script=["x"], cache=Cache(key=CacheKey(files=_FILES))), Limits(), True),
        (Job("a", script=["x"], cache=Cache(key=CacheKey(files=_FILES))), Limits(cache_key_files=10), False),
        (Job("a", script=["x"], cache=Cache(key=CacheKey(files=["a"] * 11))), Limits(cache_key_files=10), True),
    ],
)
def test_the_server_limits_caches_and_the_files_of_their_keys(job: Job, limits: Limits, is_reported: object) -> None:
    """The limits of the server decide how many caches a job has, and how many files a key has."""
    found = [finding for finding in lint(Pipeline(jobs=[job]), limits=limits) if finding.rule == "invalid-keyword"]
    assert bool(found) is is_reported


def test_caches_of_all_jobs_are_limited_once() -> None:
    """Too many caches at the top level, in `default` and in a job are one finding each."""
    shared = Pipeline(cache=_KEYS, jobs=[Job("a", script=["x"]), Job("b", script=["x"])])
    default = Pipeline(default=Default(cache=_KEYS), jobs=[Job("a", script=["x"])])

    assert [finding.message for finding in lint(shared)] == [
        "`cache` has 5 caches, but GitLab allows only 4 (an administrator can change that)."
    ]
    assert [finding.gitlab for finding in lint(default)] == ["default:caches config no more than 4 caches can be created"]


@pytest.mark.parametrize(("target", "is_reported"), [("18.10", True), ("18.11", False)])
def test_the_limit_of_caches_is_a_setting_since_a_version(target: str, is_reported: object) -> None:
    """What the server allows by a setting needs the version that has the setting."""
    pipeline = Pipeline(jobs=[Job("a", script=["x"], cache=_KEYS)])
    found = [finding.message for finding in lint(pipeline, target_gitlab=target, limits=Limits(caches=8))]
    words = f"`a`: `cache` with more than 4 caches needs GitLab 18.11, but `target_gitlab` is {target}."
    assert found == ([words] if is_reported else [])


@pytest.mark.parametrize(("target", "is_reported"), [("19.4", True), ("19.5", False)])
def test_more_files_in_the_key_of_a_cache_need_a_version(target: str, is_reported: object) -> None:
    """Up to ten files in the key of a cache need the version that has the feature flag."""
    pipeline = Pipeline(jobs=[Job("a", script=["x"], cache=Cache(key=CacheKey(files=_FILES)))])
    found = [finding.message for finding in lint(pipeline, target_gitlab=target, limits=Limits(cache_key_files=10))]
    words = f"`a`: `cache:key` with more than 2 files needs GitLab 19.5, but `target_gitlab` is {target}."
    assert found == ([words] if is_reported else [])


@pytest.mark.parametrize(("needs", "is_reported"), [(60, False), (59, True)])
def test_the_server_limits_needs(needs: int, is_reported: object) -> None:
    """The limit of the server replaces 50, also in GitLab's message."""
    others = [Job(f"j{number}", stage="build", script=["x"]) for number in range(60)]
    job = Job("all", script=["x"], needs=[other.name for other in others])
    found = [finding.gitlab for finding in lint(Pipeline(jobs=[*others, job]), limits=Limits(needs=needs))]
    sentence = (
        f"all: one job can only need {needs} others, but you have listed 60. See needs keyword documentation for more details"
    )
    assert found == ([sentence] if is_reported else [])
