"""`HiddenJob`: a block that runs nowhere, for others to extend or to refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab.job import ScriptKeywords
from gitlabgen.gitlab.keyword_types import quoted
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference
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

    form: ClassVar[str] = "hidden job"
    is_hidden: ClassVar[bool] = True

    trigger: str | Trigger | Reference | None = field(default=None, after="after_script")
    content: object = field(default=None, is_written=False)

    def problems(self) -> Iterable[Problem]:
        """Return problems of the name and between keywords, and keywords beside other content."""
        return self._problems()

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        beside = [name for name in vars(self) if name not in ("name", "content", "comment", "comments")]
        if self.content is not None and any(getattr(self, name) is not None for name in beside):
            yield Problem(f"is the whole block, so {quoted(beside)} cannot be set", path=("content",), is_ours=True)
