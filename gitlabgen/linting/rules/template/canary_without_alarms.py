"""`canary-without-alarms`: traffic moves step by step, and nothing could stop it.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each canary that has neither alarms nor hooks."""
    for canary in analysis.canaries:
        everything = [value for value in canary.types if value != "AllAtOnce"]
        if everything and not canary.preference.get("Alarms") and not canary.hooks:
            message = "the canary has no alarm and no hook, so nothing stops the shift"
            hint = "give it an alarm on the alias's errors"
            path = ("DeploymentPreference",)
            yield RULE.finding(analysis.spot(canary.function, path), message, hint)


RULE: Final = LintRule(
    id="canary-without-alarms",
    summary="a shift that nothing could stop",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    examples=(),
    check=check,
)
