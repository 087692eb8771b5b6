"""Outputs that jobs ask a deployed stack for."""

from __future__ import annotations

from typing import ClassVar

import attrs

from gitlabgen.model import Model, model

__all__ = ["StackOutput"]


@model
class StackOutput(Model):
    """An output that a deployed stack tells, for what runs after the deployment; `Template.output` returns it.

    Args:
        name: The output's name in the template.
    """

    keyword: ClassVar[str] = "outputs"

    name: str = attrs.field(kw_only=False)
