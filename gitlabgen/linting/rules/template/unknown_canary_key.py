"""`unknown-canary-key`: a key in `DeploymentPreference` that SAM silently leaves out.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.templates import CanaryFunction, TemplateAnalysis
from gitlabgen.errors import Finding, meant
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_KEYS: Final = ("Alarms", "Enabled", "Hooks", "PassthroughCondition", "Role", "TriggerConfigurations", "Type")
_HOOKS: Final = ("PostTraffic", "PreTraffic")


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each unknown key of a canary and of its hooks."""
    for canary in analysis.canaries:
        yield from _unknown(analysis, canary, canary.preference, _KEYS)
        yield from _unknown(analysis, canary, canary.hooks, _HOOKS, "Hooks")


def _unknown(
    analysis: TemplateAnalysis, canary: CanaryFunction, keys: Mapping[str, object], known: tuple[str, ...], *way: str
) -> Iterator[Finding]:
    for key in keys:
        if key not in known and not key.startswith("Fn::"):
            hint = meant(key, list(known), f"known are {', '.join(known)}")
            message = f"{':'.join(('DeploymentPreference', *way))} has an unknown key {key!r}, which SAM leaves out"
            path = ("DeploymentPreference", *way, key)
            yield RULE.finding(analysis.spot(canary.function, path), message, hint)


RULE: Final = LintRule(
    id="unknown-canary-key",
    summary="a key in `DeploymentPreference` that SAM silently leaves out",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html",
    examples=(),
    check=check,
)
