"""The hook that makes the calls of a probe: its function, and the event that it sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.errors import few
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam.canaries.hook import GROUPS, checking_function
from gitlabgen.sam.canaries.probe import Probe, json_text
from gitlabgen.sam.events.entrances import entrance_of, routes_of
from gitlabgen.sam.events.requests import Request, event_of
from gitlabgen.sam.hooks import RUNTIME, probe_code
from gitlabgen.sam.intrinsics import Sub

if TYPE_CHECKING:
    from gitlabgen.sam.function import Function
    from gitlabgen.sam.template import Template

# With less memory, Lambda gives a function too little processor time for several calls at once.
_MEMORY: Final = 512
# Properties for all functions that also fit one that only makes calls, and those that it sets itself.
_FITTING: Final = ("AssumeRolePolicyDocument", "KmsKeyArn", "LoggingConfig", "PermissionsBoundary", "PropagateTags", "RolePath")
_FURTHER: Final = ("Handler", "MemorySize", "Runtime", "Tags", "Timeout", "Tracing")
# Lambda allows 4 KB for all variables; the others and the longest account and region need the rest.
_LONGEST_EVENT: Final = 3500


def probing_function(probe: Probe, function: Function, template: Template) -> Function:
    """Return the function that makes the calls of a probe.

    Args:
        probe: The probe, which makes calls.
        function: The function whose new version is called.
        template: The template.
    """
    variables = {
        "EVENT": _event(probe, function, template),
        "CALLS": str(probe.calls),
        "ERRORS": str(probe.max_errors),
        "AT_ONCE": str(probe.at_once),
        "PROVES": probe.proves,
    }
    code: dict[str, Any] = {"inline_code": probe_code(), "handler": "index.handler", "runtime": RUNTIME, "memory_size": _MEMORY}
    group = f"{GROUPS}${{{function.name}DeploymentGroup}}"
    return checking_function(probe, function, "PreTraffic", group, variables, ignore_globals=_ignored(template), **code)


def _ignored(template: Template) -> list[str] | None:
    """Return the properties for all functions that the hook must not have, such as layers or a network without a gateway."""
    shared: Any = template.globals_
    functions: Any = shared.get("Function") if isinstance(shared, Mapping) else getattr(shared, "function", None)
    if isinstance(functions, Model):
        plan = plan_of(type(functions))
        names = [key for name, key in plan.keys.items() if getattr(functions, name) is not None]
    else:
        names = [str(name) for name in functions] if isinstance(functions, Mapping) else []
    return sorted({*names}.difference(_FITTING, _FURTHER)) or None


def _event(probe: Probe, function: Function, template: Template) -> Any:
    """Return the JSON of the event, in which CloudFormation fills in the account and the region."""
    if probe.payload is not None:
        return _checked(probe, json_text(probe.payload))
    method, path = str(probe.method), str(probe.path)
    found = entrance_of(method, path, function, template)
    if found is None:
        routes = [str(route) for route in routes_of(function, template)]
        known = f"its routes are {few(routes)}" if routes else "for a function without routes, write Probe.event({…})"
        words = f"calls {method} {path}, which is no route of the function {function.name!r}"
        report_problem(probe, Problem(words, known, ("path",)))
        return "{}"
    if found.format not in ("1.0", "2.0"):
        words = f"calls a route whose `payload_format_version` is known only at deployment: {found.format!r}"
        report_problem(probe, Problem(words, "write '1.0' or '2.0'", ("path",)))
        return "{}"
    stage = found.stage
    entrance = found if isinstance(stage, str) else found._replace(stage="${StageName}")
    text = _checked(probe, json_text(event_of(_request(probe), entrance)))
    return Sub(text) if isinstance(stage, str) else Sub(text, {"StageName": stage})


def _request(probe: Probe) -> Request:
    # `Sub` would replace variables in texts of the user's.
    given = {"path": probe.path, "headers": probe.headers or {}, "body": probe.body, "authorizer": probe.authorizer}
    literal = json.loads(json_text(given).replace("${", "${!"))
    return Request(str(probe.method), **literal)


def _checked(probe: Probe, text: str) -> str:
    size = len(text.encode())
    if size > _LONGEST_EVENT:
        message = f"makes an event of {size} bytes, but the variables of a function have at most 4 KB"
        report_problem(probe, Problem(message, f"shorten it to {_LONGEST_EVENT} bytes"))
    return text
