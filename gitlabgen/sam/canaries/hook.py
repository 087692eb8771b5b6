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
from gitlabgen.sam.property_types import Link, Number, Properties, Value
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from typing import Unpack

    from gitlabgen.sam.canaries.probe import Probe
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
_VERSION: Final = "NEW_VERSION"
_RUNTIMES: Final = {".py": "python3.13", ".js": "nodejs24.x", ".mjs": "nodejs24.x", ".cjs": "nodejs24.x"}

# `ServerlessDeploymentApplication` is the logical id that SAM generates.
GROUPS: Final = (
    "arn:${AWS::Partition}:codedeploy:${AWS::Region}:${AWS::AccountId}:deploymentgroup:${ServerlessDeploymentApplication}/"
)
"""The beginning of the ARNs of a stack's deployment groups."""


@model
class Hook(TemplateModel):
    """A function that checks the new version; each function with the canary gets its own hook.

    Args:
        event: `PreTraffic` before traffic moves, or `PostTraffic` after all traffic has moved.
        source: The file with the code, relative to the template; or an existing function, which is called unchanged.
        runtime: The language and its version; if not given, the file's extension determines it.
        handler: The function in the code that is called; `handler` in the file if not given.
        timeout: The time limit of a call in seconds.
        environment: Variables by name, in addition to `NEW_VERSION` with the new version's ARN.
        policies: Permissions in addition to calling the new version and reporting the result to CodeDeploy.

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

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for code with an unknown runtime, and for variables that gitlabgen sets."""
        if isinstance(self.source, str) and self.source:
            ending = posixpath.splitext(self.source)[1]
            if self.runtime is None and ending not in _RUNTIMES:
                message = f"should end with one of {', '.join(_RUNTIMES)}, got {self.source!r}"
                yield Problem(message, "or set `runtime`", ("source",))
        elif not isinstance(self.source, str):
            new = ("runtime", "handler", "environment", "policies")
            given = [name for name in new if getattr(self, name) is not None]
            for name in given:
                yield Problem("is only for new code, but `source` is an existing function", "leave it out", (name,))
        if isinstance(self.environment, Mapping) and _VERSION in self.environment:
            yield Problem("is set by gitlabgen", "leave it out", ("environment", _VERSION))
        if isinstance(self.timeout, int) and not 1 <= self.timeout <= _LONGEST_RUN:
            yield Problem(f"should be between 1 and {_LONGEST_RUN} seconds, got {self.timeout}", path=("timeout",))


def function_of(hook: Hook, function: Function) -> Function:
    """Return the hook's function for one function with a canary.

    Args:
        hook: The hook, whose source is a file.
        function: The function whose new version is checked.
    """
    folder, file = posixpath.split(str(hook.source))
    stem, ending = posixpath.splitext(file)
    code: dict[str, Any] = {
        "code_uri": f"{folder or '.'}/",
        "handler": hook.handler or f"{stem}.handler",
        "runtime": hook.runtime or _RUNTIMES.get(ending),
    }
    policies = tuple(hook.policies or ())
    return checking_function(hook, function, hook.event, f"{GROUPS}*", hook.environment or {}, policies, **code)


def checking_function(
    check: Hook | Probe,
    function: Function,
    event: str,
    groups: str,
    variables: Mapping[str, Any],
    policies: Sequence[Any] = (),
    **keywords: Any,
) -> Function:
    """Return a function that checks the new version of another one: it may call the version, and report the result.

    Args:
        check: What makes the check.
        function: The function whose new version is checked.
        event: When CodeDeploy calls it.
        groups: The ARN of the deployment groups to which it may report.
        variables: Variables in addition to the ARN of the new version.
        policies: Permissions in addition to these.
        keywords: The code, and properties that depend on it.
    """
    from gitlabgen.sam.function import Function as Made
    from gitlabgen.sam.intrinsics import Ref, Sub

    if longest_stack_name(function.name, event) < 1:
        hint = f"give the function {function.name!r} a shorter logical ID"
        report_problem(
            check, Problem(f"leaves no room for the stack's name in its name of at most {_LONGEST_NAME} characters", hint)
        )
    version = Ref(f"{function.name}.Version")
    statements = (
        _allow("codedeploy:PutLifecycleEventHookExecutionStatus", Sub(groups)),
        _allow("lambda:InvokeFunction", version),
    )
    given = {
        "name": f"{function.name}{event}Hook",
        "comment": check.comment,
        "condition": function.condition,
        **keywords,
        "function_name": Sub(f"{PREFIX}${{AWS::StackName}}-{_short(function.name, event)}"),
        "timeout": check.timeout,
        "policies": ({"Version": "2012-10-17", "Statement": statements}, *policies),
        "environment": {"Variables": {**variables, _VERSION: version}},
        # The hook must not shift, even if all functions do.
        "deployment_preference": {"Enabled": False},
    }
    return construct(Made, (), {name: value for name, value in given.items() if value is not None}, location_of(check))


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
