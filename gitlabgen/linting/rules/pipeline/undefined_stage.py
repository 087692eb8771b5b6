"""`undefined-stage`: a job's stage is not among the stages.

Source: https://docs.gitlab.com/ci/yaml/#stages
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, Suggestions
from gitlabgen.linting.rule import LintRule
from gitlabgen.modeling.kinds import is_interpolated

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job in a stage that does not exist."""
    stages = analysis.stages
    suggestions = Suggestions()
    for job in [analysis.jobs[name] for name, order in analysis.orders.items() if order < 0 and name in analysis.jobs]:
        stage = job.__dict__.get("stage") or "test"
        if not isinstance(stage, str) or is_interpolated(stage):
            continue
        if analysis.open:
            yield RULE.undecided(analysis, job, ("stage",), f"the stage {stage} exists")
            continue
        hint = suggestions.meant(stage, stages)
        if job.stage is None:
            hint = "a job without `stage` is in `test`"
        message = f"{job.name} job: chosen stage {stage} does not exist; available stages are {', '.join(stages)}"
        yield RULE.finding(spot(job, ("stage",)), message, hint)


RULE: Final = LintRule(
    id="undefined-stage",
    summary="a stage that is not there",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#stages",
    examples=(),
    check=check,
)
