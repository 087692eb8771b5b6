"""`missing-alias`: a function shifts traffic to a new version, and has no alias that could.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each canary without an alias, but for those that the model refuses itself."""
    for canary in subject.canaries:
        if canary.alias is None and getattr(canary.function.model, "deployment_preference", None) is None:
            message = "'DeploymentPreference' requires AutoPublishAlias property to be specified"
            hint = "without an alias there is nothing to shift"
            yield subject.finding("missing-alias", canary.function, ("DeploymentPreference",), message, hint)
