"""Read the user's files as the repository that GitLab includes from, and YAML files as models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.modeling.callsites import display_path
from gitlabgen.modeling.source_texts import read_source

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.sam.template import Template

__all__ = ["Checkout", "read_yaml", "repository_path"]

_SKIPPED: Final = frozenset((".git", "node_modules", ".venv"))
_MOST_FILES: Final = 100_000


class Checkout:
    """The files below the folder that contains `.git`, or below the given folder if there is no `.git`.

    Args:
        folder: A folder of the repository.
    """

    def __init__(self, folder: str) -> None:
        self.root = _root(os.path.realpath(folder))
        self._read: set[str] = set()

    def text(self, path: str) -> str | None:
        """Return a file's text, or None if the repository has no such file.

        Args:
            path: The file's path relative to the repository's root.
        """
        real = os.path.realpath(os.path.join(self.root, path))
        if os.path.commonpath((self.root, real)) != self.root or not os.path.isfile(real):
            return None
        try:
            with open(real, encoding="utf-8-sig", errors="replace") as stream:
                text = stream.read()
        except OSError:
            return None
        self._read.add(path)
        return text

    def shown(self, finding: Finding) -> Finding:
        """Return a finding with its file's path relative to the current folder.

        Args:
            finding: A finding in a file that was read, or in any other file.
        """
        if finding.file not in self._read:
            return finding
        return finding._replace(file=display_path(os.path.join(self.root, finding.file)))

    def paths(self) -> Iterator[str]:
        """Yield the sorted paths of all files, relative to the repository's root."""
        count = 0
        for folder, folders, files in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED)
            for name in sorted(files):
                count += 1
                if count > _MOST_FILES:
                    return
                yield os.path.relpath(os.path.join(folder, name), self.root).replace(os.sep, "/")


def repository_path(file: str) -> str:
    """Return a file's path relative to the root of its repository; unchanged if the file is not in one.

    Args:
        file: A path relative to the current folder.
    """
    path = os.path.abspath(file)
    root = _root(os.path.dirname(path))
    return os.path.relpath(path, root).replace(os.sep, "/") if os.path.exists(os.path.join(root, ".git")) else file


def _root(folder: str) -> str:
    here = folder
    while not os.path.exists(os.path.join(here, ".git")):
        above = os.path.dirname(here)
        if above == here:
            return folder
        here = above
    return here


def read_yaml(path: str) -> tuple[Pipeline | Template, list[Finding]]:
    """Return the pipeline or the template in a YAML file, chosen by its keys, with its findings.

    Args:
        path: The file.

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
    documents = load_documents(content, filename=file)
    tree = documents[0].tree if documents else None
    if isinstance(tree, dict) and not pipelines.TEMPLATE_KEYS.isdisjoint(tree):
        return templates.read(content.decode(), filename=file)
    return pipelines.read(content.decode(), filename=file)
