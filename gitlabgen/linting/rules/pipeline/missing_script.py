"""`missing-script`: a job that does nothing.

Source: https://docs.gitlab.com/ci/yaml/#script
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding, needs_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import needs_list
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.keyword_types import is_set

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job without script, run and trigger."""
    for job in subject.jobs.values():
        if is_set(job.__dict__.get("script")) or not isinstance(job, Job) or is_set(job.run):
            continue
        if job.name in subject.resolution.incomplete or _mirrors(job):
            continue
        if subject.open:
            yield subject.undecided("missing-script", job, (), "it has a script")
            continue
        message = f"jobs {job.name} config should implement the script:, run:, or trigger: keyword"
        yield finding("missing-script", job, (), message, "a block that only others use has a name with a dot in front")


def _mirrors(job: Job) -> bool:
    """Return whether a job only shows the status of another pipeline."""
    needs = needs_list(job.needs)
    return len(needs) == 1 and not any(needs_of(needs)) and getattr(needs[0], "pipeline", None) is not None
