"""The limits of GitLab servers; those in `Limits` can be changed by an administrator."""

from __future__ import annotations

from typing import Final, NamedTuple


class Limits(NamedTuple):
    """The limits of a GitLab server.

    Args:
        needs: The jobs that a job may need.
        caches: The caches of a job.
        cache_key_files: The files in `cache:key:files`; 10 with the feature flag `increase_ci_cache_key_files_limit`.
        includes: The files that a pipeline may include.

    Source: https://docs.gitlab.com/administration/settings/continuous_integration/
    """

    needs: int = 50
    caches: int = 4
    cache_key_files: int = 2
    includes: int = 150


DEFAULT_LIMITS: Final = Limits()
"""The limits of a server without changes, and of GitLab.com."""

MOST_CACHE_KEY_FILES: Final = 10
"""The files in `cache:key:files` that GitLab accepts with a feature flag."""

MAX_TOKENS: Final = 99
"""The tokens of a condition: GitLab stops with an error at the hundredth."""
