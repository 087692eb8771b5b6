"""`inputs`: values that a person may change before a job runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._values import Scalar, Text
from gitlabgen.gitlab._vocabulary import InputType
from gitlabgen.model import Model, model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["JobInput"]


@model
class JobInput(Model):
    """A value that a person may change before a job runs.

    Args:
        type: `string`, `number`, `boolean` or `array`; GitLab's default is `string`.
        default: The value if nobody changes it.
        description: What it is for.
        options: The values that are allowed.
        regex: What a string must match.

    Source: https://docs.gitlab.com/ci/yaml/#inputs
    """

    keyword: ClassVar[str] = "inputs"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#inputs"

    type: InputType | Reference | None = None
    default: Scalar | Sequence[object] | Reference
    description: Text | None = None
    options: Sequence[Scalar] | Reference | None = None
    regex: Text | None = None
