"""Whether a path matches a glob of `rules:changes` or `rules:exists`, as GitLab decides it.

Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
"""

from __future__ import annotations

from gitlabgen.matching import globs
from gitlabgen.simulation.arguments import check_argument

__all__ = ["glob_match"]


def glob_match(pattern: str, path: str) -> bool:
    """Return whether a path matches a glob of `rules:changes` or `rules:exists`.

    `*` and `?` match no slash, `**/` matches any number of folders, and all wildcards match a dot at the beginning of a name.

    Args:
        pattern: The glob, without variables.
        path: The path from the root of the repository, without a slash at its beginning.

    Raises:
        ArgumentError: If an argument is not a text.
    """
    check_argument(pattern, "the glob", str)
    check_argument(path, "the path", str)
    return globs.glob_match(pattern, path)
