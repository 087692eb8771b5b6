"""`rules`: when a job is part of a pipeline, and how it runs then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from gitlabgen.gitlab._vocabulary import RuleWhen
from gitlabgen.gitlab.base_job import kinds_of, needs_problems
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import (
    VARIABLE_ERRORS,
    Delay,
    Flag,
    If,
    JobName,
    Strings,
    Text,
    VariableScalars,
    is_open,
    is_set,
)
from gitlabgen.gitlab.value_forms import with_variables
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.spellings import Spelling, assignment, either

if TYPE_CHECKING:
    from gitlabgen.gitlab.needs import Need
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.workflow import AutoCancel

__all__ = ["Changes", "Exists", "Rule"]

_CHECKED: Final = frozenset(("changes", "exists", "needs", "start_in"))


@model
class Changes(KeywordModel):
    """Files whose change makes a rule match; a plain list of paths is enough if there are no options.

    Args:
        paths: Globs, at most 50.
        regexp: A regular expression instead of globs.
        compare_to: The branch, tag or commit to compare with.

    Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
    """

    keyword: ClassVar[str] = "rules:rule:changes"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#ruleschanges"
    type_errors: ClassVar[TypeErrors] = {"paths": Sentence("paths should be an array of strings")}

    paths: Strings | None = field(default=None, kw_only=False, since=(15, 2))
    regexp: Text | None = field(default=None, since=(19, 2))
    compare_to: Text | None = field(default=None, since=(15, 3), forms_since=(with_variables((17, 2)),))

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a block without paths, and for one with too many paths."""
        yield from _path_problems(self)


@model
class Exists(KeywordModel):
    """Files whose presence makes a rule match; a plain list of paths is enough if there are no options.

    Args:
        paths: Globs, at most 50.
        regexp: A regular expression instead of globs.
        project: The project that has the files, if it is another project.
        ref: The branch or tag of that project.

    Source: https://docs.gitlab.com/ci/yaml/#rulesexists
    """

    keyword: ClassVar[str] = "rules:rule:exists"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#rulesexists"
    type_errors: ClassVar[TypeErrors] = {"paths": Sentence("paths should be an array of strings")}

    paths: Strings | None = field(default=None, kw_only=False, since=(17, 0))
    regexp: Text | None = field(default=None, since=(19, 2))
    project: Text | None = field(default=None, since=(17, 0))
    ref: Text | None = field(default=None, since=(17, 0))

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a block without paths, for one with too many paths, and for a ref without a project."""
        yield from _path_problems(self)
        if is_set(self.ref) and not is_set(self.project):
            yield Problem("config missing required keys: project", plain="names a `ref`, but no `project`")


def _path_problems(files: Changes | Exists) -> Iterator[Problem]:
    if not is_set(files.paths) and not is_set(files.regexp) and not files.extra:
        yield Problem("config missing required keys: paths", plain="names no files")
    if isinstance(files.paths, tuple) and len(files.paths) > 50:
        yield Problem(
            "has too many entries (maximum 50)", None, ("paths",), f"has {len(files.paths)} entries, at most 50 are allowed"
        )


@model
class Rule(KeywordModel):
    """A rule; the first rule whose clauses all hold applies.

    Args:
        if_: The condition.
        changes: Files that must have changed.
        exists: Files that must exist.
        when: When the job runs; `always` or `never` in a workflow.
        start_in: The delay of a delayed job.
        allow_failure: Whether the pipeline continues after a failure; a manual job with False blocks the pipeline.
        variables: Variables for the job, or for the pipeline in a workflow.
        needs: Replaces the `needs` of the job.
        interruptible: Whether a newer pipeline may cancel the job.
        auto_cancel: What GitLab cancels automatically; in a workflow only.

    Source: https://docs.gitlab.com/ci/yaml/#rules
    """

    keyword: ClassVar[str] = "rules:rule"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#rules"
    type_errors: ClassVar[TypeErrors] = {
        **VARIABLE_ERRORS,
        "if_": Sentence("if invalid expression syntax"),
        "changes": Sentence("should be an array or a hash", "changes"),
        ("changes", 1): Sentence("config should be an array of strings", "changes"),
        "exists": Sentence("should be a string, an array of strings, or a hash", "exists"),
        ("exists", 1): Sentence("config should be an array of strings", "exists"),
        "start_in": Sentence("start in should be a duration"),
        "when": Sentence("when unknown value: {}"),
        "needs": Sentence("config can only be a hash or an array", "needs"),
        ("needs", 1): Sentence("has an unsupported type", "needs:need"),
    }

    if_: If | None = field(default=None, kw_only=False)
    changes: ListOf[str | Reference] | Changes | Reference | None = None
    exists: ListOf[str | Reference] | Exists | Reference | None = field(default=None, forms_since=(with_variables((15, 6)),))
    when: RuleWhen | Reference | None = None
    start_in: Delay | None = None
    allow_failure: Flag | None = field(default=None, since=(12, 8))
    variables: VariableScalars | None = field(default=None, since=(13, 7))
    needs: ListOf[JobName | Need | ListOf[object]] | Reference | None = field(default=None, since=(16, 2))
    interruptible: Flag | None = field(default=None, since=(16, 10))
    auto_cancel: AutoCancel | Reference | None = field(default=None, since=(16, 10))

    def problems(self) -> Iterable[Problem]:
        """Return conflicts between keywords."""
        given = vars(self)
        # Most rules have none of these, and a pipeline has many rules.
        ordinary = given and given.get("if_", True) and given.get("when") != "delayed" and _CHECKED.isdisjoint(given)
        return () if ordinary else self._problems()

    def _problems(self) -> Iterator[Problem]:
        if all(value is None for name, value in vars(self).items() if name not in ("comment", "comments")):
            yield Problem(
                "config can't be blank",
                either("a rule that always matches is {}", assignment("when", "on_success")),
                plain=Spelling("is empty", "has an empty rule"),
            )
        if self.when == "delayed" and not is_set(self.start_in):
            yield Problem(
                "can't be blank",
                either("add {}" if self.start_in is None else "write {}", assignment("start_in", "30 minutes")),
                ("start_in",),
                "is missing: a delayed job needs a delay",
            )
        if self.start_in is not None and self.when != "delayed" and not is_open(self.when):
            yield Problem(
                "config contains disallowed keys: start_in",
                either("add {}" if self.when is None else "write {}", assignment("when", "delayed")),
                plain="has `start_in`, which is only for delayed jobs",
                key="start_in",
            )
        for name in ("changes", "exists"):
            paths = getattr(self, name)
            if isinstance(paths, tuple) and len(paths) > 50:
                yield Problem(
                    "has too many entries (maximum 50)", None, (name,), f"has {len(paths)} entries, at most 50 are allowed"
                )
        yield from needs_problems(kinds_of(self.needs), "bridge", "cross_dependency")
