"""Where a file is written: inside of its folder, under a name that every system can have, and not where another is."""

from __future__ import annotations

import os
import sys

from gitlabgen.codec.headers import escaped, printable
from gitlabgen.errors import Finding, OutputError
from gitlabgen.files.portable_names import name_problem, portable_key
from gitlabgen.files.records import SIDE_FILE

__all__ = ["Targets", "is_inside", "problem_with_folder", "target_of"]

_PIPELINE = ".gitlab-ci.yml"


def target_of(path: str, root: str, definition: str = "") -> str:
    """Return the file that a path means, with all links resolved.

    Args:
        path: The path, relative to the root folder.
        root: The folder that the file must be in.
        definition: The definition that writes the file.

    Raises:
        OutputError: If it is outside of the folder, or if there must be no such file.
    """
    unencodable = _encoding_problem(path)
    if unencodable is not None:
        raise OutputError(unencodable._replace(file=printable(path)))
    if not is_inside(path):
        raise OutputError(_outside(path, root, "is not a file inside the folder, written with `/` and without `..`"))
    problem = name_problem(path)
    if problem is not None:
        message = f"the path {problem}"
        raise OutputError(Finding("not-portable", message, hint="give the file another path", file=printable(path)))
    base = os.path.realpath(root)
    written = os.path.join(base, path)
    target = os.path.realpath(written)
    if not target.startswith(os.path.join(base, "")):
        raise OutputError(_outside(path, root, "leaves the folder through a symbolic link"))
    reserved = _reserved(path, written, target, definition)
    if reserved is not None:
        raise OutputError(reserved._replace(file=printable(os.path.normpath(path))))
    return target


def _encoding_problem(path: str) -> Finding | None:
    """Return a finding if the file system cannot have the characters of a path."""
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:
        char = error.object[error.start]
        if "\ud800" <= char <= "\udfff":
            return Finding("not-portable", f"the path has {escaped(char)}, which is not a character", hint="give it another path")
        message = f"the path has {char!r}, which the encoding {sys.getfilesystemencoding()} of your locale does not have"
        return Finding("not-portable", message, hint="run it with LC_ALL=C.UTF-8, or with PYTHONUTF8=1")
    return None


def _reserved(path: str, written: str, target: str, definition: str) -> Finding | None:
    if os.path.normpath(path) == SIDE_FILE:
        return Finding("reserved-path", "is the file of gitlabgen's own records", hint="give the file another path")
    if definition and target == os.path.realpath(definition):
        return Finding("reserved-path", "is the definition itself", hint="give the file another path")
    if os.path.basename(path) == _PIPELINE and os.path.islink(written):
        message = "is a symbolic link: GitLab reads the text of the link, not the file that it names"
        return Finding("linked-pipeline", message, hint="remove the link, then run gitlabgen render again")
    return None


def is_inside(path: str) -> bool:
    """Return whether a path, without resolving links, is below its folder on every system.

    Args:
        path: The path, with `/` between its parts.
    """
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:
        return False
    parts = name.split(b"/")
    absolute = not parts[0] or name[1:2] == b":"
    return not absolute and parts[-1] not in {b"", b"."} and b".." not in parts and not {*b"\0\\"} & {*name}


def _outside(path: str, root: str, problem: str) -> Finding:
    folder = printable(os.path.abspath(root) if root == "." else root)
    return Finding(
        rule="outside-folder",
        message=f"the path {problem}",
        hint=f"the folder is {folder}",
        file=printable(path) or "(no name)",
    )


def problem_with_folder(path: str) -> Finding | None:
    """Return a finding if a path neither is a folder nor can become one.

    Args:
        path: The path.
    """
    problem = _problem_with_folder(path)
    hint = "name a folder; it is created if it does not exist"
    return None if problem is None else Finding(rule="no-folder", message=problem, hint=hint, file=printable(path) or "''")


def _problem_with_folder(path: str) -> str | None:
    """Return why a path neither is a folder nor can become one."""
    if not path or "\0" in path:
        return "is not the name of a folder"
    existing = os.path.realpath(path)
    if os.path.isdir(existing):
        return None
    if os.path.lexists(existing):
        return "is not a folder"
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    return None if os.path.isdir(existing) else "cannot be created, because a part of its path is not a folder"


class Targets:
    """The files of a run, to find those that cannot exist together."""

    def __init__(self) -> None:
        # The path for messages and the definition, by the file, by each folder around it, and by what some systems compare.
        self._files: dict[str, tuple[str, str]] = {}
        self._folders: dict[str, tuple[str, str]] = {}
        self._portable: dict[str, tuple[str, str]] = {}

    def add(self, target: str, path: str, definition: str) -> Finding | None:
        """Add a file, and return a finding if it cannot exist together with an earlier one.

        Args:
            target: The file, with all links resolved.
            path: Its path for messages.
            definition: The definition that writes it.
        """
        folders = [*_folders_of(target)]
        key = portable_key(target)
        same = self._files.get(target)
        around = next((self._files[folder] for folder in folders if folder in self._files), None)
        other = same or around or self._folders.get(target)
        similar = self._portable.get(key)
        mine = path, definition
        self._files.setdefault(target, mine)
        self._portable.setdefault(key, mine)
        for folder in folders:
            self._folders.setdefault(folder, mine)
        if same and same[1] != definition:
            message, hint = f"both {same[1]} and {definition} write it", "give one of the two another path"
            return Finding("written-twice", message, hint=hint, file=path)
        if other:
            return Finding("written-twice", f"conflicts with {other[0]}, which is written too", file=path)
        if similar:
            message = f"is the same file as {similar[0]} on systems that ignore upper and lower case"
            return Finding("not-portable", message, hint="give one of the two another path", file=path)
        return None


def _folders_of(target: str) -> list[str]:
    """Return the folders around a file, from the inside out."""
    found: list[str] = []
    folder = os.path.dirname(target)
    while folder != os.path.dirname(folder):
        found.append(folder)
        folder = os.path.dirname(folder)
    return found
