"""`variables`: values for scripts and rules, with what the form for a manual pipeline shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import attrs

from gitlabgen.gitlab._values import Flag, Scalar, Strings, Text
from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit

__all__ = ["Variable"]


@model
class Variable(Model):
    """A variable with options; a plain value does where only the value is needed.

    Args:
        value: The value.
        description: What the form for a manual pipeline says of it; top level only.
        options: The values that the form offers; top level only.
        expand: Whether `$NAME` inside the value is replaced.

    Source: https://docs.gitlab.com/ci/yaml/#variables
    """

    keyword: ClassVar[str] = "variables"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#variables"

    value: Scalar | None = attrs.field(default=None, kw_only=False)
    description: Text | None = None
    options: Strings | None = None
    expand: Flag | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a value that the form does not offer."""
        if isinstance(self.options, tuple) and self.value is not None and self.value not in self.options:
            yield Misfit(f"must be present in options, got {self.value!r}", path=("value",))
