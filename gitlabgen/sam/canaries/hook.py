"""Hooks: functions that CodeDeploy calls before traffic moves and after it has moved."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypedDict

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import construct, model
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam._vocabulary import Runtime
from gitlabgen.sam.canaries.shifts import branches, short_name
from gitlabgen.sam.property_types import Link, Number, Properties, Value
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from typing import Unpack

    from gitlabgen.sam.function import Function
    from gitlabgen.sam.intrinsics import Intrinsic

    class _Options(TypedDict, total=False):
        runtime: Runtime | str
        handler: str
        timeout: Number
        environment: Mapping[str, Value]
        policies: ListOf[str | Properties]
        comment: str


__all__ = ["Hook"]

PREFIX: Final = "CodeDeployHook_"
"""The prefix of hooks' names: the role that SAM creates for CodeDeploy may not call other functions."""

_LONGEST_NAME: Final = 64
_LONGEST_RUN: Final = 900
# CodeDeploy waits an hour for the result, and the hook must report it before.
_LONGEST_BAKE: Final = 55
# Seconds that a run reserves for one more check, for starting the next run and for reporting the result.
_SPARE: Final = 120
# Lambda stops a function that calls itself 16 times in a row.
_MOST_RUNS: Final = 10
_RUNTIMES: Final = {".py": "python3.13", ".js": "nodejs24.x", ".mjs": "nodejs24.x", ".cjs": "nodejs24.x"}

# `ServerlessDeploymentApplication` is the logical id that SAM generates.
_RESULTS: Final = (
    "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${ServerlessDeploymentApplication}/*"
)

_ALARMS: Final = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"
_FUNCTION: Final = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"


@model
class Hook(TemplateModel):
    """A function that checks the new version; each function with the canary gets its own hook.

    Args:
        event: `PreTraffic` before traffic moves, or `PostTraffic` after all traffic has moved.
        source: The file with the code, relative to the template; or an existing function, which is called unchanged.
        runtime: The language and its version; if not given, the file's extension determines it.
        handler: The function in the code that is called; `handler` in the file if not given.
        timeout: The time limit of a call in seconds.
        environment: Variables by name, in addition to `NEW_VERSION` with the new version's ARN, or `ALARMS` and `MINUTES`.
        policies: Permissions in addition to calling the new version and reporting the result to CodeDeploy.
        bake_minutes: Minutes for which it watches the canary's alarms instead of calling the new version; see `bake`.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-lambda
    """

    keyword: ClassVar[str] = "Hooks"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-lambda"
    )
    from_mapping: ClassVar[bool] = False

    event: Literal["PreTraffic", "PostTraffic"] = field(kw_only=False)
    source: Link = field(kw_only=False)
    runtime: Runtime | str | None = None
    handler: str | None = None
    timeout: Number = 60
    environment: Mapping[str, Value] | None = None
    policies: ListOf[str | Properties] | None = None
    bake_minutes: int | None = None

    @staticmethod
    def pre_traffic(source: Link, **keywords: Unpack[_Options]) -> Hook:
        """Return a hook that is called before traffic moves, and stops the shift if it fails.

        Args:
            source: The file with the code, such as `hooks/smoke.py`, or an existing function.
            keywords: The other arguments of `Hook`.
        """
        return Hook("PreTraffic", source, **keywords)

    @staticmethod
    def post_traffic(source: Link, **keywords: Unpack[_Options]) -> Hook:
        """Return a hook that is called after all traffic has moved, and moves it back if it fails.

        Args:
            source: The file with the code, such as `hooks/smoke.py`, or an existing function.
            keywords: The other arguments of `Hook`.
        """
        return Hook("PostTraffic", source, **keywords)

    @staticmethod
    def bake(source: str = "hooks/bake.py", *, minutes: int = 10, **keywords: Unpack[_Options]) -> Hook:
        """Return a hook that watches the canary's alarms after all traffic has moved, and moves it back if one fires.

        A version has separate metrics only while its alias points to two versions. So each recipe that watches the version gets a
        second alarm, which watches the alias. If an `If` chooses `AllAtOnce`, the hook watches nothing: an alarm that still fires
        must not stop a rollback. The code is `gitlabgen.sam.hooks.source("bake.py")`, or `bake.mjs`.

        Args:
            source: The file with the code.
            minutes: How long it watches, at most 55 minutes; use `rollback_configuration` for longer times.
            keywords: The other arguments of `Hook`.
        """
        if isinstance(minutes, int):
            keywords.setdefault("timeout", max(1, min(_LONGEST_RUN, minutes * 60 + _SPARE)))
        return Hook("PostTraffic", source, bake_minutes=minutes, **keywords)

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for code with an unknown runtime, and for variables that gitlabgen sets."""
        if isinstance(self.source, str) and self.source:
            ending = posixpath.splitext(self.source)[1]
            if self.runtime is None and ending not in _RUNTIMES:
                message = f"should end with one of {', '.join(_RUNTIMES)}, got {self.source!r}"
                yield Problem(message, "or set `runtime`", ("source",))
        elif not isinstance(self.source, str):
            new = ("runtime", "handler", "environment", "policies", "bake_minutes")
            given = [name for name in new if getattr(self, name) is not None]
            for name in given:
                yield Problem("is only for new code, but `source` is an existing function", "leave it out", (name,))
        for name in ("ALARMS", "MINUTES") if self.bake_minutes is not None else ("NEW_VERSION",):
            if isinstance(self.environment, Mapping) and name in self.environment:
                yield Problem("is set by gitlabgen", "leave it out", ("environment", name))
        if isinstance(self.timeout, int) and not 1 <= self.timeout <= _LONGEST_RUN:
            yield Problem(f"should be between 1 and {_LONGEST_RUN} seconds, got {self.timeout}", path=("timeout",))
        if isinstance(self.bake_minutes, int):
            yield from self._bake_problems(self.bake_minutes)

    def _bake_problems(self, minutes: int) -> Iterator[Problem]:
        if not 1 <= minutes <= _LONGEST_BAKE:
            hint = "CodeDeploy waits an hour for a hook; for longer, use rollback_configuration"
            yield Problem(f"should be between 1 and {_LONGEST_BAKE}, got {minutes}", hint, ("bake_minutes",))
        if self.event != "PostTraffic":
            yield Problem("works only for PostTraffic", "before any traffic moves, there is nothing to watch", ("bake_minutes",))
        least = _SPARE + minutes * 60 // _MOST_RUNS
        if isinstance(self.timeout, int) and 1 <= self.timeout < least <= _LONGEST_RUN:
            message = f"should be at least {least} seconds, got {self.timeout}"
            yield Problem(message, "Hook.bake(…) sets it", ("timeout",))


def function_of(hook: Hook, function: Function, alarms: Sequence[object] = ()) -> Function:
    """Return the hook's function for one function with a canary.

    Args:
        hook: The hook, whose source is a file.
        function: The function whose new version is checked.
        alarms: The names of the alarms that a bake hook watches.
    """
    from gitlabgen.sam.function import Function as Made
    from gitlabgen.sam.intrinsics import Join, Ref, Sub

    folder, file = posixpath.split(str(hook.source))
    stem, ending = posixpath.splitext(file)
    if longest_stack_name(function.name, hook.event) < 1:
        hint = f"give the function {function.name!r} a shorter logical ID"
        report_problem(
            hook, Problem(f"leaves no room for the stack's name in its name of at most {_LONGEST_NAME} characters", hint)
        )
    name = f"{PREFIX}${{AWS::StackName}}-{_short(function.name, hook.event)}"
    if hook.bake_minutes is not None:
        allowed = [_allow("cloudwatch:DescribeAlarms", Sub(_ALARMS)), _allow("lambda:InvokeFunction", Sub(f"{_FUNCTION}{name}"))]
        shift = None if function.canary is None else function.canary.type
        variables = {"ALARMS": Join("\n", alarms), "MINUTES": _minutes(hook.bake_minutes, shift)}
    else:
        version = Ref(f"{function.name}.Version")
        allowed, variables = [_allow("lambda:InvokeFunction", version)], {"NEW_VERSION": version}
    statements = (_allow("codedeploy:PutLifecycleEventHookExecutionStatus", Sub(_RESULTS)), *allowed)
    keywords = {
        "name": f"{function.name}{hook.event}Hook",
        "comment": hook.comment,
        "condition": function.condition,
        "code_uri": f"{folder or '.'}/",
        "handler": hook.handler or f"{stem}.handler",
        "runtime": hook.runtime or _RUNTIMES.get(ending),
        "function_name": Sub(name),
        "timeout": hook.timeout,
        "policies": ({"Version": "2012-10-17", "Statement": statements}, *(hook.policies or ())),
        "environment": {"Variables": {**(hook.environment or {}), **variables}},
        # The hook must not shift, even if all functions do.
        "deployment_preference": {"Enabled": False},
    }
    return construct(Made, (), {name: value for name, value in keywords.items() if value is not None}, location_of(hook))


def _minutes(minutes: int, shift: Any) -> Any:
    """Return how long a hook bakes: 0 in a branch that moves all traffic at once, as a rollback does."""
    from gitlabgen.sam.intrinsics import If

    if branches(shift) == (shift,):
        return str(minutes)
    condition, *choices = shift.argument
    return If(condition, *("0" if _is_at_once(choice) else _minutes(minutes, choice) for choice in choices))


def _is_at_once(configuration: Any) -> bool:
    return isinstance(configuration, str) and short_name(configuration) == "AllAtOnce"


def longest_stack_name(function: str, event: str) -> int:
    """Return the maximum length of the stack's name, with which the hook's name has the length that Lambda allows.

    Args:
        function: The logical id of the checked function.
        event: `PreTraffic` or `PostTraffic`.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    """
    return _LONGEST_NAME - len(f"{PREFIX}-{_short(function, event)}")


def _short(function: str, event: str) -> str:
    return function + event.removesuffix("Traffic")


def _allow(action: str, resource: Intrinsic) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}
