"""`interruptible-deploy`: a newer commit may cancel a deployment half-way.

Source: https://docs.gitlab.com/ci/yaml/#interruptible
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys and is interruptible: of its own, by default or by one of its rules."""
    if getattr(getattr(subject.pipeline.workflow, "auto_cancel", None), "on_new_commit", None) == "none":
        return
    by_rule = {job.name: index for job, index, rule in subject.rules if rule.interruptible is True}
    for target in targets_of(subject):
        job = target.job
        if job.interruptible is True:
            path: tuple[str | int, ...] = ("interruptible",)
        elif job.name in by_rule:
            path = ("rules", by_rule[job.name], "interruptible")
        elif subject.setting(job, "interruptible") is True:
            path = target.path
        else:
            continue
        message = f"{job.name} job: a newer commit may cancel it half-way through {target.name}"
        yield finding("interruptible-deploy", job, path, message, "write `interruptible: false`", severity="warning")
