"""`unknown-canary-key`: a key in `DeploymentPreference` that SAM silently leaves out.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.templates import CanaryFunction, TemplateAnalysis
from gitlabgen.errors import Finding, meant

__all__ = ["check"]

_KEYS: Final = ("Alarms", "Enabled", "Hooks", "PassthroughCondition", "Role", "TriggerConfigurations", "Type")
_HOOKS: Final = ("PostTraffic", "PreTraffic")


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each unknown key of a canary and of its hooks."""
    for canary in subject.canaries:
        yield from _unknown(subject, canary, canary.preference, _KEYS)
        yield from _unknown(subject, canary, canary.hooks, _HOOKS, "Hooks")


def _unknown(
    subject: TemplateAnalysis, canary: CanaryFunction, keys: Mapping[str, object], known: tuple[str, ...], *way: str
) -> Iterator[Finding]:
    for key in keys:
        if key not in known and not key.startswith("Fn::"):
            hint = meant(key, list(known), f"known are {', '.join(known)}")
            message = f"{':'.join(('DeploymentPreference', *way))} has an unknown key {key!r}, which SAM leaves out"
            path = ("DeploymentPreference", *way, key)
            yield subject.finding("unknown-canary-key", canary.function, path, message, hint)
