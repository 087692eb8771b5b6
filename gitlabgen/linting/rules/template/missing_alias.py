"""`missing-alias`: a function shifts traffic to a new version, and has no alias that could.

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
    """Yield a finding for each canary without an alias, but for those that the model refuses itself."""
    for canary in analysis.canaries:
        if canary.alias is None and getattr(canary.function.model, "deployment_preference", None) is None:
            message = "'DeploymentPreference' requires AutoPublishAlias property to be specified"
            hint = "without an alias there is nothing to shift"
            yield RULE.finding(analysis.spot(canary.function, ("DeploymentPreference",)), message, hint)


RULE: Final = LintRule(
    id="missing-alias",
    summary="a canary without alias",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    examples=(),
    check=check,
)
