"""Find the user's line for a value of a translated template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.modeling.callsites import position
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import location_of, plan_of
from gitlabgen.modeling.reporting import located
from gitlabgen.verification.problems import ToolProblem

__all__ = ["Locator"]

# SAM's names for properties with another name in CloudFormation.
_RENAMED: Final = {
    "Code": "CodeUri",
    "Body": "DefinitionBody",
    "Content": "ContentUri",
    "DeploymentConfigName": "DeploymentPreference",
}


class Locator:
    """Finds where the user wrote what SAM generated.

    Args:
        analysis: The template as the user wrote it.
    """

    def __init__(self, analysis: TemplateAnalysis) -> None:
        self._analysis = analysis

    def finding(self, problem: ToolProblem) -> Finding:
        """Return a tool's problem as a finding at the user's line.

        Args:
            problem: The problem.
        """
        model, path = self._find(problem.path)
        where = position(location_of(model), path, plan_of(type(model)).positional)
        owner = self.owner(str(problem.path[1])) if problem.path[:1] == ("Resources",) and problem.path[1:] else None
        is_generated = owner is not None and owner != problem.path[1]
        found = Finding(
            rule=problem.rule,
            message=problem.message,
            severity=problem.severity,
            hint=problem.hint or (f"SAM generates {problem.path[1]} from {owner}" if is_generated else None),
            path=":".join(map(str, problem.path[:4])) or None,
            url=problem.url,
        )
        return located(found, where)

    def owner(self, name: str) -> str | None:
        """Return the user's resource that SAM generated another from: SAM uses its name as a prefix.

        Args:
            name: The logical id in the translated template.
        """
        return max((known for known in self._analysis.resources if name.startswith(known)), key=len, default=None)

    def _find(self, path: Sequence[str | int]) -> tuple[Model, tuple[str | int, ...]]:
        template = self._analysis.template
        if not path:
            return template, ()
        owner = self.owner(str(path[1])) if path[0] == "Resources" and path[1:] else None
        if owner is None:
            field = plan_of(type(template)).name(str(path[0]))
            return template, () if field is None else (field, *path[1:])
        if path[2:3] == ("Properties",):
            first, *rest = path[3:] or ("",)
            key = _RENAMED.get(str(first), first)
            return self._analysis.find(owner, (key, *rest) if key == first else (key,))
        return self._analysis.find(owner)
