"""`canary-without-alarms`: traffic moves step by step, and nothing could stop it.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each canary that has neither alarms nor hooks."""
    for canary in subject.canaries:
        everything = [value for value in canary.types if value != "AllAtOnce"]
        if everything and not canary.preference.get("Alarms") and not canary.hooks:
            message = "the canary has no alarm and no hook, so nothing stops the shift"
            hint = "give it an alarm on the alias's errors"
            path = ("DeploymentPreference",)
            yield subject.finding("canary-without-alarms", canary.function, path, message, hint, severity="warning")
