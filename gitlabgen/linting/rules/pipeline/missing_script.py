"""`missing-script`: a job that does nothing.

Source: https://docs.gitlab.com/ci/yaml/#script
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import needs_list
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job without script, run and trigger."""
    for job in analysis.jobs.values():
        if is_set(job.__dict__.get("script")) or not isinstance(job, Job) or is_set(job.run):
            continue
        if job.name in analysis.resolution.incomplete or _mirrors(job):
            continue
        if analysis.open:
            yield RULE.undecided(analysis, job, (), "it has a script")
            continue
        message = f"jobs {job.name} config should implement the script:, run:, or trigger: keyword"
        yield RULE.finding(spot(job, ()), message, "a block that only others use has a name with a dot in front")


def _mirrors(job: Job) -> bool:
    """Return whether a job only shows the status of another pipeline."""
    needs = needs_list(job.needs)
    return len(needs) == 1 and not any(needs_of(needs)) and getattr(needs[0], "pipeline", None) is not None


RULE: Final = LintRule(
    id="missing-script",
    summary="a job without script, run and trigger",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#script",
    examples=(),
    check=check,
)
