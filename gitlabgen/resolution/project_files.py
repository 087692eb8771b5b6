"""The files of a repository together with those that a project writes into it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.resolution.repositories import GitRepository, LinkRepository, MappedRepository, Repository

__all__ = ["ProjectFiles"]


class ProjectFiles:
    """The files of a repository; the pipelines of a project take the place of the files that it writes.

    Args:
        files: The models and texts of the project by path, relative to its folder.
        repository: The repository; without it, all other files are unknown.
        folder: The project's folder, relative to the repository's root.
    """

    def __init__(self, files: Mapping[str, Any], repository: Repository | None = None, folder: str = "") -> None:
        self._files = {posixpath.normpath(path): file for path, file in files.items()}
        self._repository = repository
        self._folder = folder
        self.used: set[str] = set()
        """The paths of the project's files that were read, relative to its folder."""

    @property
    def is_complete(self) -> bool:
        """Whether all files of the repository are known."""
        return self._repository is not None

    def __contains__(self, path: str) -> bool:
        """Return whether a file is one of the project's."""
        return self._own(path) is not None

    def pipeline(self, path: str) -> Pipeline | None:
        """Return a pipeline of the project whose inputs need no values; None if the file is another one.

        Args:
            path: The file.
        """
        file = self._given(path)
        return file if isinstance(file, Pipeline) and file.spec is None else None

    def text(self, path: str) -> str | None:
        """Return a file's text, or None if the file does not exist.

        Args:
            path: The file.
        """
        file = self._given(path)
        if file is None:
            return None if self._repository is None else self._repository.text(path)
        if isinstance(file, str):
            return file
        from gitlabgen.codec import pipelines, templates

        return pipelines.dumps(file) if isinstance(file, Pipeline) else templates.dumps(file)

    def is_link(self, path: str) -> bool:
        """Return whether a file that the project does not write is a symbolic link, or in a linked folder.

        Args:
            path: The file.
        """
        return self._own(path) is None and isinstance(self._repository, LinkRepository) and self._repository.is_link(path)

    def mapped(self, address: str) -> tuple[Repository, str] | None:
        """Return another repository, and the path to it from the root of this one; None if it is unknown.

        Args:
            address: A project, the path of a component, or the name of a template; perhaps with `@` and a version.
        """
        return self._repository.mapped(address) if isinstance(self._repository, MappedRepository) else None

    def paths(self) -> Iterator[str]:
        """Yield the paths of all files."""
        own = self._written
        yield from own
        yield from (path for path in (() if self._repository is None else self._repository.paths()) if path not in own)

    def tracked(self) -> frozenset[str] | None:
        """Return the paths of the files that git tracks, and of those that the project writes; None if they are unknown."""
        tracked = self._repository.tracked() if isinstance(self._repository, GitRepository) else None
        return None if tracked is None else tracked.union(self._written)

    def refs(self) -> frozenset[str] | None:
        """Return the names of all branches and tags; None unless all are known."""
        return self._repository.refs() if isinstance(self._repository, GitRepository) else None

    @property
    def _written(self) -> dict[str, None]:
        """The paths of the project's files, relative to the repository's root."""
        return dict.fromkeys(posixpath.join(self._folder, path) for path in self._files)

    def _given(self, path: str) -> Any:
        own = self._own(path)
        if own is None:
            return None
        self.used.add(own)
        return self._files[own]

    def _own(self, path: str) -> str | None:
        """Return the path of one of the project's files in its folder; None if it is another file."""
        inside = posixpath.relpath(path, self._folder) if self._folder else path
        if inside in self._files:
            return inside
        # A project can be written to the root of another repository.
        is_other = path not in self._files or (self._repository is not None and self._repository.text(path) is not None)
        return None if is_other else path
