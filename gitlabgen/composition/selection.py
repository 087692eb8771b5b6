"""Select some of the jobs: those that are named, or all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gitlabgen.composition.listed_jobs import Source, Which, are_chosen, entries_of, rebuilt
from gitlabgen.gitlab.hidden_job import HiddenJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.reference import Reference
from gitlabgen.modeling.callsites import caller
from gitlabgen.modeling.model import Model

__all__ = ["select", "without"]


def select(source: Source, /, *which: Which) -> Source:
    """Return a pipeline or jobs with only the selected jobs, and the hidden blocks that these need.

    Needs of removed jobs stay unchanged, and `lint` finds them: their replacement is not known.

    Args:
        source: The pipeline or the jobs.
        which: Names, patterns with `*` and `?`, jobs, `Stage`s, or functions from a job to a boolean. Hidden
            blocks are selected only by name, or by a pattern that begins with a dot.

    Raises:
        KeywordError: If no job has the name, matches the pattern or is in the stage.
    """
    call = caller()
    entries = entries_of(source, call)
    chosen = {entry.job.name for entry, is_chosen in zip(entries, are_chosen(entries, which, call), strict=True) if is_chosen}
    hidden = {entry.job.name: entry.job for entry in entries if isinstance(entry.job, HiddenJob)}
    roots: list[Any] = [entry.job for entry in entries if entry.job.name in chosen]
    if isinstance(source, Pipeline):
        roots += [value for name, value in vars(source).items() if name != "jobs"]
    wanted = chosen | _needed(roots, hidden)
    return rebuilt(source, (entry for entry in entries if entry.job.name in wanted))


def without(source: Source, /, *which: Which) -> Source:
    """Return a pipeline or jobs without the selected jobs.

    Needs of removed jobs stay unchanged, and `lint` finds them: their replacement is not known.

    Args:
        source: The pipeline or the jobs.
        which: Names, patterns with `*` and `?`, jobs, `Stage`s, or functions from a job to a boolean. Hidden
            blocks are selected only by name, or by a pattern that begins with a dot.

    Raises:
        KeywordError: If no job has the name, matches the pattern or is in the stage.
    """
    call = caller()
    entries = entries_of(source, call)
    left = zip(entries, are_chosen(entries, which, call), strict=True)
    return rebuilt(source, (entry for entry, is_chosen in left if not is_chosen))


def _needed(values: Iterable[Any], hidden: Mapping[str, HiddenJob]) -> set[str]:
    """Return the hidden blocks that are extended or referred to, directly or indirectly."""
    found: set[str] = set()
    waiting = list(values)
    while waiting:
        for name in _blocks_of(waiting.pop()):
            if name in hidden and name not in found:
                found.add(name)
                waiting.append(hidden[name])
    return found


def _blocks_of(value: Any) -> Iterator[str]:
    """Yield the blocks that a value extends or refers to."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Reference):
            yield from value.path[:1]
        elif isinstance(value, Model):
            parents = getattr(value, "extends", None)
            yield from parents if isinstance(parents, tuple) else () if parents is None else (parents,)
            waiting += vars(value).values()
        elif isinstance(value, tuple):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
