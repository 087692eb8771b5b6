"""Conditions and rules for the events that start a pipeline."""

from __future__ import annotations

from typing import Final

from gitlabgen.gitlab.conditions import var
from gitlabgen.gitlab.retry import Retry
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.workflow import AutoCancel, Workflow

ON_MERGE_REQUEST: Final = var.CI_PIPELINE_SOURCE == "merge_request_event"
"""Matches merge request pipelines."""

ON_DEFAULT_BRANCH: Final = (var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH) & (var.CI_PIPELINE_SOURCE != "schedule")
"""Matches pipelines of the default branch, except scheduled ones."""

ON_SCHEDULE: Final = var.CI_PIPELINE_SOURCE == "schedule"
"""Matches scheduled pipelines."""

WHEN_CHECKED: Final = (Rule(ON_MERGE_REQUEST), Rule(ON_DEFAULT_BRANCH))
"""The rules of jobs that check code, before and after it is merged."""

AFTER_RUNNER_FAILURES: Final = Retry(max=1, when=["runner_system_failure", "scheduler_failure", "stuck_or_timeout_failure"])
"""Retries a job once if the runner failed, but not if the script failed."""


CHECK_TIMEOUT: Final = "30 minutes"
"""The default timeout of checks: one that hangs should not occupy a runner for an hour."""


def merge_requests_and_default_branch(name: str) -> Workflow:
    """Return a workflow for merge requests and the default branch; a newer commit cancels the checks of an older one.

    Args:
        name: The service's name in the list of pipelines.

    Source: https://docs.gitlab.com/ci/yaml/workflow/
    """
    return Workflow(
        name=f"{name}: $CI_COMMIT_TITLE",
        # Jobs that deploy are not interruptible, and continue.
        auto_cancel=AutoCancel(on_new_commit="interruptible"),
        rules=[Rule(ON_MERGE_REQUEST), Rule(var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH)],
    )
