"""`busybox-timeout`: an option that only old versions of busybox know.

Source: https://www.gnu.org/software/coreutils/manual/html_node/timeout-invocation.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `timeout -t`."""
    for command in subject.commands:
        if command.words[:2] == ("timeout", "-t"):
            message = f"{command.job.name} job: `timeout -t` fails everywhere but in busybox before 1.30"
            hint = f"write `timeout {' '.join(command.words[2:3])}`"
            yield finding("busybox-timeout", command.job, command.path, message, hint, severity="warning")
