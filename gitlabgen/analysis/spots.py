"""Locate findings: position in the user's file, job, path, and language of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gitlabgen.analysis.commands import Command
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.modeling.callsites import Position, is_call, position
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
    where = place(model, path, at_key=at_key, words=words)
    return Spot(where, name, ":".join(keys) or None, language_of(model))


def variable_spot(model: Model, path: Sequence[str | int], name: str) -> Spot:
    """Return the location of a variable in a value.

    Args:
        model: The job or the pipeline.
        path: The path to the value, with names in Python.
        name: The variable.
    """
    return spot(model, path, words=(f"${name}", f"${{{name}}}", name))


def place(model: Model, path: Sequence[str | int], *, at_key: bool = False, words: Sequence[str] = ()) -> Position | None:
    """Return the position of a part of a model; in Python, of the part of the nested call that makes it.

    Args:
        model: The model.
        path: The path from the model to the value, with names in Python.
        at_key: Whether the finding is about the keyword itself, rather than its value.
        words: Words in the value that the finding is about; the first that is written there is marked.
    """
    inner, rest = _innermost(model, tuple(path))
    where = position(location_of(inner), rest, plan_of(type(inner)).positional, at_key=at_key)
    return narrowed(where, words) if words and where is not None else where


def _innermost(model: Model, path: tuple[str | int, ...]) -> tuple[Model, tuple[str | int, ...]]:
    """Return the innermost model on a path that a separate call makes, and the rest of the path."""
    found: tuple[Model, tuple[str | int, ...]] = model, path
    if not _is_made_in_python(model):  # what is read from a file has its position there
        return found
    value: Any = model
    for index, step in enumerate(path[:-1], 1):
        if isinstance(value, Model):
            value = getattr(value, _field(value, step), None)
        elif isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, tuple) and isinstance(step, int):
            value = value[step]
        else:
            break
        if isinstance(value, Model) and _is_made_in_python(value) and location_of(value) != location_of(model):
            found = value, (_field(value, path[index]), *path[index + 1 :])
    return found


def _field(model: Model, step: str | int) -> str:
    """Return the name in Python of a keyword."""
    return plan_of(type(model)).name(str(step)) or str(step)


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


def _is_made_in_python(model: Model) -> bool:
    location = location_of(model)
    return location is not None and is_call(location)
