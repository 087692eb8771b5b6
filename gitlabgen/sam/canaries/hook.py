"""Hooks: functions that CodeDeploy calls before the first traffic moves and after the last."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypedDict

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import construct, model
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam.canaries.shifts import branches, short_name
from gitlabgen.sam.property_types import Link, Number, Properties, Value
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from typing import Unpack

    from gitlabgen.sam.function import Function
    from gitlabgen.sam.intrinsics import Intrinsic

    class _Options(TypedDict, total=False):
        runtime: str
        handler: str
        timeout: Number
        environment: Mapping[str, Value]
        policies: Sequence[str | Properties]
        comment: str


__all__ = ["Hook"]

PREFIX: Final = "CodeDeployHook_"
"""What a hook's name begins with: the role that SAM makes for CodeDeploy may call no other function."""

_LONGEST_NAME: Final = 64
_LONGEST_RUN: Final = 900
# CodeDeploy waits an hour for the result, and who watches must tell it before.
_LONGEST_BAKE: Final = 55
# What a run keeps for one more look, for starting the next one and for telling the result.
_SPARE: Final = 120
# Lambda takes 16 calls that a function makes of itself for a loop.
_MOST_RUNS: Final = 10
_RUNTIMES: Final = {".py": "python3.13", ".js": "nodejs24.x", ".mjs": "nodejs24.x", ".cjs": "nodejs24.x"}

# Resources by the names that SAM gives them, and that it replaces by those that they get.
_RESULTS: Final = (
    "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${ServerlessDeploymentApplication}/*"
)

_ALARMS: Final = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"
_FUNCTION: Final = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"


@model
class Hook(TemplateModel):
    """A function that checks the new version; each function that has the canary gets its own.

    Args:
        event: `PreTraffic` before the first traffic moves, or `PostTraffic` after the last.
        source: The file with the code, beside the template; or a function that exists, which is called as it is.
        runtime: The language and its version; by the file's ending if not given.
        handler: The function in the code that is called; `handler` of the file if not given.
        timeout: Seconds after which a call is ended.
        environment: Variables by name, beside `NEW_VERSION` with the ARN of the new version, or `ALARMS` and `MINUTES`.
        policies: What it may do, beyond calling the new version and telling CodeDeploy the result.
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
    runtime: str | None = None
    handler: str | None = None
    timeout: Number = 60
    environment: Mapping[str, Value] | None = None
    policies: Sequence[str | Properties] | None = None
    bake_minutes: int | None = None

    @staticmethod
    def pre_traffic(source: Link, **keywords: Unpack[_Options]) -> Hook:
        """Return a hook that is called before the first traffic moves, and stops the shift if it fails.

        Args:
            source: The file with the code, such as `hooks/smoke.py`, or a function that exists.
            keywords: The other arguments of `Hook`.
        """
        return Hook("PreTraffic", source, **keywords)

    @staticmethod
    def post_traffic(source: Link, **keywords: Unpack[_Options]) -> Hook:
        """Return a hook that is called after the last traffic moved, and moves all of it back if it fails.

        Args:
            source: The file with the code, such as `hooks/smoke.py`, or a function that exists.
            keywords: The other arguments of `Hook`.
        """
        return Hook("PostTraffic", source, **keywords)

    @staticmethod
    def bake(source: str = "hooks/bake.py", *, minutes: int = 10, **keywords: Unpack[_Options]) -> Hook:
        """Return a hook that watches the canary's alarms after the last traffic moved, and moves all of it back if one fires.

        A version has metrics of its own only while an alias has two; so each recipe that watches it gets a second alarm, which
        watches the alias. Where an `If` chooses `AllAtOnce` it watches nothing: an alarm that is up must not stop the way
        back. The code is `gitlabgen.sam.hooks.source("bake.py")`, or `bake.mjs`.

        Args:
            source: The file with the code.
            minutes: How long it watches, at most 55; `rollback_configuration` is for longer times.
            keywords: The other arguments of `Hook`.
        """
        if isinstance(minutes, int):
            keywords.setdefault("timeout", max(1, min(_LONGEST_RUN, minutes * 60 + _SPARE)))
        return Hook("PostTraffic", source, bake_minutes=minutes, **keywords)

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for code whose runtime cannot be told, and for a variable that is taken."""
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
    """Return the function that a hook is for one function with a canary.

    Args:
        hook: The hook, with code of its own.
        function: The function whose new version it checks.
        alarms: The names of the alarms that it watches if it bakes.
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
        # Where all functions shift, the one that checks them must not.
        "deployment_preference": {"Enabled": False},
    }
    return construct(Made, (), {name: value for name, value in keywords.items() if value is not None}, location_of(hook))


def _minutes(minutes: int, shift: Any) -> Any:
    """Return how long a hook bakes: not at all where a condition lets all traffic move at once, as a way back does."""
    from gitlabgen.sam.intrinsics import If

    if branches(shift) == (shift,):
        return str(minutes)
    condition, *choices = shift.argument
    return If(condition, *("0" if _is_at_once(choice) else _minutes(minutes, choice) for choice in choices))


def _is_at_once(configuration: Any) -> bool:
    return isinstance(configuration, str) and short_name(configuration) == "AllAtOnce"


def longest_stack_name(function: str, event: str) -> int:
    """Return how many characters the stack's name may have, so that the hook's name is no longer than Lambda allows.

    Args:
        function: The logical id of the function that is checked.
        event: `PreTraffic` or `PostTraffic`.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    """
    return _LONGEST_NAME - len(f"{PREFIX}-{_short(function, event)}")


def _short(function: str, event: str) -> str:
    return function + event.removesuffix("Traffic")


def _allow(action: str, resource: Intrinsic) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}
