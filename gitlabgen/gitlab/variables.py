"""`variables`: values for scripts and rules, and their presentation in the form for a manual pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Flag, Scalar, Strings, Text, is_open
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Variable"]


@model
class Variable(KeywordModel):
    """A variable with options; a plain value is enough if only the value is needed.

    Args:
        value: The value.
        description: The description in the form for a manual pipeline; top level only.
        options: The values that the form offers; top level only.
        expand: Whether `$NAME` inside the value is replaced.

    Source: https://docs.gitlab.com/ci/yaml/#variables
    """

    keyword: ClassVar[str] = "variables"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#variables"
    type_errors: ClassVar[TypeErrors] = {
        "value": Sentence("config value must be a scalar"),
        "description": Sentence("config description must be an alphanumeric string"),
        "options": Sentence("config options should be an array of strings"),
        "expand": Sentence("config expand should be a boolean value"),
    }

    value: Scalar | Reference | None = field(default=None, kw_only=False)
    description: Text | int | float | None = field(default=None, since=(13, 7))
    options: Strings | None = field(default=None, since=(15, 7))
    expand: Flag | None = field(default=None, since=(15, 7))

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a value that is not one of the options."""
        options = self.options
        if not isinstance(options, tuple) or any(map(is_open, (self.value, *options))):
            return
        if options and self.value not in options:
            text, plain = "config value must be present in options", "should be one of the `options`"
            yield Problem(text, None, ("value",), plain, entry="", missing=self.value is None, given=self.value)
