"""`cache`: files kept between jobs to save time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, Final, Literal, get_args

from gitlabgen.errors import did_you_mean
from gitlabgen.gitlab._vocabulary import CacheWhen
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Flag, Strings, Text, is_open, is_set
from gitlabgen.gitlab.value_forms import with_variables
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Cache", "CacheKey"]

CachePolicy = Literal["pull-push", "push", "pull"]
_CHECKED: Final = frozenset(("fallback_keys", "policy"))


@model
class CacheKey(KeywordModel):
    """A cache key that is computed from files.

    Args:
        files: Files whose last commit determines the key.
        files_commits: Files whose commits determine the key.
        prefix: Text before the computed key.

    Source: https://docs.gitlab.com/ci/yaml/#cachekeyfiles
    """

    keyword: ClassVar[str] = "cache:key"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#cachekeyfiles"
    type_errors: ClassVar[TypeErrors] = {
        "files": Sentence("config should be an array of strings", "files"),
        "files_commits": Sentence("config should be an array of strings", "files_commits"),
        "prefix": Sentence("config should be a string", "prefix"),
    }

    files: Strings | None = field(default=None, since=(12, 5))
    files_commits: Strings | None = field(default=None, since=(18, 4))
    prefix: Text | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem unless exactly one list of files is given."""
        given = [key for key in ("files", "files_commits") if is_set(getattr(self, key))]
        if len(given) != 1 and not self.extra:
            yield Problem(
                "config must use exactly one of these keys: files, files_commits",
                missing=not given,
                plain="should have exactly one of `files` and `files_commits`",
            )
        for key in given:
            if getattr(self, key) == ():
                yield Problem("requires at least 1 item", path=(key,), plain="is empty")


@model
class Cache(KeywordModel):
    """Files kept between jobs.

    Args:
        key: The key that identifies the cache.
        paths: Files and folders to keep.
        policy: `pull-push`, `pull`, `push` or a variable.
        untracked: Whether to keep all files that git does not track.
        unprotect: Whether protected and unprotected branches share the cache.
        when: The result of the job after which the cache is saved.
        fallback_keys: Keys to try if there is no cache for `key`.

    Source: https://docs.gitlab.com/ci/yaml/#cache
    """

    keyword: ClassVar[str] = "cache"
    main: ClassVar[str | None] = "paths"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#cache"
    type_errors: ClassVar[TypeErrors] = {
        "key": Sentence("should be a hash, a string or a symbol", "key"),
        "paths": Sentence("config should be an array of strings", "paths"),
        "fallback_keys": Sentence("config should be an array of strings", "fallback_keys"),
        "untracked": Sentence("config should be a boolean value", "untracked"),
        "unprotect": Sentence("config should be a boolean value", "unprotect"),
    }

    key: str | CacheKey | Reference | None = None
    paths: Strings | None = None
    policy: CachePolicy | Text | None = field(default=None, forms_since=(with_variables((16, 1)),))
    untracked: Flag | None = None
    unprotect: Flag | None = field(default=None, since=(15, 8))
    when: CacheWhen | Reference | None = field(default=None, since=(13, 5))
    fallback_keys: Strings | None = field(default=None, since=(16, 0))

    def problems(self) -> Iterable[Problem]:
        """Return problems with the key, the policy and the fallback keys."""
        key = self.key
        plain = type(key) is not str or ("/" not in key and "%" not in key and key not in (".", ".."))
        ordinary = plain and _CHECKED.isdisjoint(vars(self))
        return () if ordinary else self._problems()

    def _problems(self) -> Iterator[Problem]:
        if isinstance(self.key, str) and not is_open(self.key):
            # GitLab decodes the key like a URL first.
            key = re.sub("(?i)%2([ef])", lambda code: "." if code[1] in "eE" else "/", self.key)
            if "/" in key:
                yield Problem('cannot contain the "/" character', 'use "$CI_COMMIT_REF_SLUG" or a dash', ("key",))
            if key in (".", ".."):
                yield Problem('cannot be "." or ".."', path=("key",))
        if isinstance(self.policy, str) and self.policy not in get_args(CachePolicy) and "$" not in self.policy:
            yield Problem(
                "should be a variable or one of: pull-push, push, pull",
                did_you_mean(self.policy, get_args(CachePolicy)),
                ("policy",),
                plain="should be a variable or one of pull-push, push, pull",
                given=self.policy,
            )
        if isinstance(self.fallback_keys, tuple) and len(self.fallback_keys) > 5:
            # GitLab's message has this misspelling.
            yield Problem(
                "fallback keys has to many entries (maximum 5)",
                path=("fallback_keys",),
                entry="",
                plain=f"has {len(self.fallback_keys)} keys, at most 5 are allowed",
            )
