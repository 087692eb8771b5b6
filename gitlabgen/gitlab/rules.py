"""`rules`: when a job is part of a pipeline, and how it runs then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

import attrs

from gitlabgen.gitlab._values import Duration, Flag, If, JobName, Strings, Text, VariableScalars
from gitlabgen.gitlab._vocabulary import RuleWhen
from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from gitlabgen.gitlab.needs import Need
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.workflow import AutoCancel

__all__ = ["Changes", "Exists", "Rule"]

_CHECKED: Final = frozenset(("changes", "exists", "start_in"))


@model
class Changes(Model):
    """Files whose change makes a rule match; a plain list of paths does where nothing else is needed.

    Args:
        paths: Globs, at most 50.
        regexp: A regular expression instead of globs.
        compare_to: The branch, tag or commit to compare with.

    Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
    """

    keyword: ClassVar[str] = "rules:changes"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#ruleschanges"

    paths: Strings | None = attrs.field(default=None, kw_only=False)
    regexp: Text | None = None
    compare_to: Text | None = None


@model
class Exists(Model):
    """Files whose presence makes a rule match; a plain list of paths does where nothing else is needed.

    Args:
        paths: Globs, at most 50.
        regexp: A regular expression instead of globs.
        project: The project to look into, if another.
        ref: The branch or tag of that project.

    Source: https://docs.gitlab.com/ci/yaml/#rulesexists
    """

    keyword: ClassVar[str] = "rules:exists"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#rulesexists"

    paths: Strings | None = attrs.field(default=None, kw_only=False)
    regexp: Text | None = None
    project: Text | None = None
    ref: Text | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a ref of no project."""
        if self.ref is not None and self.project is None:
            yield Misfit("config missing required keys: project")


@model
class Rule(Model):
    """A rule; the first whose clauses all hold decides.

    Args:
        if_: The condition.
        changes: Files that must have changed.
        exists: Files that must exist.
        when: How the job runs then; `always` or `never` in a workflow.
        start_in: The delay of a delayed job.
        allow_failure: Whether the pipeline goes on after a failure; a manual job with False blocks.
        variables: Variables for the job, or for the pipeline in a workflow.
        needs: What the job needs then, instead of its own needs.
        interruptible: Whether a newer pipeline may cancel the job.
        auto_cancel: What a newer commit cancels; in a workflow only.

    Source: https://docs.gitlab.com/ci/yaml/#rules
    """

    keyword: ClassVar[str] = "rules:rule"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#rules"

    if_: If | None = attrs.field(default=None, kw_only=False)
    changes: Sequence[str] | Changes | Reference | None = None
    exists: Sequence[str] | Exists | Reference | None = None
    when: RuleWhen | Reference | None = None
    start_in: Duration | None = None
    allow_failure: Flag | None = None
    variables: VariableScalars | None = None
    needs: Sequence[JobName | Need | Reference] | Reference | None = None
    interruptible: Flag | None = None
    auto_cancel: AutoCancel | Reference | None = None

    def misfits(self) -> Iterable[Misfit]:
        """Return problems between keywords."""
        given = vars(self)
        # Most rules have none of these, and a pipeline has many rules.
        ordinary = given.get("if_", True) and given.get("when") != "delayed" and _CHECKED.isdisjoint(given)
        return () if ordinary else self._misfits()

    def _misfits(self) -> Iterator[Misfit]:
        if self.if_ == "":
            yield Misfit("invalid expression syntax: it is empty", "leave `if_` out for a rule that always matches", ("if_",))
        if self.when == "delayed" and self.start_in is None:
            yield Misfit("can't be blank", "a delayed job needs its delay", ("start_in",))
        if self.start_in is not None and self.when != "delayed":
            yield Misfit("config contains disallowed keys: start_in", 'add when="delayed"')
        for name in ("changes", "exists"):
            paths = getattr(self, name)
            if isinstance(paths, tuple) and len(paths) > 50:
                yield Misfit(f"config has too many entries (maximum 50), got {len(paths)}", path=(name,))
