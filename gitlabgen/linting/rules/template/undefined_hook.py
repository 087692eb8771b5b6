"""`undefined-hook`: a canary calls a hook that the template does not define.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding, meant

__all__ = ["check"]


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook that refers to nothing of the template."""
    known = [*subject.resources, *subject.section("Parameters")]
    for canary in subject.canaries:
        for event, hook in canary.hooks.items():
            name = reference(hook)
            if name is not None and name not in known:
                hint = meant(name, known)
                message = f"the {event} hook is {name!r}, which the template does not define"
                path = ("DeploymentPreference", "Hooks", event)
                yield subject.finding("undefined-hook", canary.function, path, message, hint)
