"""`long-hook-name`: a hook whose name is too long once the stack's name stands in it.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.hook_functions import hooks_of
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.template_values import flat
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_LONGEST: Final = 64


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook and each stack under which its name is too long."""
    for deployment in analysis.deployments:
        template, stack = deployment.template, deployment.stack
        if template is None or stack is None or "$" in stack:
            continue
        for _, _, hook in hooks_of(template):
            name = (flat(hook.properties.get("FunctionName")) or "").replace("${AWS::StackName}", stack)
            if len(name) > _LONGEST and "$" not in name:
                message = f"in the stack {stack} the hook's name has {len(name)} characters, but Lambda takes {_LONGEST}"
                yield RULE.finding(template.spot(hook, ("FunctionName",)), message, f"it becomes {name!r}")


RULE: Final = LintRule(
    id="long-hook-name",
    summary="a hook with more than 64 characters once the stack's name stands in it",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html",
    examples=(),
    check=check,
)
