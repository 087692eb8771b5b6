"""The files that a definition renders, and the command that writes them again."""

from __future__ import annotations

import os
from typing import Final

from gitlabgen.definitions.discovery import NAMES
from gitlabgen.files.planning import File
from gitlabgen.project import Project, texts

__all__ = ["quoted", "render_command", "rendered_files"]

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/+@")


def rendered_files(project: Project, definition: str, root: str) -> list[File]:
    """Return the files of a project. Their bytes do not depend on the folder, and contain no folders of this machine.

    Args:
        project: The project.
        definition: The path of its definition.
        root: The folder to write to.

    Raises:
        YamlError: If YAML cannot represent a value.
    """
    bare = project.without_header or ()
    files = (_file(path, body, definition, root) for path, body in texts(project).items())
    return [file._replace(has_header=False) if file.path in bare else file for file in files]


def _file(path: str, body: str, definition: str, root: str) -> File:
    source = "../" * path.count("/") + os.path.basename(definition)
    return File(path, body, source, render_command(source), root, definition)


def render_command(definition: str) -> str:
    """Return the command that writes a definition's files.

    Args:
        definition: The path of the definition from the folder in which the command runs.
    """
    return "gitlabgen render" if definition in NAMES else f"gitlabgen render {quoted(definition)}"


def quoted(word: str) -> str:
    """Return a word quoted for a shell.

    Args:
        word: The word.
    """
    if word and _PLAIN.issuperset(word):
        return word
    from shlex import quote

    return quote(word)
