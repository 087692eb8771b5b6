"""`retry`: how often, and after which failures, a job runs again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from gitlabgen.gitlab._vocabulary import RetryReason
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import between
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import DeprecatedWord, field
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Retry"]

_REASONS_SINCE: Final = dict.fromkeys(
    (
        "stuck_pending_with_matching_runners",
        "stuck_pending_no_matching_runners",
        "no_updates_running",
        "no_updates_canceling",
        "runner_configuration_error",
        "runner_external_dependency_failure",
        "runner_interrupted",
        "server_timeout_running",
        "server_timeout_canceling",
    ),
    (19, 1),
)
_DEPRECATED: Final = {
    "stuck_or_timeout_failure": DeprecatedWord(
        (19, 1),
        (20, 0),
        "write `stuck_pending_with_matching_runners`, `stuck_pending_no_matching_runners`, `no_updates_running` and "
        "`no_updates_canceling`",
    ),
    "job_execution_timeout": DeprecatedWord((19, 1), (20, 0), "write `server_timeout_running` and `server_timeout_canceling`"),
}


@model
class Retry(KeywordModel):
    """How often, and after which failures, a job runs again.

    Args:
        max: The number of retries: 0, 1 or 2.
        when: The failures after which the job runs again; without it, all.
        exit_codes: The exit codes of the script after which the job runs again.

    Source: https://docs.gitlab.com/ci/yaml/#retry
    """

    keyword: ClassVar[str] = "retry"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#retry"
    type_errors: ClassVar[TypeErrors] = {
        "max": Sentence("max is not a number"),
        "when": Sentence("when is not included in the list"),
        ("when", 1): Sentence("when contains unknown values: {}"),
        "exit_codes": Sentence("retry exit codes should be an array of integers or an integer"),
    }

    max: Annotated[int, between(0, 2)] | Reference | None = field(default=None, kw_only=False)
    when: RetryReason | Sequence[RetryReason | Reference] | Reference | None = field(
        default=None, values_since=_REASONS_SINCE, deprecated_words=_DEPRECATED
    )
    exit_codes: int | Sequence[int | Reference] | Reference | None = field(default=None, since=(16, 11))
