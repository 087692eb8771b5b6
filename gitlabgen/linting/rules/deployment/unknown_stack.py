"""`unknown-stack`: a job speaks of a stack that the pipeline does not deploy, though it nearly does.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, closest
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each stack's name that CloudFormation refuses, and each that looks misspelt."""
    deployed = [command.stack for command in analysis.deployments if command.stack is not None]
    for command in analysis.commands:
        stack = command.stack
        if stack is None or command.words[0] not in ("aws", "sam") or "arn:" in stack:
            continue
        job = command.job
        if "$" not in stack and not re.fullmatch("[A-Za-z][-A-Za-z0-9]{0,127}", stack):
            message = f"{job.name} job: stackName {stack!r} should be letters, digits and hyphens, at most 128, a letter first"
            yield RULE.finding(spot(job, command.path), message, severity="error")
        elif deployed and stack not in deployed and (near := closest(stack, deployed)) is not None and _is_slip(stack, near):
            message = f"{job.name} job: no job deploys the stack {stack}"
            yield RULE.finding(spot(job, command.path), message, f"did you mean {near!r}?")
    yield from _other_stacks(analysis)


def _other_stacks(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that stops an environment, and deletes another stack than was deployed there."""
    for job in analysis.having("environment"):
        stopper = analysis.jobs.get(str(getattr(job.environment, "on_stop", None)))
        deployed = [command for command in analysis.deployments if command.job is job]
        deleted = [command for command in analysis.commands if command.deletes and command.job is stopper]
        names = [command.stack or "$" for command in (*deployed, *deleted)]
        # Variables that are neither the pipeline's own nor GitLab's may stand for anything.
        if not deployed or not deleted or any(re.search(r"\$(?!\{?CI_)", name) for name in names):
            continue
        if not {*names[: len(deployed)]}.intersection(names[len(deployed) :]):
            found = deleted[0]
            message = f"{found.job.name} job: deletes the stack {found.stack}, but {job.name} deploys {deployed[0].stack}"
            hint = f"write {deployed[0].stack!r} in both"
            yield RULE.finding(spot(found.job, found.path), message, hint)


def _is_slip(stack: str, near: str) -> bool:
    """Return whether two names differ by a letter or two, and not by a word such as the environment."""
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, stack, near, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return max(len(stack), len(near)) - same <= 2


RULE: Final = LintRule(
    id="unknown-stack",
    summary="a stack that is nearly one that the pipeline deploys, or another than the environment's; an error if CloudFormation refuses it",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/cli/latest/reference/cloudformation/",
    examples=(),
    check=check,
)
