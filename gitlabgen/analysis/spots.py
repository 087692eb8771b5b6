"""Where a finding is: the user's line, the job, the path in the file, and the language of the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import language_of, location_of, plan_of
from gitlabgen.modeling.spellings import Language

__all__ = ["Spot", "spot"]


class Spot(NamedTuple):
    """Where a finding is.

    Args:
        position: The line and column in the user's file, if known.
        job: The job's name, if it is inside one.
        path: GitLab's or CloudFormation's path, such as `jobs:deploy:needs`.
        language: The language of the file.
    """

    position: Position | None
    job: str | None
    path: str | None
    language: Language


def spot(about: Model, path: Sequence[str | int] = ()) -> Spot:
    """Return where a keyword of a job, or of the top level of a pipeline, was written.

    Args:
        about: The job, or the pipeline.
        path: The path from it to the value, in Python's names.
    """
    plan = plan_of(type(about))
    name = about.name if isinstance(about, BaseJob) else None
    words = [*(() if name is None else ("jobs", name)), *(plan.key(str(step)) for step in path[:1])]
    where = position(location_of(about), path, plan.positional)
    return Spot(where, name, ":".join(words) or None, language_of(about))
