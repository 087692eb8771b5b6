"""`long-need-name`: a needed job has a name that is too long.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_LONGEST: Final = 255


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need whose name, or that of a cell of its matrix, is too long."""
    children = analysis.children
    for job, index, name, _ in analysis.needs:
        longest = max(children[name], key=len, default=name) if name in children else name
        if len(longest) > _LONGEST:
            message = f"{job.name} job: need `{longest}` name is too long (maximum is {_LONGEST} characters)"
            yield RULE.finding(spot(job, ("needs", index)), message)


RULE: Final = LintRule(
    id="long-need-name",
    summary="a need whose name, or that of a cell, has more than 255 characters",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    examples=(),
    check=check,
)
