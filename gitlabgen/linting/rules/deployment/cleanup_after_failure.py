"""`cleanup-after-failure`: a stack is deleted by a job that runs `when: always`.

GitLab skips such a job where a job before it is cancelled, and the stack stays; it runs where an early failure kept the stack
from being made.

Source: https://docs.gitlab.com/ci/environments/#stopping-an-environment
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.deployments import cleanups_of
from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that always deletes a stack, unless it stops an environment."""
    always = {job.name for job, _, rule in subject.rules if rule.when == "always"}
    for command in cleanups_of(subject):
        job = command.job
        if (job.when == "always" or job.name in always) and getattr(job.environment, "action", None) != "stop":
            stack = f"the stack {command.stack}" if command.stack else "the stack"
            message = (
                f"{job.name} job: {stack} stays where a job is cancelled, and is deleted where it was never made: `when: always`"
            )
            hint = "let it stop an environment: `on_stop` and `auto_stop_in` in the job that deploys, `action: stop` here"
            yield finding("cleanup-after-failure", job, command.path, message, hint, severity="warning")
