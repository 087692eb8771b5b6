"""Determine what writing would do with each file: its state on disk, and whether it must not be replaced.

A written file starts with a header, which distinguishes a file that is only out of date from one that was edited, and from
one that gitlabgen did not write; see `codec.headers`. For files without a header, `records` has the same facts.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from gitlabgen.codec.headers import Status, escaped, fingerprint, printable, source_of, status, with_header
from gitlabgen.errors import Finding, OutputError
from gitlabgen.files.records import SIDE_FILE, Record, Records, read_records, records_text
from gitlabgen.files.system_errors import reason_of, unwritable
from gitlabgen.files.targets import Targets, problem_with_folder, target_of
from gitlabgen.modeling.regular_files import read_regular

__all__ = ["Action", "Change", "File", "plan", "read"]

Action = Literal["created", "updated", "unchanged", "removed", "refused"]


class File(NamedTuple):
    """A text to write to disk.

    Args:
        path: The file's path relative to the root folder, with `/` between the parts.
        body: The text without the header.
        source: The definition's path in the header, relative to the file's own folder; None for a file that the user owns
            once it is written.
        command: The command that writes the file again.
        root: The folder that contains the file and all links to it, created if it does not exist; files outside it are
            never written.
        definition: The definition, relative to the current folder.
        has_header: Whether it gets a header, if it can have one.
    """

    path: str
    body: str
    source: str | None
    command: str = "gitlabgen render"
    root: str = "."
    definition: str = ""
    has_header: bool = True

    @property
    def origin(self) -> str:
        """The definition's path in the header, relative to the root folder."""
        return _origin(self.path, self.source or "")


class Change(NamedTuple):
    """The state of a file on disk, and its expected text.

    Args:
        path: The path for messages.
        target: The file to replace: absolute, with all symbolic links resolved.
        status: The state of the file on disk.
        before: The bytes on disk, or None if there is no file.
        text: The expected text with its header; empty for a file that is no longer written.
        refusal: Why the file must not be replaced, if so.
        definition: The definition that writes it.
        owner: The other definition that wrote it, if one did.
        is_removed: Whether a file that is no longer written is removed.
        is_edited: Whether a file that is no longer written was edited, so that it is not removed.
    """

    path: str
    target: str
    status: Status
    before: bytes | None
    text: str
    refusal: Finding | None = None
    definition: str = ""
    owner: str | None = None
    is_removed: bool = False
    is_edited: bool = False

    def __repr__(self) -> str:
        return f"Change(path={self.path!r}, status={self.status!r})"

    @property
    def action(self) -> Action:
        """Return what `write` does with the file."""
        if self.refusal is not None:
            return "refused"
        if self.status == "orphaned":
            return "removed" if self.is_removed else "unchanged"
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


def plan(
    files: Sequence[File], *, force: bool = False, refuse: bool = False, orphans: bool = False, prune: bool = False
) -> list[Change]:
    """Return the change of each file without writing; then those of the side files, and of files that are no longer written.

    Args:
        files: The files to compare.
        force: Whether files that were edited by hand, or that gitlabgen did not write, may be replaced.
        refuse: Whether a file that must not be replaced is an error.
        orphans: Whether to search for files that the definitions no longer write.
        prune: Whether those are removed.

    Raises:
        OutputError: If files are outside the root folder, or cannot be read or created; with a finding for each.
    """
    roots = dict.fromkeys(file.root for file in files)
    findings = [finding for root in roots if (finding := problem_with_folder(root)) is not None]
    if findings:
        raise OutputError(*findings)
    sides = {root: _Side(root, [file for file in files if file.root == root]) for root in roots}
    targets = Targets()
    changes: list[Change] = []
    for file in files:
        try:
            change = _change(file, sides[file.root])
            change = change if force else change._replace(refusal=_refusal(change, file.source or ""))
            clash = targets.add(change.target, change.path, change.definition)
            findings += filter(None, (clash, change.refusal if refuse else None))
            changes.append(change)
        except OutputError as error:
            findings += error.findings
    if findings:
        raise OutputError(*findings)
    for side in sides.values():
        changes += _side_changes(side, force=force, orphans=orphans, prune=prune, roots=roots)
    refusals = [change.refusal for change in changes if change.refusal is not None]
    if refuse and refusals:
        raise OutputError(*refusals)
    return changes


class _Side:
    """The side file of a root folder, and what will be in it.

    Args:
        root: The folder.
        files: The files that are written to it.
    """

    def __init__(self, root: str, files: Sequence[File]) -> None:
        self.root = root
        self.files = files
        self.path = _shown(SIDE_FILE, root)
        self.before = read(self.path)
        self.records: Records = read_records(self.before)
        self.made: dict[str, Record] = {}
        self.written = {os.path.normpath(file.path) for file in files}
        self.origins = {file.origin for file in files if file.source is not None}

    def left(self) -> dict[str, Record]:
        """Return the records of files that exist, and that this run does not write."""
        records = self.records.files.items()
        return {path: record for path, record in records if path not in self.written and os.path.lexists(_shown(path, self.root))}

    def is_ours(self, path: str, record: Record) -> bool:
        """Return whether one of the definitions wrote a file."""
        return _origin(path, record.source) in self.origins


def _change(file: File, side: _Side) -> Change:
    """Return the change for one file."""
    target = target_of(file.path, file.root, file.definition)
    path = os.path.normpath(file.path)
    before = read(_shown(path, file.root))
    text = file.body
    if file.source is not None and file.has_header:
        text = with_header(text, file.source, file.command, file.path)
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        char = escaped(text[error.start])
        problem = unwritable(_shown(path, file.root), f"the text contains {char}, which is not a character")
        raise OutputError(problem) from None
    record = side.records.files.get(path)
    found = _status(file, before, text, record)
    source = None if before is None else source_of(before[:2048]) or (record and record.source)
    owner = _owner(file, source) if source and found != "missing" else None
    if file.source is not None and text == file.body and not (owner and record):
        side.made[path] = Record(file.source, fingerprint(data))
    found = "foreign" if owner and found in ("stale", "hand-edited") else found
    return Change(printable(_shown(path, file.root)), target, found, before, text, definition=file.definition, owner=owner)


def _status(file: File, before: bytes | None, text: str, record: Record | None) -> Status:
    found = status(before, text)
    if found != "foreign" or before is None:
        return found
    if file.source is None:
        return "stale"
    if text != file.body or record is None:
        return "foreign"
    return "stale" if fingerprint(before) == record.sha256 else "hand-edited"


def _owner(file: File, source: str) -> str | None:
    """Return the definition that a written file names, if it is another one, and still exists."""
    origin = _origin(file.path, source)
    if file.source is None or origin == file.origin:
        return None
    folders = (file.root, os.path.dirname(file.definition))
    return next((found for folder in folders if os.path.isfile(found := os.path.normpath(os.path.join(folder, origin)))), None)


def _origin(path: str, source: str) -> str:
    """Return a definition's path relative to the root, from its path relative to the folder of a file."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), source))


def _shown(path: str, root: str) -> str:
    return path if root == "." else os.path.join(root, path)


def _side_changes(side: _Side, *, force: bool, orphans: bool, prune: bool, roots: Mapping[str, None]) -> Iterator[Change]:
    """Yield the changes of what a definition no longer writes, and of the side file."""
    left = side.left()
    found: list[Change] = []
    if orphans and side.origins:
        found = [*_orphans(side, left, prune=prune, roots=roots)]
    removed = {change.target for change in found if change.is_removed}
    kept = {path: record for path, record in left.items() if os.path.realpath(_shown(path, side.root)) not in removed}
    yield from found
    text = records_text({**kept, **side.made})
    if side.before is None and not text:
        return
    target = os.path.join(os.path.realpath(side.root), SIDE_FILE)
    known = side.records.status
    same = side.before is not None and side.before.decode(errors="replace") == text
    state: Status = "fresh" if same else known if known != "fresh" else "stale" if text else "orphaned"
    definition = side.files[0].definition
    made = Change(printable(side.path), target, state, side.before, text, definition=definition, is_removed=prune)
    yield made if force else made._replace(refusal=_refusal(made, definition))


def _orphans(side: _Side, left: Mapping[str, Record], *, prune: bool, roots: Mapping[str, None]) -> Iterator[Change]:
    """Yield the changes of files that the definitions wrote, and no longer write."""
    from gitlabgen.files.orphans import orphans_in

    others = {os.path.abspath(root) for root in roots if root != side.root}
    by_header = orphans_in(side.root, side.origins, side.written, others)
    by_record = [path for path, record in left.items() if side.is_ours(path, record)]
    for path in sorted({*by_header, *by_record}):
        shown = _shown(path, side.root)
        before = read(shown)
        if before is None or os.path.islink(shown):
            continue
        is_whole = status(before, "") == "stale"
        if path in left:
            is_whole = fingerprint(before) == left[path].sha256
        target = os.path.realpath(shown)
        definition = next(file.definition for file in side.files if file.source is not None)
        change = Change(printable(shown), target, "orphaned", before, "", definition=definition)
        yield change._replace(is_removed=prune and is_whole, is_edited=not is_whole)


def _refusal(change: Change, source: str) -> Finding | None:
    """Return why the file must not be overwritten without `force`."""
    if change.status == "foreign":
        author, hint = (
            ("not written by gitlabgen", "move it away")
            if change.owner is None
            else (f"written by {change.owner}", "give one of the two another path")
        )
        message = f"was {author}, so it is not overwritten"
        return Finding(rule="not-ours", message=message, hint=f"{hint}, or overwrite it with --force", file=change.path)
    if change.status != "hand-edited":
        return None
    source = printable(source)
    if b"\n<<<<<<< " in (change.before or b""):
        message, hint = "contains a merge conflict", f"resolve {source}, then overwrite it with --force"
    else:
        message, hint = "was edited by hand", f"move the edit to {source}, then overwrite it with --force"
    return Finding(rule="hand-edited", message=message, hint=hint, file=change.path)
