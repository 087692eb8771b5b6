"""`allow_failure`: failures that do not stop the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["AllowFailure"]


@model
class AllowFailure(KeywordModel):
    """Failures that do not stop the pipeline; a plain True means all of them.

    Args:
        exit_codes: One exit code of the script, or several.

    Source: https://docs.gitlab.com/ci/yaml/#allow_failureexit_codes
    """

    keyword: ClassVar[str] = "allow_failure"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#allow_failureexit_codes"
    type_errors: ClassVar[TypeErrors] = {"exit_codes": Sentence("exit codes should be an array of integers or an integer")}

    exit_codes: int | Sequence[int | Reference] | Reference = field(since=(13, 8))
