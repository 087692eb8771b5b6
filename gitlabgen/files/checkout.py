"""Read the user's files as the repository that GitLab includes from, and YAML files as models."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.files import git
from gitlabgen.modeling.callsites import display_path
from gitlabgen.modeling.collection import collection_paused
from gitlabgen.modeling.source_texts import is_source, read_source
from gitlabgen.project import PIPELINE

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.sam.template import Template

__all__ = ["Checkout", "read_yaml", "repository_path"]

_GIT: Final = ".git"
_SKIPPED: Final = frozenset((_GIT, "node_modules", ".venv"))
_MOST_FILES: Final = 100_000


class Folder:
    """The files below a folder.

    Args:
        root: The folder.
        prefix: Its path in messages; empty for the user's repository.
    """

    def __init__(self, root: str, prefix: str = "") -> None:
        self.root = os.path.realpath(root)
        self._prefix = prefix
        self._read: set[str] = set()

    def text(self, path: str) -> str | None:
        """Return a file's text, or None if the folder has no such file.

        Args:
            path: The file's path relative to the folder.
        """
        real = os.path.realpath(os.path.join(self.root, path))
        if os.path.commonpath((self.root, real)) != self.root or not is_source(real):
            return None
        try:
            content = read_source(real)
        except OSError:
            return None
        self._read.add(f"{self._prefix}/{path}" if self._prefix else path)
        return content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")

    def is_link(self, path: str) -> bool:
        """Return whether a file, or a folder around it, is a symbolic link, which GitLab does not follow.

        Args:
            path: The file's path relative to the folder.
        """
        parts = path.split("/")
        return any(os.path.islink(os.path.join(self.root, *parts[: count + 1])) for count in range(len(parts)))

    def has_read(self, path: str) -> bool:
        """Return whether a file was read.

        Args:
            path: The file's path in messages: relative to the repository's root.
        """
        return path in self._read

    def paths(self) -> Iterator[str]:
        """Yield the sorted paths of all files, relative to the folder."""
        count = 0
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED)
            for name in sorted(files):
                count += 1
                if count > _MOST_FILES:
                    return
                yield _slashed(os.path.relpath(os.path.join(folder, name), self.root))


class Checkout(Folder):
    """The files below the folder that contains `.git`; without one, below the folder that contains `.gitlab-ci.yml`.

    If there is neither in the given folder and above it, the given folder is the root.

    Args:
        folder: A folder of the repository.
        includes: Returns, for the root, the folders that hold other projects, components and templates, by their address.
    """

    def __init__(self, folder: str, includes: Callable[[str], Mapping[str, str]] = lambda _: {}) -> None:
        real = os.path.realpath(folder)
        super().__init__(_root(real))
        self.folder = _slashed(os.path.relpath(real, self.root)).removeprefix(".")
        """The given folder, relative to the root; empty for the root itself."""
        self._find_includes = includes
        self._folders: dict[str, Folder] = {}

    @cached_property
    def _includes(self) -> Mapping[str, str]:
        return self._find_includes(self.root)

    def mapped(self, address: str) -> tuple[Folder, str] | None:
        """Return the folder that holds another project, component or template, and its path; None if it is unknown.

        Args:
            address: Its name, perhaps with `@` and a version.
        """
        path = self._includes.get(address)
        if path is None:
            return None
        if path not in self._folders:
            self._folders[path] = Folder(os.path.join(self.root, path), path)
        return self._folders[path], path

    @property
    def is_repository(self) -> bool:
        """Whether the root is known from `.git`."""
        return os.path.exists(os.path.join(self.root, _GIT))

    def tracked(self) -> frozenset[str] | None:
        """Return the paths of the files that git tracks; None if they are unknown, or the given folder is not the root.

        The pipeline of another folder may belong to another repository, such as an example.
        """
        return self._tracked

    def refs(self) -> frozenset[str] | None:
        """Return the names of all branches and tags; None unless git knows all, and the given folder is the root."""
        return self._refs

    @cached_property
    def _tracked(self) -> frozenset[str] | None:
        return git.tracked(self.root) if self.is_repository and not self.folder else None

    @cached_property
    def _refs(self) -> frozenset[str] | None:
        return git.refs(self.root) if self.is_repository and not self.folder else None

    def path_of(self, file: str) -> str:
        """Return the path of a file relative to the repository's root.

        Args:
            file: A path relative to the current folder.
        """
        folder, name = os.path.split(file)
        return _slashed(os.path.relpath(os.path.join(os.path.realpath(folder or "."), name), self.root))

    def shown(self, finding: Finding) -> Finding:
        """Return a finding with the paths of files relative to the current folder.

        Args:
            finding: A finding in a file that was read, or in any other file.
        """
        if finding.related:
            finding = finding._replace(related=tuple(self.shown(other) for other in finding.related))
        if finding.file is None:
            return finding
        if self.has_read(finding.file):
            return finding._replace(file=self.display_path(finding.file))
        if any(folder.has_read(finding.file) for folder in self._folders.values()):
            return finding._replace(file=os.path.relpath(os.path.join(self.root, finding.file)))
        return finding

    def display_path(self, path: str) -> str:
        """Return a file's path as printed in reports: relative to the current folder.

        Args:
            path: The file's path relative to the repository's root.
        """
        return display_path(os.path.join(self.root, path))


def repository_path(file: str) -> str:
    """Return a file's path relative to the root of its repository; unchanged if the file is not in one.

    Args:
        file: A path relative to the current folder.
    """
    path = os.path.abspath(file)
    root = _root(os.path.dirname(path))
    return os.path.relpath(path, root).replace(os.sep, "/") if os.path.exists(os.path.join(root, _GIT)) else file


def _slashed(path: str) -> str:
    return path.replace(os.sep, "/")


def _root(folder: str) -> str:
    return _above(folder, _GIT) or _above(folder, PIPELINE) or folder


def _above(folder: str, name: str) -> str | None:
    """Return the nearest folder, from the given one upwards, that contains a name."""
    here = folder
    while not os.path.exists(os.path.join(here, name)):
        above = os.path.dirname(here)
        if above == here:
            return None
        here = above
    return here


def read_yaml(path: str, *, partial: bool = False) -> tuple[Pipeline | Template, list[Finding]]:
    """Return the pipeline or the template in a YAML file, chosen by its keys, with its findings.

    Args:
        path: The file.
        partial: Whether other files may complete the jobs of a pipeline.

    Raises:
        DefinitionError: If the file cannot be read.
        YamlError: If GitLab could not read the YAML.
    """
    from gitlabgen.codec import pipelines, templates
    from gitlabgen.yamltext.reader import load_documents

    file = display_path(os.path.abspath(path))
    try:
        content = read_source(path)
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise DefinitionError(Finding(rule="unreadable", message=message, file=file)) from None
    with collection_paused():
        documents = load_documents(content, filename=file)
        tree = documents[0].tree if documents else None
        if isinstance(tree, dict) and not pipelines.TEMPLATE_KEYS.isdisjoint(tree):
            return templates.read(content.decode(), filename=file, documents=documents)
        return pipelines.read(content.decode(), filename=file, partial=partial, documents=documents)
