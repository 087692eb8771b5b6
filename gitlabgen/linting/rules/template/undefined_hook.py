"""`undefined-hook`: a canary calls a hook that the template does not define.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding, meant
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook that refers to nothing of the template."""
    known = [*analysis.resources, *analysis.section("Parameters")]
    for canary in analysis.canaries:
        for event, hook in canary.hooks.items():
            name = reference(hook)
            if name is not None and name not in known:
                hint = meant(name, known)
                message = f"the {event} hook is {name!r}, which the template does not define"
                path = ("DeploymentPreference", "Hooks", event)
                yield RULE.finding(analysis.spot(canary.function, path), message, hint)


RULE: Final = LintRule(
    id="undefined-hook",
    summary="a canary that calls a hook that is not there",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    examples=(),
    check=check,
)
