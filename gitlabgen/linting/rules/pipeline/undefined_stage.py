"""`undefined-stage`: a job's stage is not among the stages.

Source: https://docs.gitlab.com/ci/yaml/#stages
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding, Suggestions
from gitlabgen.modeling.kinds import is_interpolated

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job in a stage that does not exist."""
    stages = subject.stages
    suggestions = Suggestions()
    for job in [subject.jobs[name] for name, order in subject.orders.items() if order < 0 and name in subject.jobs]:
        stage = job.__dict__.get("stage") or "test"
        if not isinstance(stage, str) or is_interpolated(stage):
            continue
        if subject.open:
            yield subject.undecided("undefined-stage", job, ("stage",), f"the stage {stage} exists")
            continue
        hint = suggestions.meant(stage, stages)
        if job.stage is None:
            hint = "a job without `stage` is in `test`"
        message = f"{job.name} job: chosen stage {stage} does not exist; available stages are {', '.join(stages)}"
        yield finding("undefined-stage", job, ("stage",), message, hint)
