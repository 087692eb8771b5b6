"""`artifacts`: files that a job hands on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._vocabulary import ArtifactsAccess, ArtifactsWhen
from gitlabgen.gitlab.keyword_types import Flag, Lifetime, Strings, Text, is_set
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import Misfit
from gitlabgen.modeling.model import Model, model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.reports import Reports

__all__ = ["Artifacts"]


@model
class Artifacts(Model):
    """Files that a job hands on to later jobs and to people.

    Args:
        paths: Files and folders.
        exclude: Files to leave out again.
        name: The archive's name.
        untracked: Whether to add all files that git does not track.
        when: After which result the files are kept.
        expire_in: How long they are kept.
        expose_as: The link's text in the merge request; at most 100 characters.
        access: Who may download them.
        public: Whether anyone may download them; not together with `access`.
        reports: Files that GitLab reads and shows.

    Source: https://docs.gitlab.com/ci/yaml/#artifacts
    """

    keyword: ClassVar[str] = "artifacts"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#artifacts"
    words: ClassVar[Mapping[str, str]] = {
        "paths": " paths should be an array of strings",
        "exclude": " exclude should be an array of strings",
        "expire_in": " expire in should be a duration",
        "reports": " reports should be a hash",
    }

    paths: Strings | None = None
    exclude: Strings | None = None
    name: Text | None = None
    untracked: Flag | None = None
    when: ArtifactsWhen | Reference | None = None
    expire_in: Lifetime | None = None
    expose_as: Text | None = None
    access: ArtifactsAccess | Reference | None = field(default=None, since=(16, 11), values_since={"maintainer": (18, 4)})
    public: Flag | None = field(default=None, since=(16, 7))
    reports: Reports | Reference | None = None

    def misfits(self) -> Iterable[Misfit]:
        """Return problems between keywords."""
        return () if vars(self).keys().isdisjoint(("access", "expose_as")) else self._misfits()

    def _misfits(self) -> Iterator[Misfit]:
        if is_set(self.access) and is_set(self.public):
            pair = ", ".join(key for key in vars(self) if key in ("access", "public"))
            yield Misfit(f"config these keys cannot be used together: {pair}")
        if isinstance(self.expose_as, str):
            if not is_set(self.paths) or self.paths == ():
                yield Misfit("paths can't be blank", "`expose_as` needs the paths that it shows", missing=True)
            if not re.fullmatch(r"\w[-\w ]*", self.expose_as, re.ASCII):
                yield Misfit("can contain only letters, digits, '-', '_' and spaces", path=("expose_as",))
            if len(self.expose_as) > 100:
                yield Misfit("is too long (maximum is 100 characters)", path=("expose_as",))
            if isinstance(self.paths, tuple) and any("*" in str(path) for path in self.paths):
                yield Misfit("can't contain '*' when used with 'expose_as'", path=("paths",))
