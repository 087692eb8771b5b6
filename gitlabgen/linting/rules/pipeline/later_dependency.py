"""`later-dependency`: a job wants the artifacts of a job in a later stage.

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
    """Yield a finding for each dependency on a job that runs later."""
    uses = [(job, number, name, path) for number, (job, path, name) in enumerate(dependencies_of(analysis))]
    for job, number, name in analysis.are_later(uses):
        message = f"{job.name} job: dependency {name} is not defined in current or prior stages"
        yield RULE.finding(spot(job, uses[number][3]), message, analysis.stages_hint(job, name))


RULE: Final = LintRule(
    id="later-dependency",
    summary="artifacts of a job in a later stage",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#dependencies",
    examples=(),
    check=check,
)
