"""From a value of a translated template to the user's line that it comes from."""

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

__all__ = ["Places"]

# SAM's names for what CloudFormation calls otherwise.
_RENAMED: Final = {
    "Code": "CodeUri",
    "Body": "DefinitionBody",
    "Content": "ContentUri",
    "DeploymentConfigName": "DeploymentPreference",
}


class Places:
    """Finds where what SAM made was written.

    Args:
        analysis: The template as the user wrote it.
    """

    def __init__(self, subject: TemplateAnalysis) -> None:
        self._subject = subject

    def finding(self, problem: ToolProblem) -> Finding:
        """Return a tool's problem as a finding at the user's line.

        Args:
            problem: The problem.
        """
        about, way = self._find(problem.path)
        where = position(location_of(about), way, plan_of(type(about)).positional)
        owner = self.owner(str(problem.path[1])) if problem.path[:1] == ("Resources",) and problem.path[1:] else None
        made = owner is not None and owner != problem.path[1]
        found = Finding(
            rule=problem.rule,
            message=problem.message,
            severity=problem.severity,
            hint=f"SAM makes {problem.path[1]} of {owner}" if made else None,
            path=":".join(map(str, problem.path[:4])) or None,
            url=problem.url,
        )
        return located(found, where)

    def owner(self, name: str) -> str | None:
        """Return the user's resource of which SAM made another: SAM puts its name in front of what it makes.

        Args:
            name: The logical id in the translated template.
        """
        return max((known for known in self._subject.resources if name.startswith(known)), key=len, default=None)

    def _find(self, path: Sequence[str | int]) -> tuple[Model, tuple[str | int, ...]]:
        template = self._subject.template
        if not path:
            return template, ()
        owner = self.owner(str(path[1])) if path[0] == "Resources" and path[1:] else None
        if owner is None:
            field = plan_of(type(template)).name(str(path[0]))
            return template, () if field is None else (field, *path[1:])
        if path[2:3] == ("Properties",):
            first, *rest = path[3:] or ("",)
            key = _RENAMED.get(str(first), first)
            return self._subject.find(owner, (key, *rest) if key == first else (key,))
        return self._subject.find(owner)
