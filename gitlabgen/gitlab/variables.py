"""`variables`: values for scripts and rules, with what the form for a manual pipeline shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    words: ClassVar[Mapping[str, str]] = {
        "value": " config value must be a scalar",
        "description": " config description must be an alphanumeric string",
        "options": " config options should be an array of strings",
        "expand": " config expand should be a boolean value",
    }

    value: Scalar | None = attrs.field(default=None, kw_only=False)
    description: Text | None = None
    options: Strings | None = None
    expand: Flag | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a value that the form does not offer."""
        if isinstance(self.options, tuple) and self.options and self.value not in self.options:
            words = " config value must be present in options"
            given = self.value is not None
            yield Misfit(f"{words}, got {self.value!r}" if given else words, path=("value",), missing=not given)
