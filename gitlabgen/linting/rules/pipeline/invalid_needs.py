"""`invalid-needs`: a job needs the same job twice.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.linting.rule import LintRule
from gitlabgen.resolution.job_expansion import cells

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job with a need that is listed twice, be it as one of the cells of a matrix."""
    for job in analysis.having("needs"):
        if type(job.needs) is not tuple or len(job.needs) < 2:
            continue
        seen: set[str] = set()
        twice: dict[str, int] = {}
        for index, name, need in needs_of(job.needs):
            names = analysis.children.get(name, (name,))
            if need is not None and isinstance(need.parallel, Matrix):
                names = tuple(cell.name for cell in cells(name, need.parallel))
            for each in names:
                if each in seen:
                    twice.setdefault(each, index)
                seen.add(each)
        if twice:
            message = f"{job.name} has the following needs duplicated: {', '.join(twice)}."
            yield RULE.finding(spot(job, ("needs", next(iter(twice.values())))), message, "name each job once")


RULE: Final = LintRule(
    id="invalid-needs",
    summary="a job that needs another twice, be it as a cell of its matrix",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    former_ids=("duplicate-needs",),
    examples=(),
    check=check,
)
