"""`inherit`: the defaults and global variables that a job inherits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._vocabulary import DefaultKeyword
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Strings
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Inherit"]


@model
class Inherit(KeywordModel):
    """What a job inherits from `default` and from the global variables.

    Args:
        default: True for all, False for none, or a list of keywords.
        variables: True for all, False for none, or a list of names.

    Source: https://docs.gitlab.com/ci/yaml/#inherit
    """

    keyword: ClassVar[str] = "inherit"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#inherit"

    default: bool | Sequence[DefaultKeyword | Reference] | Reference | None = None
    variables: bool | Strings | None = None
