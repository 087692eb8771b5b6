"""`include`: configuration from other files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import JobName, Text, is_set, kind_problems
from gitlabgen.gitlab.rule_words import include_rule_problems
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import NULL, is_interpolated
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.rules import Rule

__all__ = ["Include"]

_KINDS = ("local", "project", "remote", "template", "artifact", "component")


@model
class Include(KeywordModel):
    """Configuration from another file: exactly one kind of include, with its options.

    Args:
        local: A path in this repository.
        project: Another project of this GitLab, with `file` and `ref`.
        file: One or more paths in that project.
        ref: The branch, tag or commit of that project.
        remote: A URL, preferably with `integrity`.
        integrity: `sha256-` and the base64 hash of the remote file.
        cache: Whether, or how long, the remote file is cached.
        template: A template that GitLab provides.
        component: A component with its version, `host/path/name@version`.
        artifact: A file that `job` created; for child pipelines only.
        job: The job that created the artifact.
        inputs: Values for the inputs that the file declares.
        rules: When the file is included.

    Source: https://docs.gitlab.com/ci/yaml/#include
    """

    keyword: ClassVar[str] = "include"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#include"
    unchecked: ClassVar[frozenset[str]] = frozenset(("inputs",))

    local: Text | None = None
    project: Text | None = None
    file: str | Sequence[str | Reference] | Reference | None = None
    ref: Text | None = None
    remote: Text | None = None
    integrity: Text | None = field(default=None, since=(17, 9))
    cache: bool | str | Reference | None = field(default=None, since=(19, 0))
    template: Text | None = None
    component: Text | None = field(default=None, since=(16, 2))
    artifact: Text | None = None
    job: JobName | None = None
    inputs: Mapping[str, object] | Reference | None = field(default=None, since=(15, 11))
    rules: ListOf[Rule | Reference | ListOf[object]] | Reference | None = field(default=None, since=(14, 3))

    def problems(self) -> Iterator[Problem]:
        """Yield a problem unless there is exactly one kind of include, and for rules that includes do not allow."""
        yield from kind_problems(self, _KINDS)
        yield from include_rule_problems(self.rules)
        if is_set(self.project) and self.file in (None, NULL, "", ()):
            yield Problem(
                "config must specify the file where to fetch the config from",
                missing=True,
                plain="names a project, but no `file`",
            )
        if is_set(self.artifact) and self.job in (None, NULL, ""):
            yield Problem(
                "config must specify the job where to fetch the artifact from",
                missing=True,
                plain="names an artifact, but not the `job` that creates it",
            )
        if isinstance(self.integrity, str) and not is_interpolated(self.integrity):
            yield from self._integrity_problems(self.integrity)

    def _integrity_problems(self, integrity: str) -> Iterator[Problem]:
        if not is_set(self.remote):
            yield Problem(
                "config integrity can only be specified for remote includes",
                path=("integrity",),
                entry="",
                plain="is for remote includes only",
            )
        if not integrity.startswith("sha256-"):
            yield Problem(
                "config integrity hash must start with 'sha256-'",
                path=("integrity",),
                entry="",
                plain="should start with 'sha256-'",
            )
        elif not re.fullmatch(r"sha256-(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", integrity):
            yield Problem(
                "config integrity hash must be base64 encoded",
                path=("integrity",),
                entry="",
                plain="should be a base64 hash after 'sha256-'",
            )
