"""Outputs that jobs read from a deployed stack."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.sam.template_model import TemplateModel

__all__ = ["StackOutput"]


@model
class StackOutput(TemplateModel):
    """An output of a deployed stack, for jobs after the deployment; `Template.output` returns it.

    Args:
        name: The output's name in the template.
    """

    keyword: ClassVar[str] = "outputs"

    name: str = field(kw_only=False)

    @classmethod
    def called(cls) -> str:
        """Return the name of what users call to create one."""
        return "Template.output"
