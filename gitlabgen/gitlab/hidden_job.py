"""`HiddenJob`: a block that runs nowhere, for others to extend or to refer to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gitlabgen.gitlab.job import ScriptKeywords
from gitlabgen.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.trigger import Trigger

__all__ = ["HiddenJob"]


@model
class HiddenJob(ScriptKeywords):
    """A block whose name begins with a dot: GitLab does not run it.

    Args:
        trigger: As in a trigger job.
        content: The block as it is, where it is no job at all: a list, a string or any mapping.

    Source: https://docs.gitlab.com/ci/jobs/#hide-a-job
    """

    trigger: str | Trigger | None = None
    content: object = None
