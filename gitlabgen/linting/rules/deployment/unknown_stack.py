"""`unknown-stack`: a job speaks of a stack that the pipeline does not deploy, though it nearly does.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding, closest

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each stack's name that CloudFormation refuses, and each that looks misspelt."""
    deployed = [command.stack for command in subject.deployments if command.stack is not None]
    for command in subject.commands:
        stack = command.stack
        if stack is None or command.words[0] not in ("aws", "sam") or "arn:" in stack:
            continue
        job = command.job
        if "$" not in stack and not re.fullmatch("[A-Za-z][-A-Za-z0-9]{0,127}", stack):
            message = f"{job.name} job: stackName {stack!r} should be letters, digits and hyphens, at most 128, a letter first"
            yield finding("unknown-stack", job, command.path, message)
        elif deployed and stack not in deployed and (near := closest(stack, deployed)) is not None and _is_slip(stack, near):
            message = f"{job.name} job: no job deploys the stack {stack}"
            yield finding("unknown-stack", job, command.path, message, f"did you mean {near!r}?", severity="warning")
    yield from _other_stacks(subject)


def _other_stacks(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that stops an environment, and deletes another stack than was deployed there."""
    for job in subject.having("environment"):
        stopper = subject.jobs.get(str(getattr(job.environment, "on_stop", None)))
        deployed = [command for command in subject.deployments if command.job is job]
        deleted = [command for command in subject.commands if command.deletes and command.job is stopper]
        names = [command.stack or "$" for command in (*deployed, *deleted)]
        # Variables that are neither the pipeline's own nor GitLab's may stand for anything.
        if not deployed or not deleted or any(re.search(r"\$(?!\{?CI_)", name) for name in names):
            continue
        if not {*names[: len(deployed)]}.intersection(names[len(deployed) :]):
            found = deleted[0]
            message = f"{found.job.name} job: deletes the stack {found.stack}, but {job.name} deploys {deployed[0].stack}"
            hint = f"write {deployed[0].stack!r} in both"
            yield finding("unknown-stack", found.job, found.path, message, hint, severity="warning")


def _is_slip(stack: str, near: str) -> bool:
    """Return whether two names differ by a letter or two, and not by a word such as the environment."""
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, stack, near, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return max(len(stack), len(near)) - same <= 2
