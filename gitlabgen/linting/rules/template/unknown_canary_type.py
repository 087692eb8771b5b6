"""`unknown-canary-type`: a configuration that CodeDeploy does not ship and the template does not define.

Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import CanaryFunction, TemplateAnalysis
from gitlabgen.errors import Finding, Severity, closest, meant
from gitlabgen.linting.rule import LintRule
from gitlabgen.sam.canaries.shifts import PREDEFINED, short_name

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each type that is missing, misspelt, or not in the template."""
    for canary in analysis.canaries:
        if "Type" not in canary.preference:
            message = "'DeploymentPreference' is missing required Property 'Type'"
            hint = "choose one such as 'Canary10Percent5Minutes'"
            yield RULE.finding(analysis.spot(canary.function, ("DeploymentPreference",)), message, hint)
        for value in canary.types:
            yield from _check(analysis, canary, value)


def _check(analysis: TemplateAnalysis, canary: CanaryFunction, value: object) -> Iterator[Finding]:
    path = ("DeploymentPreference", "Type")
    name = reference(value)
    if name is not None:
        known = [*analysis.resources, *analysis.section("Parameters")]
        if name not in known:
            hint = meant(name, known)
            message = f"the canary's type refers to {name!r}, which the template does not define"
            yield RULE.finding(analysis.spot(canary.function, path), message, hint)
        return
    if not isinstance(value, str) or short_name(value) in PREDEFINED:
        return
    alike = value.casefold().startswith(("canary", "linear", "all", "codedeploydefault."))
    if alike and getattr(canary.function.model, "canary", None) is not None and value == canary.preference["Type"]:
        return  # the model refuses it itself
    # One minute, two minutes: the plural is what is mistaken most.
    same = (known for known in PREDEFINED if known.casefold().rstrip("s") == value.casefold().rstrip("s"))
    near = next(same, None) or closest(value, list(PREDEFINED))
    severity: Severity = "error" if alike or near else "warning"
    hint = f"did you mean {near!r}?" if near else "it must exist in the account before; define it in the template and use Ref"
    message = f"the canary's type {value!r} is none that CodeDeploy ships"
    yield RULE.finding(analysis.spot(canary.function, path), message, hint, severity=severity)


RULE: Final = LintRule(
    id="unknown-canary-type",
    summary="a configuration that CodeDeploy does not ship and the template does not define",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html",
    examples=(),
    check=check,
)
