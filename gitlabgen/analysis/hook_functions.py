"""Find the functions that CodeDeploy calls before and after it shifts traffic."""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import FUNCTION, CanaryFunction, TemplateAnalysis, TemplateResource


def hooks_of(analysis: TemplateAnalysis) -> Iterator[tuple[CanaryFunction, str, TemplateResource]]:
    """Yield the canary, the event and the function of each hook that the template defines; each function once.

    Args:
        analysis: The template.
    """
    seen = set()
    for canary in analysis.canaries:
        for event, value in canary.hooks.items():
            hook = analysis.resources.get(reference(value) or "")
            if hook is not None and hook.type == FUNCTION and hook.name not in seen:
                seen.add(hook.name)
                yield canary, event, hook
