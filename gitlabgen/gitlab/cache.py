"""`cache`: files kept between jobs to save time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Final

from gitlabgen.gitlab._vocabulary import CacheWhen
from gitlabgen.gitlab.keyword_types import Flag, Strings, Text, is_set
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import Misfit
from gitlabgen.modeling.model import Model, model

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
    words: ClassVar[Mapping[str, str]] = {
        "files": ":files config should be an array of strings",
        "files_commits": ":files_commits config should be an array of strings",
        "prefix": ":prefix config should be a string",
    }

    files: Strings | None = None
    files_commits: Strings | None = None
    prefix: Text | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem unless exactly one list of files is given."""
        given = [key for key in ("files", "files_commits") if is_set(getattr(self, key))]
        if len(given) != 1 and not self.extra:
            yield Misfit("config must use exactly one of these keys: files, files_commits", missing=not given)
        for key in given:
            if getattr(self, key) == ():
                yield Misfit("requires at least 1 item", path=(key,))


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
    words: ClassVar[Mapping[str, str]] = {
        "key": ":key should be a hash, a string or a symbol",
        "paths": ":paths config should be an array of strings",
        "fallback_keys": ":fallback_keys config should be an array of strings",
        "untracked": ":untracked config should be a boolean value",
        "unprotect": ":unprotect config should be a boolean value",
    }

    key: str | CacheKey | Reference | None = None
    paths: Strings | None = None
    policy: Text | None = None
    untracked: Flag | None = None
    unprotect: Flag | None = field(default=None, since=(15, 8))
    when: CacheWhen | Reference | None = None
    fallback_keys: Strings | None = None

    def misfits(self) -> Iterable[Misfit]:
        """Return problems of the key, the policy and the fallback keys."""
        key = self.key
        plain = type(key) is not str or ("/" not in key and "%" not in key and key not in (".", ".."))
        ordinary = plain and _CHECKED.isdisjoint(vars(self))
        return () if ordinary else self._misfits()

    def _misfits(self) -> Iterator[Misfit]:
        if isinstance(self.key, str):
            # GitLab looks at what a URL would mean.
            key = re.sub("(?i)%2([ef])", lambda code: "." if code[1] in "eE" else "/", self.key)
            if "/" in key:
                yield Misfit('cannot contain the "/" character', 'use "$CI_COMMIT_REF_SLUG" or a dash', ("key",))
            if key in (".", ".."):
                yield Misfit('cannot be "." or ".."', path=("key",))
        if isinstance(self.policy, str) and self.policy not in ("pull-push", "push", "pull") and "$" not in self.policy:
            words = "should be a variable or one of: pull-push, push, pull"
            yield Misfit(f"{words}, got {self.policy!r}", path=("policy",))
        if isinstance(self.fallback_keys, tuple) and len(self.fallback_keys) > 5:
            # The misspelling is GitLab's own.
            yield Misfit(" fallback keys has to many entries (maximum 5)", path=("fallback_keys",))
