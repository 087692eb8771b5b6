"""Which events make a pipeline, and which of them a job belongs to."""

from __future__ import annotations

from typing import Final

from gitlabgen.gitlab.conditions import var
from gitlabgen.gitlab.retry import Retry
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.workflow import AutoCancel, Workflow

ON_MERGE_REQUEST: Final = var.CI_PIPELINE_SOURCE == "merge_request_event"
"""A merge request's own pipelines."""

ON_DEFAULT_BRANCH: Final = (var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH) & (var.CI_PIPELINE_SOURCE != "schedule")
"""What is merged, and pipelines of the default branch that somebody starts."""

ON_SCHEDULE: Final = var.CI_PIPELINE_SOURCE == "schedule"
"""Pipelines that a schedule starts."""

WHEN_CHECKED: Final = (Rule(ON_MERGE_REQUEST), Rule(ON_DEFAULT_BRANCH))
"""The rules of jobs that look at code, before and after it is merged."""

AFTER_RUNNER_FAILURES: Final = Retry(max=1, when=["runner_system_failure", "scheduler_failure", "stuck_or_timeout_failure"])
"""Another attempt where the runner failed, and none where the job did."""


CHECK_TIMEOUT: Final = "30 minutes"
"""How long a check may run where nobody says it: one that hangs should not take a runner for an hour."""


def merge_requests_and_default_branch(name: str) -> Workflow:
    """Return a workflow of merge requests and the default branch, in which a newer commit ends the checks of an older one.

    Args:
        name: What the service is called in the list of pipelines.

    Source: https://docs.gitlab.com/ci/yaml/workflow/
    """
    return Workflow(
        name=f"{name}: $CI_COMMIT_TITLE",
        # What deploys is not interruptible, and goes on.
        auto_cancel=AutoCancel(on_new_commit="interruptible"),
        rules=[Rule(ON_MERGE_REQUEST), Rule(var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH)],
    )
