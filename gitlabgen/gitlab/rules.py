"""`rules`: when a job is part of a pipeline, and how it runs then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from gitlabgen.gitlab._vocabulary import RuleWhen
from gitlabgen.gitlab.base_job import kinds_of, needs_misfits
from gitlabgen.gitlab.keyword_types import VARIABLE_WORDS, Delay, Flag, If, JobName, Strings, Text, VariableScalars, is_set
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import Misfit
from gitlabgen.modeling.model import Model, model

if TYPE_CHECKING:
    from gitlabgen.gitlab.needs import Need
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.workflow import AutoCancel

__all__ = ["Changes", "Exists", "Rule"]

_CHECKED: Final = frozenset(("changes", "exists", "needs", "start_in"))


@model
class Changes(Model):
    """Files whose change makes a rule match; a plain list of paths does where nothing else is needed.

    Args:
        paths: Globs, at most 50.
        regexp: A regular expression instead of globs.
        compare_to: The branch, tag or commit to compare with.

    Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
    """

    keyword: ClassVar[str] = "rules:rule:changes"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#ruleschanges"
    words: ClassVar[Mapping[str, str]] = {"paths": " paths should be an array of strings"}

    paths: Strings | None = field(default=None, kw_only=False, since=(15, 2))
    regexp: Text | None = None
    compare_to: Text | None = field(default=None, since=(15, 3))

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a block without files, and for too many of them."""
        yield from _path_misfits(self)


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

    keyword: ClassVar[str] = "rules:rule:exists"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#rulesexists"
    words: ClassVar[Mapping[str, str]] = {"paths": " paths should be an array of strings"}

    paths: Strings | None = field(default=None, kw_only=False, since=(17, 0))
    regexp: Text | None = None
    project: Text | None = field(default=None, since=(17, 0))
    ref: Text | None = field(default=None, since=(17, 0))

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a block without files, for too many of them, and for a ref of no project."""
        yield from _path_misfits(self)
        if is_set(self.ref) and not is_set(self.project):
            yield Misfit("config missing required keys: project")


def _path_misfits(files: Changes | Exists) -> Iterator[Misfit]:
    if not is_set(files.paths) and not is_set(files.regexp) and not files.extra:
        yield Misfit("config missing required keys: paths")
    if isinstance(files.paths, tuple) and len(files.paths) > 50:
        yield Misfit(f"has too many entries (maximum 50), got {len(files.paths)}", path=("paths",))


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
    words: ClassVar[Mapping[str, str]] = {
        **VARIABLE_WORDS,
        "if_": " if invalid expression syntax",
        "changes": ":changes should be an array or a hash",
        "changes:": ":changes config should be an array of strings",
        "exists": ":exists should be a string, an array of strings, or a hash",
        "exists:": ":exists config should be an array of strings",
        "when": " when unknown value: {}",
        "needs": ":needs config can only be a hash or an array",
        "needs:": ":needs:need has an unsupported type",
    }

    if_: If | None = field(default=None, kw_only=False)
    changes: Sequence[str] | Changes | Reference | None = None
    exists: Sequence[str] | Exists | Reference | None = None
    when: RuleWhen | Reference | None = None
    start_in: Delay | None = None
    allow_failure: Flag | None = None
    variables: VariableScalars | None = None
    needs: Sequence[JobName | Need | Reference] | Reference | None = field(default=None, since=(16, 2))
    interruptible: Flag | None = field(default=None, since=(16, 10))
    auto_cancel: AutoCancel | Reference | None = field(default=None, since=(16, 10))

    def misfits(self) -> Iterable[Misfit]:
        """Return problems between keywords."""
        given = vars(self)
        # Most rules have none of these, and a pipeline has many rules.
        ordinary = given and given.get("if_", True) and given.get("when") != "delayed" and _CHECKED.isdisjoint(given)
        return () if ordinary else self._misfits()

    def _misfits(self) -> Iterator[Misfit]:
        if all(value is None for name, value in vars(self).items() if name not in ("comment", "comments")):
            yield Misfit("config can't be blank", 'a rule that always matches is written Rule(when="on_success")')
        if self.when == "delayed" and not is_set(self.start_in):
            yield Misfit("can't be blank", "a delayed job needs its delay", ("start_in",))
        if self.start_in is not None and self.when != "delayed":
            yield Misfit("config contains disallowed keys: start_in", 'add when="delayed"')
        for name in ("changes", "exists"):
            paths = getattr(self, name)
            if isinstance(paths, tuple) and len(paths) > 50:
                yield Misfit(f"has too many entries (maximum 50), got {len(paths)}", path=(name,))
        yield from needs_misfits(kinds_of(self.needs), "bridge", "cross_dependency")
