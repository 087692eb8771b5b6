"""Determine what writing would do with each file: its state on disk, and whether it must not be replaced.

A written file starts with a header, which distinguishes a file that is only out of date from one that was edited, and from
one that gitlabgen did not write; see `codec.headers`.
"""

import os
from collections.abc import Sequence
from typing import Literal, NamedTuple

from gitlabgen.codec.headers import Status, escaped, printable, status, with_header
from gitlabgen.errors import Finding, OutputError
from gitlabgen.files.system_errors import reason_of, unwritable
from gitlabgen.modeling.regular_files import read_regular

__all__ = ["Action", "Change", "File", "is_inside", "plan", "problem_with_folder", "read"]

Action = Literal["created", "updated", "unchanged", "refused"]


class File(NamedTuple):
    """A text to write to disk.

    Args:
        path: The file's path relative to the root folder, with `/` between the parts.
        body: The text without the header.
        source: The definition's path in the header, relative to the file's own folder; None for a file without a header.
        command: The command that writes the file again.
        root: The folder that contains the file and all links to it, created if it does not exist; files outside it are
            never written.
    """

    path: str
    body: str
    source: str | None
    command: str = "gitlabgen render"
    root: str = "."


class Change(NamedTuple):
    """The state of a file on disk, and its expected text.

    Args:
        path: The path for messages.
        target: The file to replace: absolute, with all symbolic links resolved.
        status: The state of the file on disk.
        before: The bytes on disk, or None if there is no file.
        text: The expected text with its header.
        refusal: Why the file must not be replaced, if so.
    """

    path: str
    target: str
    status: Status
    before: bytes | None
    text: str
    refusal: Finding | None = None

    def __repr__(self) -> str:
        return f"Change(path={self.path!r}, status={self.status!r})"

    @property
    def action(self) -> Action:
        """Return what `write` does with the file."""
        if self.refusal is not None:
            return "refused"
        return "unchanged" if self.status == "fresh" else "created" if self.status == "missing" else "updated"


def read(path: str) -> bytes | None:
    """Return the content of a file, or None if there is no file.

    Args:
        path: A regular file, or a symbolic link to one; any other file is refused without opening it.

    Raises:
        OutputError: If the path exists but cannot be read as a file.
    """
    try:
        return read_regular(path)
    except FileNotFoundError:
        if not os.path.islink(path):
            return None
        problem = "it is a symbolic link to a file that does not exist"
    except OSError as error:
        problem = reason_of(error)
    except ValueError:
        problem = "that is not a file name"
    raise OutputError(Finding(rule="unreadable", message=f"cannot be read: {problem}", file=printable(path)))


def plan(files: Sequence[File], *, force: bool = False, refuse: bool = False) -> list[Change]:
    """Return the change of each file without writing.

    Args:
        files: The files to compare.
        force: Whether files that were edited by hand, or that gitlabgen did not write, may be replaced.
        refuse: Whether a file that must not be replaced is an error.

    Raises:
        OutputError: If files are outside the root folder, or cannot be read or created; with a finding for each.
    """
    roots = dict.fromkeys(file.root for file in files)
    findings = [finding for root in roots if (finding := problem_with_folder(root)) is not None]
    if findings:
        raise OutputError(*findings)
    changes: list[Change] = []
    for file in files:
        try:
            change = _change(file, force=force)
            findings += _clashes(change, changes) or ([change.refusal] if refuse and change.refusal else [])
            changes.append(change)
        except OutputError as error:
            findings += error.findings
    if findings:
        raise OutputError(*findings)
    return changes


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


def _change(file: File, *, force: bool) -> Change:
    """Return the change for one file."""
    target = _target(file.path, file.root)
    path = os.path.normpath(file.path)
    path = path if file.root == "." else os.path.join(file.root, path)
    before = read(path)
    text = file.body if file.source is None else with_header(file.body, file.source, file.command, file.path)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        char = escaped(text[error.start])
        raise OutputError(unwritable(path, f"the text contains {char}, which is not a character")) from None
    change = Change(path=printable(path), target=target, status=status(before, text), before=before, text=text)
    return change if force else change._replace(refusal=_refusal(file, change))


def _target(path: str, root: str) -> str:
    """Return the target of the path with all links resolved, which must be inside the root folder."""
    if not is_inside(path):
        raise OutputError(_outside(path, root, "is not a file inside the folder, written with `/` and without `..`"))
    base = os.path.realpath(root)
    target = os.path.realpath(os.path.join(base, path))
    if not target.startswith(os.path.join(base, "")):
        raise OutputError(_outside(path, root, "leaves the folder through a symbolic link"))
    return target


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


def _clashes(change: Change, others: Sequence[Change]) -> list[Finding]:
    """Return a finding for each earlier file that cannot exist together with this one."""
    return [
        Finding(rule="written-twice", message=f"conflicts with {other.path}, which is written too", file=change.path)
        for other in others
        if f"{change.target}/".startswith(f"{other.target}/") or f"{other.target}/".startswith(f"{change.target}/")
    ]


def _refusal(file: File, change: Change) -> Finding | None:
    """Return why the file must not be overwritten without `force`."""
    if change.status == "foreign":
        message = "was not written by gitlabgen, so it is not overwritten"
        return Finding(rule="not-ours", message=message, hint="move it away, or overwrite it with --force", file=change.path)
    if change.status != "hand-edited":
        return None
    source = printable(file.source or "")
    if b"\n<<<<<<< " in (change.before or b""):
        message, hint = "contains a merge conflict", f"resolve {source}, then overwrite it with --force"
    else:
        message, hint = "was edited by hand", f"move the edit to {source}, then overwrite it with --force"
    return Finding(rule="hand-edited", message=message, hint=hint, file=change.path)
