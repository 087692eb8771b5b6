"""Where included files come from: the user's repository, and folders that hold other projects, components and templates."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Protocol, runtime_checkable

__all__ = ["GitRepository", "LinkRepository", "Repository"]


class Repository(Protocol):
    """The files for local includes, by path relative to the repository's root, without a leading slash."""

    def text(self, path: str) -> str | None:
        """Return a file's text, or None if the file does not exist.

        Args:
            path: The file.
        """

    def paths(self) -> Iterable[str]:
        """Return the paths of all files, for includes with `*`."""


@runtime_checkable
class MappedRepository(Repository, Protocol):
    """A repository that also knows other ones: projects, components and templates that the user has in local folders."""

    def mapped(self, address: str) -> tuple[Repository, str] | None:
        """Return another repository, and the path to it from the root of this one; None if it is unknown.

        Args:
            address: A project, the path of a component, or the name of a template; perhaps with `@` and a version.
        """


@runtime_checkable
class GitRepository(Repository, Protocol):
    """A repository with what git knows of it."""

    def tracked(self) -> frozenset[str] | None:
        """Return the paths of the files that git tracks; None if they are unknown."""

    def refs(self) -> frozenset[str] | None:
        """Return the names of all branches and tags, as GitLab accepts them; None unless all are known."""


@runtime_checkable
class LinkRepository(Repository, Protocol):
    """A repository that knows which of its files are symbolic links."""

    def is_link(self, path: str) -> bool:
        """Return whether a file, or a folder around it, is a symbolic link, which GitLab does not follow.

        Args:
            path: The file.
        """


class Source:
    """A repository from which files are included.

    Args:
        repository: The repository; without one, local files are unknown.
        prefix: The path to it, for messages; empty for the user's own.
    """

    def __init__(self, repository: Repository | None, prefix: str = "") -> None:
        self.repository = repository
        self.prefix = prefix

    @property
    def root(self) -> str:
        """What paths are relative to, for messages."""
        return self.prefix or "the repository's root"

    def label(self, path: str) -> str:
        """Return a file's path for messages."""
        return f"{self.prefix}/{path}" if self.prefix else path

    def text(self, path: str) -> str | None:
        """Return a file's text, or None if the file does not exist."""
        # Git has no such names for files, even if a file system resolves them.
        if self.repository is None or not {".", ".."}.isdisjoint(path.split("/")):
            return None
        return self.repository.text(path)

    def is_link(self, path: str) -> bool:
        """Return whether a file is known to be a symbolic link, or in a linked folder."""
        return isinstance(self.repository, LinkRepository) and self.repository.is_link(path)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The sorted paths of all files."""
        return tuple(sorted(self.repository.paths())) if self.repository else ()

    @cached_property
    def others(self) -> dict[str, Source | None]:
        """The other repositories that were asked for."""
        return {}

    def other(self, address: str) -> Source | None:
        """Return the repository of another project, component or template; None if the user has no folder for it."""
        if address not in self.others:
            known = self.repository.mapped(address) if isinstance(self.repository, MappedRepository) else None
            self.others[address] = known and Source(*known)
        return self.others[address]
