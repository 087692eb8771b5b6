"""`long-need-name`: a needed job has a name that is too long.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]

_LONGEST: Final = 255


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need whose name, or that of a cell of its matrix, is too long."""
    children = subject.children
    for job, index, name, _ in subject.needs:
        longest = max(children[name], key=len, default=name) if name in children else name
        if len(longest) > _LONGEST:
            message = f"{job.name} job: need `{longest}` name is too long (maximum is {_LONGEST} characters)"
            yield finding("long-need-name", job, ("needs", index), message)
