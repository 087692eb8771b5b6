"""`unknown-stack`: a job speaks of a stack that is nearly, but not quite, one that the pipeline deploys.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitlabgen.errors import Finding, closest
from gitlabgen.linting._project import ProjectSubject
from gitlabgen.linting._subject import finding

__all__ = ["check"]


def check(subject: ProjectSubject) -> Iterator[Finding]:
    """Yield a finding for each stack's name that CloudFormation refuses, and each that looks misspelt."""
    deployed = [deployment.stack for deployment in subject.deployments if deployment.stack is not None]
    for command in subject.commands:
        stack = command.value("--stack-name")
        if stack is None or command.words[0] not in ("aws", "sam") or "arn:" in stack:
            continue
        job = command.job
        if "$" not in stack and not re.fullmatch("[A-Za-z][-A-Za-z0-9]{0,127}", stack):
            message = f"{job.name} job: stackName {stack!r} should be letters, digits and hyphens, at most 128, a letter first"
            yield finding("unknown-stack", job, command.path, message)
        elif deployed and stack not in deployed and (near := closest(stack, deployed)) is not None and _is_slip(stack, near):
            message = f"{job.name} job: no job deploys the stack {stack}"
            yield finding("unknown-stack", job, command.path, message, f"did you mean {near!r}?", severity="warning")


def _is_slip(stack: str, near: str) -> bool:
    """Return whether two names differ by a letter or two, and not by a word such as the environment."""
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, stack, near, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return max(len(stack), len(near)) - same <= 2
