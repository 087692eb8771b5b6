"""`unknown-keyword`: a file holds a key that GitLab does not know.

Keys that a builder was given as `extra` are meant: only what was read from a file is looked at.

Source: https://docs.gitlab.com/ci/yaml/#keywords
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlabgen.errors import Finding, closest
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.linting._subject import Subject, finding
from gitlabgen.model import Model, plan_of
from gitlabgen.resolution.configuration import was_read

__all__ = ["check"]


def check(subject: Subject) -> Iterator[Finding]:
    """Yield a finding for each key of a job, of the top level or of what they hold that no keyword has."""
    if subject.was_read:
        for model in _models(subject.pipeline):
            yield from _check(model, None)
        for job in subject.jobs.values():
            for model in _models(job):
                yield from _check(model, job)


def _check(model: Model, job: BaseJob | None) -> Iterator[Finding]:
    if not model.extra or not was_read(model):
        return
    names = sorted(name.rstrip("_") for name in plan_of(type(model)).names)
    keyword = "" if model is job else type(model).keyword
    location = ":".join(part for part in (f"jobs:{job.name}" if job else "", keyword) if part)
    # What only other jobs may have is told where a trigger job is read.
    told = plan_of(Job).names if isinstance(model, TriggerJob) else frozenset[str]()
    for key in model.extra:
        if key in told:
            continue
        # A schema at the top is told by another rule: editors need it.
        if key == "$schema" and job is None:
            continue
        near = closest(str(key), names)
        message = f"{location or 'root'} config contains unknown keys: {key}"
        found = finding("unknown-keyword", model, ("extra", key), message, f"did you mean {near}?" if near else None)
        yield found._replace(job=job.name if job else None, path=f"{location}:{key}".lstrip(":"))


def _models(value: Any) -> Iterator[Model]:
    """Yield a model and all that it holds, but the jobs of a pipeline."""
    if isinstance(value, Model):
        yield value
        for name, inner in vars(value).items():
            if name not in ("extra", "comments", "jobs"):
                yield from _models(inner)
    elif isinstance(value, tuple | Mapping):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _models(inner)
