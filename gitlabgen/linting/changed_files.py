"""Variants of an event with other changed files, for what depends on `changes`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from gitlabgen.gitlab.rules import Changes, Rule
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.matching.globs import glob_match
from gitlabgen.simulation.events import Event, event_with
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["changing_variants"]

_OTHER: Final = "a-file-that-no-glob-names"
_MOST: Final = 8
"""The number of globs that get a variant."""


def changing_variants(analysis: EventAnalysis, view: EventView, jobs: Iterable[SimulatedJob]) -> Iterator[tuple[EventView, str]]:
    """Yield variants of an event in which only one file has changed, each with this file as the end of a sentence.

    Args:
        analysis: The pipeline.
        view: The event; without variants if its changed files are known, or do not count.
        jobs: The jobs whose globs should match, one after the other.
    """
    event = view.event
    if event.changed is not None or not (event.has_diff or event.is_merge_request):
        return
    globs = [*dict.fromkeys(glob for job in jobs for glob in _globs(job))]
    if not globs:
        return
    yield analysis.simulate(view.name, _changing(event, _OTHER)), "only other files than those in `changes` have changed"
    for path in dict.fromkeys(path for glob in globs[:_MOST] if (path := _path_for(glob)) is not None):
        yield analysis.simulate(view.name, _changing(event, path)), f"only `{path}` has changed"


def _changing(event: Event, path: str) -> Event:
    return event_with(event, changed=(path,))


def _globs(job: SimulatedJob) -> Iterator[str]:
    rules = job.seed.job.rules
    for rule in rules if isinstance(rules, tuple) else ():
        changes = rule.__dict__.get("changes") if isinstance(rule, Rule) else None
        paths = changes.paths if isinstance(changes, Changes) else changes
        yield from (path for path in paths if isinstance(path, str)) if isinstance(paths, tuple) else ()


def _path_for(glob: str) -> str | None:
    """Return a path that a glob matches; None if none is found."""
    path = re.sub(r"\{([^{},]*)[^{}]*\}", r"\1", glob.replace("**/", ""))
    path = re.sub(r"\[([^]!^])[^]]*\]", r"\1", path.replace("**", "x").replace("*", "x").replace("?", "x"))
    return path if "$" not in path and glob_match(glob, path) else None
