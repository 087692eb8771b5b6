"""`later-dependency`: a job wants the artifacts of a job in a later stage.

Source: https://docs.gitlab.com/ci/yaml/#dependencies
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.errors import Finding
from gitlabgen.linting._subject import Subject, dependencies_of, finding

__all__ = ["check"]


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a finding for each dependency on a job that runs later."""
    for job, path, name in dependencies_of(subject):
        if subject.is_later(job, name):
            message = f"{job.name} job: dependency {name} is not defined in current or prior stages"
            yield finding("later-dependency", job, path, message, subject.stages_hint(job, name))
