"""Locate findings: position in the user's file, job, path, and language of the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gitlabgen.analysis.commands import Command
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.narrowing import narrowed
from gitlabgen.modeling.plans import language_of, location_of, plan_of
from gitlabgen.modeling.spellings import Language

__all__ = ["Spot"]


class Spot(NamedTuple):
    """The location of a finding.

    Args:
        position: The line and column in the user's file, if known.
        job: The name of the job that contains it, if any.
        path: GitLab's or CloudFormation's path, such as `jobs:deploy:needs`.
        language: The language of the file.
    """

    position: Position | None
    job: str | None
    path: str | None
    language: Language


def spot(model: Model, path: Sequence[str | int] = (), *, at_key: bool = False, words: Sequence[str] = ()) -> Spot:
    """Return the location of a keyword of a job, or of the top level of a pipeline.

    Args:
        model: The job or the pipeline.
        path: The path from the model to the value, with names in Python.
        at_key: Whether the finding is about the keyword itself, rather than its value.
        words: Words in the value that the finding is about; the first that is written there is marked.
    """
    plan = plan_of(type(model))
    name = model.name if isinstance(model, BaseJob) else None
    keys = [*(() if name is None else ("jobs", name)), *(plan.key(str(step)) for step in path[:1])]
    where = position(location_of(model), path, plan.positional, at_key=at_key)
    if words and where is not None:
        where = narrowed(where, words)
    return Spot(where, name, ":".join(keys) or None, language_of(model))


def command_spot(command: Command, *words: str) -> Spot:
    """Return the location of a command in a job's script.

    Args:
        command: The command.
        words: Words of the command that the finding is about; the first that is written there is marked.
    """
    where = spot(command.job, command.path)
    if where.position is None:
        return where
    return where._replace(position=narrowed(where.position, words, " ".join(command.words[:2])))
