"""The status that several jobs have together, as a stage, a pipeline and the needs of a job do."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Final, Literal, TypeAlias

__all__ = ["Status", "composite", "counted_as", "has_warnings"]

Status: TypeAlias = Literal[
    "created",
    "waiting_for_resource",
    "waiting_for_callback",
    "preparing",
    "pending",
    "running",
    "manual",
    "scheduled",
    "canceling",
    "success",
    "failed",
    "canceled",
    "skipped",
]
"""A status of a job, a stage or a pipeline, in GitLab's words."""

Counted: TypeAlias = Status | Literal["warn", "ignored"]
"""A status in a group: `warn` is a failure that is allowed, `ignored` a manual job that nothing waits for."""

_QUIET: Final = frozenset[Counted](("skipped", "warn", "ignored"))
_ENDED: Final = _QUIET | {"success"}

# Otherwise the first of these decides that a job of the group has.
_ACTIVE: Final[tuple[tuple[Status, AbstractSet[Counted]], ...]] = (
    ("running", frozenset(("running", "pending"))),
    ("waiting_for_resource", frozenset(("waiting_for_resource",))),
    ("waiting_for_callback", frozenset(("waiting_for_callback",))),
    ("manual", frozenset(("manual",))),
    ("scheduled", frozenset(("scheduled",))),
    ("preparing", frozenset(("preparing",))),
    ("running", frozenset(("created",))),
    ("canceling", frozenset(("canceling",))),
)


def counted_as(status: Status, *, allow_failure: bool) -> Counted:
    """Return what a job counts as in a group.

    Args:
        status: The job's status.
        allow_failure: Whether the job may fail.
    """
    if allow_failure:
        if status in ("failed", "canceled"):
            return "warn"
        if status == "manual":
            return "ignored"
    return status


def composite(counted: Iterable[Counted], *, needs: bool = False) -> Status:
    """Return the status of a group of jobs.

    Args:
        counted: What each job counts as.
        needs: Whether the group is the needs of a job, which waits for no job that was skipped.

    Source: https://docs.gitlab.com/ci/pipelines/
    """
    found = counted if isinstance(counted, AbstractSet) else frozenset(counted)
    if not found:
        return "success"
    if needs and (found & {"skipped", "ignored"}):
        return "skipped"
    if found <= {"skipped", "ignored"}:
        return "skipped"
    if found <= _ENDED:
        return "success"
    if found <= {"created", "warn", "ignored"}:
        return "created"
    if found <= {"preparing", "warn", "ignored"}:
        return "preparing"
    if found <= _ENDED | {"canceled"}:
        return "canceled"
    if found <= _QUIET | {"pending", "created"}:
        return "pending"
    for status, decisive in _ACTIVE:
        if found & decisive:
            return status
    return "failed"


def has_warnings(counted: Iterable[Counted]) -> bool:
    """Return whether a job of a group failed that may fail.

    Args:
        counted: What each job counts as.
    """
    return "warn" in counted
