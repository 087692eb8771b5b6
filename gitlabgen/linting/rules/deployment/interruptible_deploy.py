"""`interruptible-deploy`: a newer commit may cancel a deployment half-way.

Source: https://docs.gitlab.com/ci/yaml/#interruptible
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys and is interruptible: of its own, by default or by one of its rules."""
    if getattr(getattr(analysis.pipeline.workflow, "auto_cancel", None), "on_new_commit", None) == "none":
        return
    by_rule = {job.name: index for job, index, rule in analysis.rules if rule.interruptible is True}
    for target in targets_of(analysis):
        job = target.job
        if job.interruptible is True:
            path: tuple[str | int, ...] = ("interruptible",)
        elif job.name in by_rule:
            path = ("rules", by_rule[job.name], "interruptible")
        elif analysis.setting(job, "interruptible") is True:
            path = target.path
        else:
            continue
        message = f"{job.name} job: a newer commit may cancel it half-way through {target.name}"
        yield RULE.finding(spot(job, path), message, "write `interruptible: false`")


RULE: Final = LintRule(
    id="interruptible-deploy",
    summary="a deployment that a newer commit may cancel half-way, by itself, a rule or by default",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#interruptible",
    examples=(),
    check=check,
)
