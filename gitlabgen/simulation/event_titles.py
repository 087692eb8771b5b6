"""Events in words: a description of each, and short titles for those with names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gitlabgen.simulation.events import Event
from gitlabgen.simulation.project_facts import ProjectFacts
from gitlabgen.simulation.refs import facts_for
from gitlabgen.simulation.standard_events import STANDARD_EVENTS

__all__: list[str] = []

_SOURCES: Final = {
    "push": "push to",
    "merge_request_event": "merge request from",
    "schedule": "schedule on",
    "parent_pipeline": "child pipeline on",
}
_TITLES: Final[Mapping[str, str]] = {
    "branch": "feature",
    "branch_with_merge_request": "feature + open MR",
    "new_branch": "new branch",
    "merge_request": "merge request",
    "fork_merge_request": "fork merge request",
    "merge_train": "merge train",
}
"""The titles of the standard events whose names are longer."""


def described(event: Event) -> str:
    """Return a short description of an event, such as `push to main`.

    Args:
        event: The event.
    """
    if event.source == "tag" or (event.source == "push" and event.tag is not None):
        return f"tag {event.tag}"
    ref = event.tag or event.branch or ("a branch" if event.is_merge_request else "the default branch")
    target = f" to {event.target_branch or 'the default branch'}" if event.source == "merge_request_event" else ""
    kind = event.merge_request_type
    suffix = f" ({kind})" if kind not in (None, "detached") else ""
    return f"{_SOURCES.get(event.source, f'{event.source} on')} {ref}{target}{suffix}"


def title_of(name: str, event: Event, project: ProjectFacts | None = None) -> str:
    """Return the title of an event with a name; a push to the default branch has the name of the branch.

    Args:
        name: The name.
        event: The event. An own event with the name of a standard one keeps its name.
        project: What is declared of the project.
    """
    if event != STANDARD_EVENTS.get(name):
        return name
    return str(facts_for(event, project).default_branch) if name == "default_branch" else _TITLES.get(name, name)
