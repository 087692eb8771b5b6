"""The functions that CodeDeploy calls before and after traffic moves."""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.template_values import reference
from gitlabgen.analysis.templates import FUNCTION, CanaryFunction, TemplateAnalysis, TemplateResource

__all__ = ["hooks_of"]


def hooks_of(analysis: TemplateAnalysis) -> Iterator[tuple[CanaryFunction, str, TemplateResource]]:
    """Yield the hooks that the template defines: the canary, the event, and the function, each function once.

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
