"""Files on disk: determine their states, and replace them.

A written file starts with a header, which distinguishes a file that is only out of date from one that was edited, and from
one that gitlabgen did not write; see `codec.headers`.
"""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Literal, NamedTuple

from gitlabgen.codec.headers import Status, escaped, printable, status, with_header
from gitlabgen.errors import Finding, OutputError

__all__ = ["Action", "Change", "File", "Status", "diff", "plan", "read", "status", "with_header", "write"]

Action = Literal["wrote", "unchanged"]

_RANDOM_BYTES = 8
_LONGEST_STEM = 200  # bytes of the target's name in a temporary name, so that the whole name is shorter than 255

_REASONS = {
    "EACCES": "permission denied",
    "EBUSY": "it is in use, or is a mount point",
    "EDQUOT": "the disk quota is used up",
    "EFBIG": "it would be larger than the system allows",
    "EISDIR": "it is a folder",
    "ELOOP": "its symbolic links form a cycle",
    "EMFILE": "too many files are open",
    "ENAMETOOLONG": "the name is too long",
    "ENOENT": "its folder does not exist",
    "ENOSPC": "the disk is full",
    "ENOTDIR": "a part of its path is a file, not a folder",
    "EPERM": "permission denied",
    "EROFS": "the file system is read-only",
}


class File(NamedTuple):
    """A text to write to disk.

    Args:
        path: The file's path relative to the root folder, with `/` between the parts.
        body: The text without the header.
        source: The definition's path in the header, relative to the file's own folder.
        command: The command that writes the file again.
        root: The folder that contains the file and all links to it; files outside it are never written.
    """

    path: str
    body: str
    source: str
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
    """

    path: str
    target: str
    status: Status
    before: bytes | None
    text: str

    def __repr__(self) -> str:
        return f"Change(path={self.path!r}, status={self.status!r})"

    @property
    def action(self) -> Action:
        """Return what `write` does with the file."""
        return "unchanged" if self.status == "fresh" else "wrote"


def read(path: str) -> bytes | None:
    """Return the content of a file, or None if there is no file.

    Args:
        path: A regular file, or a symbolic link to one; any other file is refused without opening it.

    Raises:
        OutputError: If the path exists but cannot be read as a file.
    """
    try:
        problem = _kind(os.stat(path).st_mode)
        if not problem:
            with open(path, "rb", opener=_open_without_blocking) as file:
                return file.read()
    except FileNotFoundError:
        if not os.path.islink(path):
            return None
        problem = "it is a symbolic link to a file that does not exist"
    except OSError as error:
        problem = _reason(error)
    except ValueError:
        problem = "that is not a file name"
    raise OutputError(Finding(rule="unreadable", message=f"cannot be read: {problem}", file=printable(path)))


def plan(files: Sequence[File]) -> list[Change]:
    """Return the state of each file without writing.

    Args:
        files: The files to compare.

    Raises:
        OutputError: If files are outside the root folder or cannot be read; with a finding for each.
    """
    return _plan(files, force=True)


def write(files: Sequence[File], *, force: bool = False) -> list[Change]:
    """Write every file that is not fresh, all or none, and return the previous states.

    A reader sees either the old file or the new one, even if the run is killed: new contents are written to temporary files
    next to their targets, which then replace the targets.

    Args:
        files: The files to write.
        force: Whether to overwrite files that were edited by hand or that gitlabgen did not write.

    Raises:
        OutputError: If a file must not or cannot be written; with a finding for each refused file, and nothing written.
    """
    changes = _plan(files, force=force)
    for change in changes:
        _remove_leftovers(change.target)
    _replace([change for change in changes if change.action == "wrote"])
    return changes


def diff(path: str, old: bytes | None, new: str) -> str:
    """Return the unified diff from the file on disk to the expected text, with unprintable characters escaped.

    Args:
        path: The path for messages.
        old: The bytes on disk, or None if there is no file.
        new: The expected text.
    """
    from difflib import unified_diff

    name = printable(path).lstrip("/")
    before = _lines((old or b"").decode(errors="surrogateescape"))
    lines = unified_diff(before, _lines(new), "/dev/null" if old is None else f"a/{name}", f"b/{name}")
    return "".join(map(_diff_line, lines))


def _diff_line(line: str) -> str:
    text = "\t".join(map(printable, line.removesuffix("\n").split("\t")))
    return f"{text}\n" if line.endswith("\n") else f"{text}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    r"""Return the lines with their line endings; unlike `splitlines`, split only at `\n`."""
    *lines, last = text.split("\n")
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _plan(files: Sequence[File], *, force: bool) -> list[Change]:
    missing = dict.fromkeys(file.root for file in files if not os.path.isdir(file.root))
    if missing:
        message = "there is no such folder"
        raise OutputError(*(Finding(rule="no-folder", message=message, file=printable(root)) for root in missing))
    changes: list[Change] = []
    findings: list[Finding] = []
    for file in files:
        try:
            change = _change(file)
            findings += _clashes(change, changes) or ([] if force else _refusals(file, change))
            changes.append(change)
        except OutputError as error:
            findings += error.findings
    if findings:
        raise OutputError(*findings)
    return changes


def _change(file: File) -> Change:
    """Return the change for one file."""
    target = _target(file.path, file.root)
    path = os.path.normpath(file.path)
    path = path if file.root == "." else os.path.join(file.root, path)
    before = read(path)
    text = with_header(file.body, file.source, file.command, file.path)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        char = escaped(text[error.start])
        raise OutputError(_unwritable(path, f"the text contains {char}, which is not a character")) from None
    return Change(path=printable(path), target=target, status=status(before, text), before=before, text=text)


def _target(path: str, root: str) -> str:
    """Return the target of the path with all links resolved, which must be inside the root folder."""
    if not _inside(path):
        raise OutputError(_outside(path, root, "is not a file inside the folder, written with `/` and without `..`"))
    base = os.path.realpath(root)
    target = os.path.realpath(os.path.join(base, path))
    if not target.startswith(os.path.join(base, "")):
        raise OutputError(_outside(path, root, "leaves the folder through a symbolic link"))
    return target


def _inside(path: str) -> bool:
    """Return whether the path, without resolving links, is below its folder on every system."""
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


def _refusals(file: File, change: Change) -> list[Finding]:
    """Return why the file must not be overwritten without `force`."""
    if change.status == "foreign":
        return [
            Finding(
                rule="not-ours",
                message="was not written by gitlabgen, so it is not overwritten",
                hint="move it away, or overwrite it with --force",
                file=change.path,
            )
        ]
    if change.status != "hand-edited":
        return []
    source = printable(file.source)
    if b"\n<<<<<<< " in (change.before or b""):
        message, hint = "contains a merge conflict", f"resolve {source}, then overwrite it with --force"
    else:
        message, hint = "was edited by hand", f"move the edit to {source}, then overwrite it with --force"
    return [Finding(rule="hand-edited", message=message, hint=hint, file=change.path)]


def _replace(changes: Sequence[Change]) -> None:
    """Write all new contents to temporary files, then move each over its target."""
    written: list[str] = []
    with ExitStack() as undo:  # a temporary file that was moved no longer exists, so `undo` leaves the target alone
        staged = [(change, _write_temporary(change, undo)) for change in changes]
        for change, temporary in staged:
            with _reporting_errors(change.path, written):
                os.replace(temporary, change.target)
            written.append(change.path)
        for folder in dict.fromkeys(os.path.dirname(change.target) for change in changes):
            _ignoring_errors(_sync_folder, folder)


def _write_temporary(change: Change, undo: ExitStack) -> str:
    """Return the path of a temporary file with the new content, synced to disk."""
    with _reporting_errors(change.path):
        _make_folder(os.path.dirname(change.target), undo)
        old = None if change.before is None else os.stat(change.target)
        mode = 0o666 if old is None else stat.S_IMODE(old.st_mode) & 0o777
        temporary, descriptor = _create(change.target, mode, undo)
        rest = memoryview(change.text.encode())
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if old is not None:
            _ignoring_errors(os.fchown, descriptor, old.st_uid, old.st_gid)
            os.fchmod(descriptor, mode)
        os.fsync(descriptor)
        return temporary


def _make_folder(folder: str, undo: ExitStack) -> None:
    if os.path.isdir(folder):
        return
    _make_folder(os.path.dirname(folder), undo)
    with suppress(FileExistsError):  # another run was faster; if it is not a folder, the next step fails
        os.mkdir(folder)
        undo.callback(_ignoring_errors, os.rmdir, folder)  # fails as intended if the folder contains a file


def _create(target: str, mode: int, undo: ExitStack) -> tuple[str, int]:
    """Return a new temporary file next to the target, open and locked, so that no other run removes it."""
    while True:
        temporary = os.path.join(os.path.dirname(target), _stem(target) + os.urandom(_RANDOM_BYTES).hex())
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        undo.callback(_ignoring_errors, os.unlink, temporary)
        undo.callback(_ignoring_errors, os.close, descriptor)
        if _lock_new(temporary, descriptor):
            return temporary, descriptor


def _lock_new(temporary: str, descriptor: int) -> bool:
    """Lock the new file; return whether it was not removed by another run before."""
    try:
        _lock(descriptor)
    except BlockingIOError:
        return False
    except OSError:
        return True  # if the file system has no locks, no run removes files
    return os.path.lexists(temporary)


def _stem(target: str) -> str:
    """Return the common prefix of the target's temporary names."""
    name = os.fsencode(os.path.basename(target))[:_LONGEST_STEM]
    return f".{os.fsdecode(name)}.gitlabgen-"


def _remove_leftovers(target: str) -> None:
    """Remove temporary files that killed runs left next to the target; files of active runs are locked."""
    folder, stem = os.path.dirname(target), _stem(target)
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        ending = name.removeprefix(stem)
        if ending != name and len(ending) == 2 * _RANDOM_BYTES and set(ending) <= set("0123456789abcdef"):
            _ignoring_errors(_remove_unlocked, os.path.join(folder, name))


def _remove_unlocked(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            _lock(descriptor)
            os.unlink(path)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock the file until it is closed or the process ends.

    Raises:
        OSError: If another process holds the lock, or the file system does not support locks.
    """
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _ignoring_errors(function: Callable[..., object], *arguments: object) -> None:
    """Call a function, and ignore errors of the system."""
    with suppress(OSError):
        function(*arguments)


def _open_without_blocking(path: str, flags: int) -> int:
    """Open a file without blocking, in case it was just replaced by a pipe."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _kind(mode: int) -> str | None:
    """Return what the file is, unless it is a regular file."""
    if stat.S_ISREG(mode):
        return None
    return "it is a folder" if stat.S_ISDIR(mode) else "it is a pipe, a socket or a device"


@contextmanager
def _reporting_errors(path: str, written: Sequence[str] = ()) -> Iterator[None]:
    """Convert errors of the system inside the block to a finding about the path."""
    try:
        yield
    except OSError as error:
        already = f" ({', '.join(written)} had already been written)" if written else ""
        raise OutputError(_unwritable(path, _reason(error) + already)) from None


def _reason(error: OSError) -> str:
    import errno

    code = error.errno or 0
    return _REASONS.get(errno.errorcode.get(code, ""), os.strerror(code))


def _unwritable(path: str, reason: str) -> Finding:
    return Finding(rule="unwritable", message=f"cannot be written: {reason}", file=printable(path))
