"""`undefined-alarm`: a canary watches an alarm that the template does not define.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-deploymentpreference.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding, meant

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each alarm of a canary that is not there, or is no alarm."""
    kinds = {name: resource.type for name, resource in subject.resources.items()}
    for canary in subject.canaries:
        for path, alarm in canary.alarms:
            name = reference(alarm)
            if name is None or name in subject.section("Parameters") or "Alarm" in kinds.get(name, ""):
                continue
            hint = meant(name, [known for known, kind in kinds.items() if "Alarm" in kind])
            problem = f"which is no alarm but {kinds[name]}" if name in kinds else "which the template does not define"
            yield subject.finding("undefined-alarm", canary.function, path, f"the canary watches {name!r}, {problem}", hint)
