"""Outputs that jobs ask a deployed stack for."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["StackOutput"]


@model
class StackOutput(TemplateModel):
    """An output that a deployed stack tells, for what runs after the deployment; `Template.output` returns it.

    Args:
        name: The output's name in the template.
    """

    keyword: ClassVar[str] = "outputs"

    name: str = field(kw_only=False)

    @classmethod
    def called(cls) -> str:
        """Return what users call to make one."""
        return "Template.output"
