"""`allow_failure`: failures that do not stop the pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.modeling.model import Model, model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["AllowFailure"]


@model
class AllowFailure(Model):
    """Failures that do not stop the pipeline; True does where all are meant.

    Args:
        exit_codes: One exit code of the script, or several.

    Source: https://docs.gitlab.com/ci/yaml/#allow_failureexit_codes
    """

    keyword: ClassVar[str] = "allow_failure"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#allow_failureexit_codes"
    words: ClassVar[Mapping[str, str]] = {"exit_codes": " exit codes should be an array of integers or an integer"}

    exit_codes: int | Sequence[int] | Reference
