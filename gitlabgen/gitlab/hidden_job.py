"""`HiddenJob`: a block that does not run, and that jobs extend or reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab.job import ScriptKeywords
from gitlabgen.gitlab.keyword_types import in_backticks
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
        content: The content of a block that is not a job: a list, a string or any mapping.

    Source: https://docs.gitlab.com/ci/jobs/#hide-a-job
    """

    form: ClassVar[str] = "hidden job"
    is_hidden: ClassVar[bool] = True

    trigger: str | Trigger | Reference | None = field(default=None, after="after_script")
    content: object = field(default=None, is_written=False)

    def problems(self) -> Iterable[Problem]:
        """Return problems with the name, conflicts between keywords, and keywords set together with `content`."""
        return self._problems()

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        others = [name for name in vars(self) if name not in ("name", "content", "comment", "comments")]
        if self.content is not None and any(getattr(self, name) is not None for name in others):
            yield Problem(f"is the whole block, so {in_backticks(others)} cannot be set", path=("content",), is_ours=True)
