"""`need-in-later-stage`: a job needs a job in a later stage.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need, of a job or of its rules, of a job in a later stage."""
    for job, index, name in analysis.are_later(analysis.needs):
        yield _finding(analysis, job, ("needs", index), name)
    for job, place, rule in analysis.rule_needs:
        for _, index, name in analysis.are_later((job, *need) for need in needs_of(rule.needs)):
            yield _finding(analysis, job, ("rules", place, "needs", index), name)


def _finding(analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str) -> Finding:
    message = f"{job.name} job: need {name} is not defined in current or prior stages"
    return RULE.finding(spot(job, path), message, analysis.stages_hint(job, name))


RULE: Final = LintRule(
    id="need-in-later-stage",
    summary="a need in a later stage",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    former_ids=("later-need",),
    examples=(),
    check=check,
)
