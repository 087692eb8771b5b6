"""`default-as-job`: `default` or `workflow` holds what only jobs have, and GitLab takes it for a job.

Source: https://docs.gitlab.com/ci/yaml/#default
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]

_NAMES: Final = {
    "default": "its keywords are defaults of no job any more",
    "workflow": "its rules decide on no pipeline any more",
}
_SCHEMA: Final = "$schema"


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each keyword that has become a job, and for the schema that only editors know."""
    for name, effect in _NAMES.items():
        job = subject.jobs.get(name)
        if job is not None:
            message = f"`{name}` is taken for a job: {effect}"
            yield finding("default-as-job", job, (), message, "move what belongs to a job into one", severity="warning")
    if _SCHEMA in subject.jobs or _SCHEMA in (subject.pipeline.extra or ()):
        about, path = (subject.jobs[_SCHEMA], ()) if _SCHEMA in subject.jobs else (subject.pipeline, ("extra", _SCHEMA))
        message = f"`{_SCHEMA}` is taken for a job"
        yield finding("default-as-job", about, path, message, "name the schema in the editor's settings", severity="warning")
