"""`cleanup-skipped-on-cancel`: a stack is deleted by a job that runs `when: always`.

GitLab skips such a job where a job before it is cancelled, and the stack stays; it runs where an early failure kept the stack
from being made.

Source: https://docs.gitlab.com/ci/environments/#stopping-an-environment
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import cleanups_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that always deletes a stack, unless it stops an environment."""
    always = {job.name for job, _, rule in analysis.rules if rule.when == "always"}
    for command in cleanups_of(analysis):
        job = command.job
        if (job.when == "always" or job.name in always) and getattr(job.environment, "action", None) != "stop":
            stack = f"the stack {command.stack}" if command.stack else "the stack"
            message = (
                f"{job.name} job: {stack} stays where a job is cancelled, and is deleted where it was never made: `when: always`"
            )
            hint = "let it stop an environment: `on_stop` and `auto_stop_in` in the job that deploys, `action: stop` here"
            yield RULE.finding(spot(job, command.path), message, hint)


RULE: Final = LintRule(
    id="cleanup-skipped-on-cancel",
    summary="a stack that is deleted by `when: always`: not after a cancelled job, and even if it was never made",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/environments/#stopping-an-environment",
    former_ids=("cleanup-after-failure",),
    examples=(),
    check=check,
)
