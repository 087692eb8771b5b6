"""`release`: a release that a job creates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from gitlabgen.gitlab._vocabulary import ReleaseLinkType
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Filled, Strings, Text
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Release", "ReleaseAssets", "ReleaseLink"]

_DATE: Final = r"\d{4}-?(?:\d\d-?\d\d|\d{3}|w\d\d-?\d)"
# Names that git accepts for no branch, tag or commit.
_NO_REF: Final = r"-|/|\.|refs/(?:heads|remotes)/|HEAD\Z|\Z|.*(?:[\x00-\x20~^:?*\[\\\x7f]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)|[/.]\Z)"
_TIME: Final = r"t\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?:z|[+-]\d\d(?::?\d\d)?)?"


@model
class ReleaseLink(KeywordModel):
    """A link on a release's page.

    Args:
        name: The link's text.
        url: The link's URL.
        filepath: The path of a permanent URL that redirects to the link's URL.
        link_type: `runbook`, `package`, `image` or `other`.

    Source: https://docs.gitlab.com/ci/yaml/#releaseassetslinks
    """

    keyword: ClassVar[str] = "release:assets:links"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#releaseassetslinks"

    unchecked: ClassVar[frozenset[str]] = frozenset("*")

    name: Text
    url: Text
    filepath: Text | None = None
    link_type: ReleaseLinkType | Reference | None = None


@model
class ReleaseAssets(KeywordModel):
    """The assets of a release in addition to the source code.

    Args:
        links: Links on the release's page, at least one.

    Source: https://docs.gitlab.com/ci/yaml/#releaseassetslinks
    """

    keyword: ClassVar[str] = "release:assets"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#releaseassetslinks"

    type_errors: ClassVar[TypeErrors] = {"links": Sentence("links should be an array of hashes")}

    links: Sequence[ReleaseLink | Reference] | Reference

    def problems(self) -> Iterable[Problem]:
        """Return a problem for an empty list of links."""
        return (
            (Problem("can't be blank", "remove `assets`, or add a link", ("links",), plain="is empty"),)
            if self.links == ()
            else ()
        )


@model
class Release(KeywordModel):
    """A release that a job creates after its script has succeeded.

    Args:
        tag_name: The tag; it is created if it does not exist.
        description: The description of the release, or the file that contains it.
        name: The title; GitLab's default is the tag's name.
        tag_message: The message of the tag, if it is created.
        ref: The commit, tag or branch for the tag, if it is created.
        milestones: The title of a milestone, or a list of titles.
        released_at: The date and time of the release, in ISO 8601 format.
        assets: The assets in addition to the source code.

    Source: https://docs.gitlab.com/ci/yaml/#release
    """

    keyword: ClassVar[str] = "release"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#release"

    tag_name: Filled
    description: Filled
    name: Text | None = None
    tag_message: Text | None = None
    ref: Text | None = None
    milestones: str | Strings | None = None
    released_at: Text | None = None
    assets: ReleaseAssets | Reference | None = None

    def problems(self) -> Iterable[Problem]:
        """Return problems for a date that GitLab cannot read, and for a ref that git does not accept."""
        return () if vars(self).keys().isdisjoint(("ref", "released_at")) else self._problems()

    def _problems(self) -> Iterator[Problem]:
        time = self.released_at
        if isinstance(time, str) and not is_interpolated(time) and not re.fullmatch(f"(?ai){_DATE}(?:{_TIME})?", time):
            yield Problem(
                "must be a valid datetime",
                "write a time such as '2026-01-31T12:00:00Z'",
                ("released_at",),
                "is not a date and time",
                given=time,
            )
        if isinstance(self.ref, str) and not is_interpolated(self.ref) and re.match(f"(?s){_NO_REF}", self.ref):
            yield Problem(
                "must be a valid ref", "name a branch, a tag or a commit", ("ref",), "is not a valid ref", given=self.ref
            )
