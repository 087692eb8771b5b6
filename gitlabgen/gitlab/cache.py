"""`cache`: files kept between jobs to save time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final

from gitlabgen.gitlab._values import Flag, Strings, Text
from gitlabgen.gitlab._vocabulary import CacheWhen
from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Cache", "CacheKey"]

_CHECKED: Final = frozenset(("fallback_keys", "policy"))


@model
class CacheKey(Model):
    """A cache's key computed from files.

    Args:
        files: Files whose last commit makes the key.
        files_commits: Files whose commits make the key.
        prefix: Text in front of the computed key.

    Source: https://docs.gitlab.com/ci/yaml/#cachekeyfiles
    """

    keyword: ClassVar[str] = "cache:key"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#cachekeyfiles"

    files: Strings | None = None
    files_commits: Strings | None = None
    prefix: Text | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem unless exactly one list of files is given."""
        if self.prefix is None and self.files is None and self.files_commits is None:
            yield Misfit("config requires at least 1 items")
        elif self.files is not None and self.files_commits is not None:
            yield Misfit("must use exactly one of these keys: files, files_commits")


@model
class Cache(Model):
    """Files kept between jobs.

    Args:
        key: What tells one cache from another.
        paths: Files and folders to keep.
        policy: `pull-push`, `pull`, `push` or a variable.
        untracked: Whether to keep all files that git does not track.
        unprotect: Whether protected and unprotected branches share the cache.
        when: After which result the cache is saved.
        fallback_keys: Keys to try where the key has no cache.

    Source: https://docs.gitlab.com/ci/yaml/#cache
    """

    keyword: ClassVar[str] = "cache"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#cache"

    key: str | CacheKey | Reference | None = None
    paths: Strings | None = None
    policy: Text | None = None
    untracked: Flag | None = None
    unprotect: Flag | None = None
    when: CacheWhen | Reference | None = None
    fallback_keys: Strings | None = None

    def misfits(self) -> Iterable[Misfit]:
        """Return problems of the key, the policy and the fallback keys."""
        key = self.key
        ordinary = (type(key) is not str or ("/" not in key and key not in (".", ".."))) and _CHECKED.isdisjoint(vars(self))
        return () if ordinary else self._misfits()

    def _misfits(self) -> Iterator[Misfit]:
        if isinstance(self.key, str):
            if "/" in self.key:
                yield Misfit('cannot contain the "/" character', 'use "$CI_COMMIT_REF_SLUG" or a dash', ("key",))
            if self.key in (".", ".."):
                yield Misfit('cannot be "." or ".."', path=("key",))
        if isinstance(self.policy, str) and self.policy not in ("pull-push", "push", "pull") and "$" not in self.policy:
            yield Misfit(f"should be one of: pull-push, push, pull, got {self.policy!r}", path=("policy",))
        if isinstance(self.fallback_keys, tuple) and len(self.fallback_keys) > 5:
            yield Misfit("has to many entries (maximum 5)", path=("fallback_keys",))
