"""`variables`: values for scripts and rules, with what the form for a manual pipeline shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from gitlabgen.gitlab.keyword_types import Flag, Scalar, Strings, Text
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import Misfit
from gitlabgen.modeling.model import Model, model

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

    value: Scalar | None = field(default=None, kw_only=False)
    description: Text | None = None
    options: Strings | None = field(default=None, since=(15, 7))
    expand: Flag | None = field(default=None, since=(15, 7))

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a value that the form does not offer."""
        if isinstance(self.options, tuple) and self.options and self.value not in self.options:
            words = " config value must be present in options"
            given = self.value is not None
            yield Misfit(f"{words}, got {self.value!r}" if given else words, path=("value",), missing=not given)
