"""`undefined-dependency`: a job wants the artifacts of a job that is not there.

Source: https://docs.gitlab.com/ci/yaml/#dependencies
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, dependencies_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each dependency that no job fulfils."""
    for job, path, name in dependencies_of(analysis):
        if analysis.is_known(name):
            continue
        if analysis.open:
            yield RULE.undecided(analysis, job, path, f"the dependency {name} exists")
        else:
            hint, related = analysis.hint(name)
            yield RULE.finding(spot(job, path), f"{job.name} job: undefined dependency: {name}", hint, related=related)


RULE: Final = LintRule(
    id="undefined-dependency",
    summary="artifacts of a job that is not there",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#dependencies",
    examples=(),
    check=check,
)
