"""Waits: how long a deployment takes, and the shifts whose duration is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.patterns.serverless.traffic import canaries_of
from gitlabgen.sam.canaries.canary import Canary
from gitlabgen.sam.canaries.hook import Hook
from gitlabgen.sam.template import Template

_SHIFTING: Final = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
# Minutes until a stack in progress is free, for resources in addition to the shift, and for the rest of the script.
_BEFORE: Final = 30
_RESOURCES: Final = 30
_AFTER: Final = 15
# Minutes that CodeDeploy waits for a hook that does not report; the hooks of this package report before their timeout.
_SILENT_HOOK: Final = 60


@attrs.frozen
class Waits:
    """How many minutes the parts of a deployment may take.

    Args:
        stack: Until no other operation changes the stack.
        deployment: Until CloudFormation has deployed it, including the shift.
        job: Until the job ends, which is also the lifetime of its token.
    """

    stack: int
    deployment: int
    job: int


def waits_for(template: Template, minutes: int | None, *, gradual: bool) -> Waits:
    """Return how long deployments of a template may take.

    Args:
        template: The template.
        minutes: Minutes of the longest shift, if the template does not define it.
        gradual: Whether its canaries shift traffic step by step; if not, only their hooks take time.

    Raises:
        KeywordError: If the duration of a canary's shift is unknown, and there is no active collector.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html
    """
    canaries = canaries_of(template)
    shift = max([_shift_minutes(canary, minutes) for canary in canaries if gradual], default=0)
    deployment = _rounded_up(5, shift + max(map(_hook_minutes, canaries), default=0) + _RESOURCES)
    return Waits(_BEFORE, deployment, _rounded_up(15, _BEFORE + deployment + _AFTER))


def _shift_minutes(canary: Canary, minutes: int | None) -> int:
    if canary.type is None:
        return 0
    known = canary.duration_minutes
    if known is None:
        known = minutes
    if known is None:
        report_problem(canary, Problem("has a duration that is not known from the template", "write shift_minutes=…", ("type",)))
    return known or 0


def _hook_minutes(canary: Canary) -> int:
    """Return how many minutes the hooks of one function may take, one after the other."""
    hooks: Any = canary.hooks
    has_calls = canary.probe is not None and canary.probe.reason is None
    probed = _rounded_up(60, canary.probe.timeout) // 60 if has_calls and canary.probe is not None else 0
    if not isinstance(hooks, tuple):
        return probed + (_SILENT_HOOK * len(hooks) if isinstance(hooks, dict) else 0)
    return probed + sum(map(_minutes_of, hooks))


def _minutes_of(hook: Hook) -> int:
    if not (isinstance(hook.source, str) and isinstance(hook.timeout, int)):
        return _SILENT_HOOK
    return _rounded_up(60, hook.timeout) // 60


def _rounded_up(step: int, number: int) -> int:
    return -(-number // step) * step


def unread_shifts(template: Template) -> Iterator[Problem]:
    """Yield a problem for each `DeploymentPreference` without a canary, because jobs cannot wait for its shift or skip it.

    Args:
        template: The template.
    """
    message = "shifts traffic without a Canary: no job would wait for it, and a rollback could not skip it"
    hint = "write canary=Canary(…) instead"
    shared: Any = template.globals_
    if isinstance(shared, Mapping):
        if _shifts(_mapping_or_empty(shared.get("Function")).get("DeploymentPreference")):
            yield Problem(message, hint, ("globals_", "Function", "DeploymentPreference"), about=template)
    elif _shifts(getattr(getattr(shared, "function", None), "deployment_preference", None)):
        yield Problem(message, hint, ("deployment_preference",), about=shared.function)
    for index, resource in enumerate(template.resources):
        kind: Any = getattr(resource, "resource_type", getattr(resource, "type", None))
        if kind not in _SHIFTING:
            continue
        if _shifts(getattr(resource, "deployment_preference", None)):
            yield Problem(message, hint, ("deployment_preference",), about=resource)
        elif _shifts(_mapping_or_empty(getattr(resource, "properties", None)).get("DeploymentPreference")):
            yield Problem(message, hint, ("resources", index), about=template)


def _shifts(preference: Any) -> bool:
    # The properties of troposphere's objects are a mapping, too.
    block = _mapping_or_empty(getattr(preference, "properties", preference))
    return bool(block) and block.get("Enabled", True) not in (False, "false")


def _mapping_or_empty(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
