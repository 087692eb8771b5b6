"""The events that a pipeline is usually tried with, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gitlabgen.simulation.events import (
    Api,
    Event,
    MergeRequest,
    ParentPipeline,
    Push,
    Schedule,
    Tag,
    Trigger,
    Web,
)

__all__ = ["STANDARD_EVENTS"]

_BRANCH: Final = "feature"

STANDARD_EVENTS: Final[Mapping[str, Event]] = {
    "default_branch": Push(),
    "branch": Push(_BRANCH),
    "branch_with_merge_request": Push(_BRANCH, open_merge_request=True),
    "new_branch": Push(_BRANCH, new_branch=True),
    "tag": Tag("v1.0.0"),
    "merge_request": MergeRequest(_BRANCH),
    "fork_merge_request": MergeRequest(_BRANCH, source_project="fork/project"),
    "merge_train": MergeRequest(_BRANCH, type="merge_train"),
    "schedule": Schedule(),
    "web": Web(),
    "api": Api(),
    "trigger": Trigger(),
    "child": ParentPipeline(),
}
"""The standard events. Those without a branch run on the default branch, or are for it."""

EVENT_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "push": ("default_branch", "branch", "branch_with_merge_request"),
    "all": tuple(STANDARD_EVENTS),
}
"""Names for several events."""
