"""`release`: a release that a job makes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from gitlabgen.gitlab._vocabulary import ReleaseLinkType
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Strings, Text
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Release", "ReleaseAssets", "ReleaseLink"]

_DATE: Final = r"\d{4}-?(?:\d\d-?\d\d|\d{3}|w\d\d-?\d)"
# What git takes for no name of a branch, a tag or a commit.
_NO_REF: Final = r"-|/|\.|refs/(?:heads|remotes)/|HEAD\Z|\Z|.*(?:[\x00-\x20~^:?*\[\\\x7f]|\.\.|@\{|//|/\.|\.lock(?:/|\Z)|[/.]\Z)"
_TIME: Final = r"t\d\d(?::?\d\d(?::?\d\d(?:[.,]\d+)?)?)?(?:z|[+-]\d\d(?::?\d\d)?)?"


@model
class ReleaseLink(KeywordModel):
    """A link on a release's page.

    Args:
        name: The link's text.
        url: Where it leads.
        filepath: The path of a lasting address that redirects to the URL.
        link_type: `runbook`, `package`, `image` or `other`.

    Source: https://docs.gitlab.com/ci/yaml/#releaseassetslinks
    """

    keyword: ClassVar[str] = "release:assets:links"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#releaseassetslinks"

    name: Text
    url: Text
    filepath: Text | None = None
    link_type: ReleaseLinkType | Reference | None = None


@model
class ReleaseAssets(KeywordModel):
    """What a release holds beside the source code.

    Args:
        links: Links on its page, at least one.

    Source: https://docs.gitlab.com/ci/yaml/#releaseassetslinks
    """

    keyword: ClassVar[str] = "release:assets"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#releaseassetslinks"

    links: Sequence[ReleaseLink | Reference] | Reference

    def problems(self) -> Iterable[Problem]:
        """Return a problem for an empty list of links."""
        return (
            (Problem("can't be blank", "leave `assets` out, or add a link", ("links",), plain="is empty"),)
            if self.links == ()
            else ()
        )


@model
class Release(KeywordModel):
    """A release that a job makes when its script has succeeded.

    Args:
        tag_name: The tag; it is made if there is none of this name.
        description: The text about the release, or the file that holds it.
        name: The title; GitLab's default is the tag's name.
        tag_message: The message of a tag that is made.
        ref: The commit, tag or branch on which a tag is made.
        milestones: Titles of milestones, or one title.
        released_at: When it is ready, in ISO 8601 format.
        assets: What it holds beside the source code.

    Source: https://docs.gitlab.com/ci/yaml/#release
    """

    keyword: ClassVar[str] = "release"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#release"

    tag_name: Text
    description: Text
    name: Text | None = None
    tag_message: Text | None = None
    ref: Text | None = None
    milestones: str | Strings | None = None
    released_at: Text | None = None
    assets: ReleaseAssets | Reference | None = None

    def problems(self) -> Iterable[Problem]:
        """Return problems of a date that GitLab cannot read, and of a ref that git does not take."""
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
