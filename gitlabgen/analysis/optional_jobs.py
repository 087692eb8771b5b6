"""Whether the pipeline goes on without a job, or after its failure."""

from __future__ import annotations

from typing import Any

from gitlabgen.gitlab.allow_failure import AllowFailure
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule

__all__: list[str] = []


def allows_failure(job: BaseJob, rule: Rule | None = None) -> bool | None:
    """Return whether a job may fail, or stay without the click that it waits for; None if that is unknown.

    Args:
        job: The job.
        rule: The rule that applies.

    Source: https://docs.gitlab.com/ci/yaml/#allow_failure
    """
    written: Any = None if rule is None else rule.allow_failure
    if not is_set(written):
        written = job.allow_failure
    if isinstance(written, AllowFailure):
        return False
    if not is_set(written):
        return job.when == "manual"  # a rule's `when` decides nothing here
    return written if isinstance(written, bool) else None
