"""`unknown-keyword`: a file holds a key that GitLab does not know.

Keys that a builder was given as `extra` are meant: only what was read from a file is looked at.

Source: https://docs.gitlab.com/ci/yaml/#keywords
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.walking import values_in
from gitlabgen.errors import Finding, closest
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.linting.rule import LintRule
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.resolution.configuration import was_read

__all__ = ["RULE"]

_OTHERS: Final = ("extra", "comments", "jobs")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each key of a job, of the top level or of what they hold that no keyword has."""
    if analysis.was_read:
        for job in (None, *analysis.jobs.values()):
            for model in values_in(job or analysis.pipeline, _OTHERS):
                if isinstance(model, Model):
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
        found = RULE.finding(spot(model, ("extra", key)), message, f"did you mean {near}?" if near else None)
        yield found._replace(job=job.name if job else None, path=f"{location}:{key}".lstrip(":"))


RULE: Final = LintRule(
    id="unknown-keyword",
    summary="a key in a file that GitLab does not know",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#keywords",
    examples=(),
    check=check,
)
