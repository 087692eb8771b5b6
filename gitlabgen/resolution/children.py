"""Child pipelines: the files that a trigger names, put together as GitLab does it."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import attrs

from gitlabgen.errors import Finding
from gitlabgen.gitlab.limits import DEFAULT_LIMITS
from gitlabgen.gitlab.trigger import Trigger
from gitlabgen.resolution.configuration import Resolution, resolve_files
from gitlabgen.resolution.include_entries import IncludeDecisions, entries
from gitlabgen.resolution.includes import included
from gitlabgen.resolution.repositories import Repository

__all__ = ["Child", "child_key", "resolve_child"]

_REFUSED = f"{Trigger.keyword}:include"


class Child(NamedTuple):
    """A child pipeline.

    Args:
        resolution: Its configuration; None if no file of it can be read.
        refused: The findings at the trigger that prevent the child pipeline.
        broken: The findings in its files, if none can be read.
    """

    resolution: Resolution | None
    refused: tuple[Finding, ...]
    broken: tuple[Finding, ...] = ()


def child_key(trigger: Trigger) -> Hashable:
    """Return a value that is equal for triggers of the same child pipeline.

    Args:
        trigger: The trigger.
    """
    # The values of inputs can hold lists, which cannot be hashed.
    options = ("file", "integrity", "inputs")
    return tuple((entry.kind, str(entry.location), *(repr(entry.option(name)) for name in options)) for entry in entries(trigger))


def resolve_child(
    trigger: Trigger,
    repository: Repository | None,
    most_includes: int = DEFAULT_LIMITS.includes,
    decisions: IncludeDecisions | None = None,
) -> Child:
    """Return the child pipeline that a trigger starts: its files, merged as includes of an empty file.

    Args:
        trigger: The trigger with `include`.
        repository: The repository with the local files.
        most_includes: The number of files that the GitLab server lets a pipeline include.
        decisions: What an event decides about includes.

    Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#parent-child-pipelines
    """
    found = included(trigger, repository, most_includes, decisions)
    refused = tuple(finding for finding in found.findings if finding.path == _REFUSED)
    inner = tuple(finding for finding in found.findings if finding.path != _REFUSED)
    if not found.pipelines:
        return Child(None, refused, inner)
    # Files that are unknown here can define any name, like the files that include a fragment.
    unread = tuple(include for include in found.unread if include.owner is not trigger)
    files = attrs.evolve(found, findings=inner, unread=unread)
    resolution = resolve_files(found.pipelines[-1], found.pipelines, files, is_fragment=len(unread) < len(found.unread))
    return Child(resolution, refused)
