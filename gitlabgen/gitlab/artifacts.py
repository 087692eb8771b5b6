"""`artifacts`: files that a job passes on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._vocabulary import ArtifactsAccess, ArtifactsWhen
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Flag, Lifetime, Strings, Text, is_open, is_set
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.reports import Reports

__all__ = ["Artifacts"]


@model
class Artifacts(KeywordModel):
    """Files that a job passes to later jobs, and that people can download.

    Args:
        paths: Files and folders.
        exclude: Files to exclude.
        name: The archive's name.
        untracked: Whether to add all files that git does not track.
        when: The result of the job after which the files are kept.
        expire_in: How long the files are kept.
        expose_as: The link's text in the merge request; at most 100 characters.
        access: Who can download them.
        public: Whether anyone can download them; not together with `access`.
        reports: Reports that GitLab reads and shows.

    Source: https://docs.gitlab.com/ci/yaml/#artifacts
    """

    keyword: ClassVar[str] = "artifacts"
    main: ClassVar[str | None] = "paths"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#artifacts"
    type_errors: ClassVar[TypeErrors] = {
        "paths": Sentence("paths should be an array of strings"),
        "exclude": Sentence("exclude should be an array of strings"),
        "expire_in": Sentence("expire in should be a duration"),
        "reports": Sentence("reports should be a hash"),
    }

    paths: Strings | None = None
    exclude: Strings | None = field(default=None, since=(13, 1))
    name: Text | None = None
    untracked: Flag | None = None
    when: ArtifactsWhen | Reference | None = None
    expire_in: Lifetime | None = None
    expose_as: Text | None = field(default=None, since=(12, 5))
    access: ArtifactsAccess | Reference | None = field(default=None, since=(16, 11), values_since={"maintainer": (18, 4)})
    public: Flag | None = field(default=None, since=(16, 7))
    reports: Reports | Reference | None = None

    def problems(self) -> Iterable[Problem]:
        """Return problems between keywords."""
        return () if vars(self).keys().isdisjoint(("access", "expose_as")) else self._problems()

    def _problems(self) -> Iterator[Problem]:
        if is_set(self.access) and is_set(self.public):
            pair = ", ".join(key for key in vars(self) if key in ("access", "public"))
            text, plain = f"config these keys cannot be used together: {pair}", "cannot have both `access` and `public`"
            yield Problem(text, plain=plain, key="public")
        if isinstance(self.expose_as, str):
            if not is_set(self.paths) or self.paths == ():
                yield Problem(
                    "paths can't be blank",
                    "add the paths to show",
                    missing=True,
                    plain="has `expose_as`, but no `paths`",
                )
            if not is_open(self.expose_as) and not re.fullmatch(r"\w[-\w ]*", self.expose_as, re.ASCII):
                yield Problem("can contain only letters, digits, '-', '_' and spaces", path=("expose_as",))
            if len(self.expose_as) > 100:
                yield Problem("is too long (maximum is 100 characters)", None, ("expose_as",), "has more than 100 characters")
            if isinstance(self.paths, tuple) and any("*" in str(path) for path in self.paths):
                yield Problem(
                    "can't contain '*' when used with 'expose_as'",
                    path=("paths",),
                    plain="cannot contain `*` together with `expose_as`",
                )
