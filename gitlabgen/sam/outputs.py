"""`Outputs`: what a stack tells its users and other stacks."""

from __future__ import annotations

from typing import Any, ClassVar

import attrs

from gitlabgen.model import Model, model
from gitlabgen.sam._values import Value

__all__ = ["Output"]


@model
class Output(Model):
    """A value that the stack shows; a plain value does where there is nothing else to say.

    Args:
        value: The value.
        description: What it is.
        export: The name under which other stacks import it.
        condition: The condition under which there is one.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html
    """

    keyword: ClassVar[str] = "Outputs"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/outputs-section-structure.html"

    value: Value | int | float | bool = attrs.field(kw_only=False)
    description: str | None = None
    export: Value | None = None
    condition: str | None = None


def output_of(value: Any) -> Any:
    """Return an output, made from a plain value where there is nothing else to say."""
    # Any class named so is meant: troposphere has one, too. A loop is a list.
    return value if type(value).__name__ in ("Output", "FrozenDict", "Null", "tuple") else Output(value)
