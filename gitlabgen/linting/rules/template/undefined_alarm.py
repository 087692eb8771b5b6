"""`undefined-alarm`: a canary watches an alarm that the template does not define.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
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
    """Yield a finding for each alarm of a canary that is not there, or is no alarm."""
    kinds = {name: resource.type for name, resource in analysis.resources.items()}
    for canary in analysis.canaries:
        for path, alarm in canary.alarms:
            name = reference(alarm)
            if name is None or name in analysis.section("Parameters") or "Alarm" in kinds.get(name, ""):
                continue
            hint = meant(name, [known for known, kind in kinds.items() if "Alarm" in kind])
            problem = f"which is no alarm but {kinds[name]}" if name in kinds else "which the template does not define"
            yield RULE.finding(analysis.spot(canary.function, path), f"the canary watches {name!r}, {problem}", hint)


RULE: Final = LintRule(
    id="undefined-alarm",
    summary="a canary that watches an alarm that is not there",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html",
    examples=(),
    check=check,
)
