"""The files of a repository as a template names them: relative to the template's folder."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from functools import cached_property

from gitlabgen.resolution.repositories import Repository

__all__ = ["TemplateFolder"]


class TemplateFolder:
    """The folder of a template, with the files that the template names.

    Args:
        repository: The repository.
        folder: The folder of the template, relative to the repository's root.
        is_complete: Whether all files of the repository are known.
    """

    def __init__(self, repository: Repository, folder: str, *, is_complete: bool = True) -> None:
        self._repository = repository
        self._folder = folder
        self.is_complete = is_complete

    @cached_property
    def _paths(self) -> frozenset[str]:
        return frozenset(self._repository.paths())

    def _inside(self, path: str) -> str | None:
        """Return a path relative to the repository's root; None if it is outside."""
        found = posixpath.normpath(posixpath.join(self._folder, path))
        return None if found.startswith(("../", "/")) or found == ".." else found

    def text(self, path: str) -> str | None:
        """Return a file's text, or None if the file does not exist or is outside of the repository.

        Args:
            path: The file, relative to the template's folder.
        """
        inside = self._inside(path)
        return None if inside is None else self._repository.text(inside)

    def files_in(self, path: str) -> list[str]:
        """Return the names of the files in a folder, sorted.

        Args:
            path: The folder, relative to the template's folder.
        """
        inside = self._inside(path)
        folder = "" if inside == "." else inside
        return sorted(posixpath.basename(file) for file in self._paths if posixpath.dirname(file) == folder)

    def may_be_made(self, path: str) -> bool:
        """Return whether a file may exist at deployment even if the repository does not have it.

        It may be outside of the repository, or git ignores it because a build makes it.

        Args:
            path: The file, relative to the template's folder.
        """
        inside = self._inside(path)
        return inside is None or any(_is_ignored(inside, line.strip()) for line in self._ignored)

    @cached_property
    def _ignored(self) -> list[str]:
        """The lines of `.gitignore` in the root and in the template's folder."""
        texts = (self._repository.text(".gitignore"), self.text(".gitignore"))
        return [line for text in texts if text for line in text.splitlines()]


def _is_ignored(path: str, pattern: str) -> bool:
    """Return whether a line of `.gitignore` can apply to a path; exceptions of later lines do not count."""
    parts = path.split("/")
    named = pattern.strip("/")
    wholes = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    return any(fnmatchcase(part, named) for part in (*parts, *wholes))
