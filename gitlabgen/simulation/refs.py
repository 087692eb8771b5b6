"""Branches, tags and the project of an event: which they are, and whether they are protected."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

from gitlabgen.simulation.events import Event
from gitlabgen.simulation.project_facts import ProjectFacts, facts_from
from gitlabgen.simulation.unknown import Truth, Unknown, all_hold

DEFAULT_BRANCH = "main"
"""The default branch of new projects."""


def facts_for(event: Event, declared: ProjectFacts | None = None) -> ProjectFacts:
    """Return what is known of the project in an event: the event's own words count more than those of pyproject.toml.

    Args:
        event: The event.
        declared: What `[tool.gitlabgen.project]` says; None if there is no such table.
    """
    own = facts_from(event.project or {})
    both = attrs.asdict(declared or ProjectFacts(), recurse=False)
    both |= {name: value for name, value in attrs.asdict(own, recurse=False).items() if value is not None}
    both["default_branch"] = event.default_branch or both["default_branch"] or DEFAULT_BRANCH
    return ProjectFacts(**both)


def ref_of(event: Event, facts: ProjectFacts) -> str | Unknown:
    """Return the branch or the tag of a pipeline; of a merge request, its source branch.

    Args:
        event: The event.
        facts: What is known of the project.
    """
    if event.tag is not None:
        return event.tag
    if event.branch is not None:
        return event.branch
    if event.is_merge_request or facts.default_branch is None:
        return Unknown(("the event does not say the branch",), is_present=True)
    return facts.default_branch


def target_branch_of(event: Event, facts: ProjectFacts) -> str | Unknown:
    """Return the branch that a merge request is for.

    Args:
        event: The event.
        facts: What is known of the project.
    """
    return event.target_branch or facts.default_branch or Unknown(("the event does not say the target branch",), is_present=True)


def is_in_fork(event: Event, facts: ProjectFacts) -> bool:
    """Return whether the pipeline runs in another project, from which the merge request comes.

    Args:
        event: The event.
        facts: What is known of the project.
    """
    return event.source_project is not None and event.source_project != facts.path and event.is_merge_request


def is_protected(event: Event, facts: ProjectFacts) -> Truth:
    """Return whether the branch or the tag of a pipeline is protected.

    Args:
        event: The event.
        facts: What is known of the project.
    """
    if event.protected is not None:
        return event.protected
    if not event.is_merge_request:
        return is_protected_ref(ref_of(event, facts), facts)
    if is_in_fork(event, facts):
        return False
    if all_hold(is_protected_ref(ref, facts) for ref in (ref_of(event, facts), target_branch_of(event, facts))) is False:
        return False
    return Unknown(("a setting of the project decides whether a merge request between protected branches is protected",))


def is_protected_ref(ref: str | Unknown, facts: ProjectFacts) -> Truth:
    """Return whether a branch or a tag is protected.

    Args:
        ref: Its name.
        facts: What is known of the project.
    """
    if isinstance(ref, Unknown):
        return Unknown(ref.reasons)
    if facts.protected_refs is None:
        return Unknown((f"{ref} may be protected",))
    return name_matches(ref, facts.protected_refs)


def name_matches(name: str, patterns: Iterable[str]) -> bool:
    """Return whether a name matches one of several patterns, in which only `*` is special.

    Args:
        name: The name of a branch, a tag or an environment.
        patterns: The patterns.
    """
    return any(re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name, re.DOTALL) for pattern in patterns)
