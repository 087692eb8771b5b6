"""Files on disk: what state they are in, and how they are replaced.

A written file starts with a header, by which a file that is only out of date is told from one that somebody edited, and from
one that was never ours; see `codec.headers`.
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
_LONGEST_STEM = 200  # bytes of the target's name that a temporary name repeats: all in all it stays below 255

_REASONS = {
    "EACCES": "permission denied",
    "EBUSY": "it is in use, or mounted on its own",
    "EDQUOT": "the disk quota is used up",
    "EFBIG": "it would be larger than the system allows",
    "EISDIR": "it is a folder",
    "ELOOP": "its symbolic links lead round in a circle",
    "EMFILE": "too many files are open",
    "ENAMETOOLONG": "the name is too long",
    "ENOENT": "its folder does not exist",
    "ENOSPC": "the disk is full",
    "ENOTDIR": "a part of its path is a file, not a folder",
    "EPERM": "permission denied",
    "EROFS": "the file system is read-only",
}


class File(NamedTuple):
    """A text that belongs on disk.

    Args:
        path: Where it belongs, relative to the root folder, with `/` between the parts.
        body: The text without the header.
        source: The definition's path as the header shows it, relative to the file's own folder.
        command: The command that writes the file again.
        root: The folder that holds it and all its links; nothing outside is ever written.
    """

    path: str
    body: str
    source: str
    command: str = "gitlabgen render"
    root: str = "."


class Change(NamedTuple):
    """What a file is on disk, and what it ought to be.

    Args:
        path: The path as it should be printed.
        target: The file that is replaced: absolute, with all symbolic links followed.
        status: What was on disk.
        before: The bytes on disk, or None if there is no file.
        text: The whole text that belongs there, with its header.
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
        """Return what `write` does about it."""
        return "unchanged" if self.status == "fresh" else "wrote"


def read(path: str) -> bytes | None:
    """Return what the file holds, or None if there is no file.

    Args:
        path: An ordinary file, or a symbolic link to one; anything else is refused without opening it.

    Raises:
        OutputError: If something is there that cannot be read as a file.
    """
    try:
        problem = _kind(os.stat(path).st_mode)
        if not problem:
            with open(path, "rb", opener=_open_patiently) as file:
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
    """Return the state of every file, without writing any.

    Args:
        files: What belongs on disk.

    Raises:
        OutputError: If a file lies outside the root folder or cannot be read; all such files are told together.
    """
    return _plan(files, force=True)


def write(files: Sequence[File], *, force: bool = False) -> list[Change]:
    """Write every file that is not fresh, all or none, and return what was there before.

    A reader sees either the old file or the new one, even if the run is killed: the new contents are first put beside
    their targets, and then moved over them.

    Args:
        files: What belongs on disk.
        force: Overwrite files that were edited by hand or that gitlabgen never wrote.

    Raises:
        OutputError: If a file must not be or cannot be written; all refusals are told together, and nothing is written.
    """
    changes = _plan(files, force=force)
    for change in changes:
        _sweep(change.target)
    _replace([change for change in changes if change.action == "wrote"])
    return changes


def diff(path: str, old: bytes | None, new: str) -> str:
    """Return the unified diff from what is on disk to what ought to be; nothing in it can steer a terminal.

    Args:
        path: The path as it should be printed.
        old: The bytes on disk, or None if there is no file.
        new: The whole text that belongs there.
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
    r"""Return the lines with their ends; unlike `splitlines`, only `\n` ends one."""
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
    """Return what is to be done about one file."""
    target = _target(file.path, file.root)
    path = os.path.normpath(file.path)
    path = path if file.root == "." else os.path.join(file.root, path)
    before = read(path)
    text = with_header(file.body, file.source, file.command, file.path)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        char = escaped(text[error.start])
        raise OutputError(_unwritable(path, f"the text holds {char}, which is not a character")) from None
    return Change(path=printable(path), target=target, status=status(before, text), before=before, text=text)


def _target(path: str, root: str) -> str:
    """Return the file that the path means, with all links followed; it lies inside the root folder."""
    if not _inside(path):
        raise OutputError(_outside(path, root, "is not that of a file inside the folder, written with `/` and without `..`"))
    base = os.path.realpath(root)
    target = os.path.realpath(os.path.join(base, path))
    if not target.startswith(os.path.join(base, "")):
        raise OutputError(_outside(path, root, "leads out of the folder by a symbolic link"))
    return target


def _inside(path: str) -> bool:
    """Return whether the path, links aside, is that of a file below some folder, on every system."""
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
    """Return a finding for each earlier file that could not be there together with this one."""
    return [
        Finding(rule="written-twice", message=f"is in the way of {other.path}, which is written too", file=change.path)
        for other in others
        if f"{change.target}/".startswith(f"{other.target}/") or f"{other.target}/".startswith(f"{change.target}/")
    ]


def _refusals(file: File, change: Change) -> list[Finding]:
    """Return why the file must not be overwritten unless the user forces it."""
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
        message, hint = "holds a merge conflict", f"resolve {source}, then overwrite it with --force"
    else:
        message, hint = "was edited by hand", f"move the edit to {source}, then overwrite it with --force"
    return [Finding(rule="hand-edited", message=message, hint=hint, file=change.path)]


def _replace(changes: Sequence[Change]) -> None:
    """Put all new contents beside their targets, then move each over its target."""
    written: list[str] = []
    with ExitStack() as undo:  # what became a target is no longer where `undo` looks for it
        staged = [(change, _stage(change, undo)) for change in changes]
        for change, temporary in staged:
            with _told(change.path, written):
                os.replace(temporary, change.target)
            written.append(change.path)
        for folder in dict.fromkeys(os.path.dirname(change.target) for change in changes):
            _quietly(_sync_folder, folder)


def _stage(change: Change, undo: ExitStack) -> str:
    """Return the path of a temporary file, safe on disk, that holds the new content."""
    with _told(change.path):
        _make_folder(os.path.dirname(change.target), undo)
        old = None if change.before is None else os.stat(change.target)
        mode = 0o666 if old is None else stat.S_IMODE(old.st_mode) & 0o777
        temporary, descriptor = _create(change.target, mode, undo)
        rest = memoryview(change.text.encode())
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if old is not None:
            _quietly(os.fchown, descriptor, old.st_uid, old.st_gid)
            os.fchmod(descriptor, mode)
        os.fsync(descriptor)
        return temporary


def _make_folder(folder: str, undo: ExitStack) -> None:
    if os.path.isdir(folder):
        return
    _make_folder(os.path.dirname(folder), undo)
    with suppress(FileExistsError):  # another run was faster; if it is no folder, the next step tells
        os.mkdir(folder)
        undo.callback(_quietly, os.rmdir, folder)  # fails, as it should, once a file is inside


def _create(target: str, mode: int, undo: ExitStack) -> tuple[str, int]:
    """Return a new temporary file beside the target, open and locked, so that no other run sweeps it away."""
    while True:
        temporary = os.path.join(os.path.dirname(target), _stem(target) + os.urandom(_RANDOM_BYTES).hex())
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
        undo.callback(_quietly, os.unlink, temporary)
        undo.callback(_quietly, os.close, descriptor)
        if _claim(temporary, descriptor):
            return temporary, descriptor


def _claim(temporary: str, descriptor: int) -> bool:
    """Lock the new file; return whether no other run's sweep was faster."""
    try:
        _lock(descriptor)
    except BlockingIOError:
        return False
    except OSError:
        return True  # where files cannot be locked, nothing is swept
    return os.path.lexists(temporary)


def _stem(target: str) -> str:
    """Return what the names of the target's temporary files have in common."""
    name = os.fsencode(os.path.basename(target))[:_LONGEST_STEM]
    return f".{os.fsdecode(name)}.gitlabgen-"


def _sweep(target: str) -> None:
    """Remove temporary files that killed runs left beside the target; living runs hold a lock on theirs."""
    folder, stem = os.path.dirname(target), _stem(target)
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        ending = name.removeprefix(stem)
        if ending != name and len(ending) == 2 * _RANDOM_BYTES and set(ending) <= set("0123456789abcdef"):
            _quietly(_remove_unlocked, os.path.join(folder, name))


def _remove_unlocked(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            _lock(descriptor)
            os.unlink(path)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Lock the file until it is closed or the process ends, however that happens.

    Raises:
        OSError: If another process holds the lock, or the file system has none.
    """
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync_folder(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _quietly(function: Callable[..., object], *arguments: object) -> None:
    """Call what is good to have but must not fail the run."""
    with suppress(OSError):
        function(*arguments)


def _open_patiently(path: str, flags: int) -> int:
    """Open without waiting for the other end of what became a pipe a moment ago."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)


def _kind(mode: int) -> str | None:
    """Return what is there if it is not an ordinary file."""
    if stat.S_ISREG(mode):
        return None
    return "it is a folder" if stat.S_ISDIR(mode) else "it is a pipe, a socket or a device"


@contextmanager
def _told(path: str, written: Sequence[str] = ()) -> Iterator[None]:
    """Turn what the system refuses inside the block into a finding about the path."""
    try:
        yield
    except OSError as error:
        already = f" ({', '.join(written)} had been written by then)" if written else ""
        raise OutputError(_unwritable(path, _reason(error) + already)) from None


def _reason(error: OSError) -> str:
    import errno

    code = error.errno or 0
    return _REASONS.get(errno.errorcode.get(code, ""), os.strerror(code))


def _unwritable(path: str, reason: str) -> Finding:
    return Finding(rule="unwritable", message=f"cannot be written: {reason}", file=printable(path))
