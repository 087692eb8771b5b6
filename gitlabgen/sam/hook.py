"""Hooks: functions that CodeDeploy calls before the first traffic moves and after the last."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypedDict

import attrs

from gitlabgen.model import Model, construct, model, place_of, report_misfit
from gitlabgen.sam._values import Link, Number, Properties, Value
from gitlabgen.shapes import Misfit

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


__all__ = ["PREFIX", "Hook", "function_of", "longest_stack_name"]

PREFIX: Final = "CodeDeployHook_"
"""What a hook's name begins with: the role that SAM makes for CodeDeploy may call no other function."""

_LONGEST_NAME: Final = 64
_RUNTIMES: Final = {".py": "python3.13", ".js": "nodejs24.x", ".mjs": "nodejs24.x", ".cjs": "nodejs24.x"}

# Resources by the names that SAM gives them, and that it replaces by those that they get.
_RESULTS: Final = (
    "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${ServerlessDeploymentApplication}/*"
)


@model
class Hook(Model):
    """A function that checks the new version; each function that has the canary gets its own.

    Args:
        event: `PreTraffic` before the first traffic moves, or `PostTraffic` after the last.
        source: The file with the code, beside the template; or a function that exists, which is called as it is.
        runtime: The language and its version; by the file's ending if not given.
        handler: The function in the code that is called; `handler` of the file if not given.
        timeout: Seconds after which a call is ended.
        environment: Variables by name, beside `NEW_VERSION` with the ARN of the new version.
        policies: What it may do, beyond calling the new version and telling CodeDeploy the result.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-lambda
    """

    keyword: ClassVar[str] = "Hooks"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-lambda"
    )

    event: Literal["PreTraffic", "PostTraffic"] = attrs.field(kw_only=False)
    source: Link = attrs.field(kw_only=False)
    runtime: str | None = None
    handler: str | None = None
    timeout: Number = 60
    environment: Mapping[str, Value] | None = None
    policies: Sequence[str | Properties] | None = None

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

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for code whose runtime cannot be told, and for a variable that is taken."""
        if isinstance(self.source, str) and self.source:
            ending = posixpath.splitext(self.source)[1]
            if self.runtime is None and ending not in _RUNTIMES:
                message = f"should end with one of: {', '.join(_RUNTIMES)}, got {self.source!r}"
                yield Misfit(message, "or give it a runtime", ("source",))
        elif not isinstance(self.source, str):
            given = [name for name in ("runtime", "handler", "environment", "policies") if getattr(self, name) is not None]
            for name in given:
                yield Misfit("is for the code of a new function", "source is a function that exists", (name,))
        if isinstance(self.environment, Mapping) and "NEW_VERSION" in self.environment:
            yield Misfit("is the ARN of the new version by itself", "leave it out", ("environment", "NEW_VERSION"))
        if isinstance(self.timeout, int) and not 1 <= self.timeout <= 900:
            yield Misfit(f"should be between 1 and 900 seconds, got {self.timeout}", path=("timeout",))


def function_of(hook: Hook, function: Function) -> Function:
    """Return the function that a hook is for one function with a canary.

    Args:
        hook: The hook, with code of its own.
        function: The function whose new version it checks.
    """
    from gitlabgen.sam.function import Function as Made
    from gitlabgen.sam.intrinsics import Ref, Sub

    folder, file = posixpath.split(str(hook.source))
    stem, ending = posixpath.splitext(file)
    if longest_stack_name(function.name, hook.event) < 1:
        hint = "give the function a shorter logical id"
        report_misfit(hook, Misfit(f"leaves no room for the stack's name in {_LONGEST_NAME} characters: {function.name}", hint))
    version = Ref(f"{function.name}.Version")
    statements = (
        _allow("codedeploy:PutLifecycleEventHookExecutionStatus", Sub(_RESULTS)),
        _allow("lambda:InvokeFunction", version),
    )
    keywords = {
        "name": f"{function.name}{hook.event}Hook",
        "comment": hook.comment,
        "condition": function.condition,
        "code_uri": f"{folder or '.'}/",
        "handler": hook.handler or f"{stem}.handler",
        "runtime": hook.runtime or _RUNTIMES.get(ending),
        "function_name": Sub(f"{PREFIX}${{AWS::StackName}}-{_short(function.name, hook.event)}"),
        "timeout": hook.timeout,
        "policies": ({"Version": "2012-10-17", "Statement": statements}, *(hook.policies or ())),
        "environment": {"Variables": {**(hook.environment or {}), "NEW_VERSION": version}},
        # Where all functions shift, the one that checks them must not.
        "deployment_preference": {"Enabled": False},
    }
    return construct(Made, (), {name: value for name, value in keywords.items() if value is not None}, place_of(hook))


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
