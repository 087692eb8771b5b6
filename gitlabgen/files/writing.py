"""Write files to disk: all or none, so that a reader sees either the old file or the new one."""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

from gitlabgen.errors import OutputError
from gitlabgen.files.planning import Change, File, plan
from gitlabgen.files.system_errors import reason_of, unwritable

__all__ = ["write"]

_RANDOM_BYTES = 8
_LONGEST_STEM = 200  # bytes of the target's name in a temporary name, so that the whole name is shorter than 255


def write(files: Sequence[File], *, force: bool = False) -> list[Change]:
    """Write every file that is not fresh, all or none, and return what was done.

    A reader sees either the old file or the new one, even if the run is killed: new contents are written to temporary files
    next to their targets, which then replace the targets.

    Args:
        files: The files to write.
        force: Whether to overwrite files that were edited by hand or that gitlabgen did not write.

    Raises:
        OutputError: If a file must not or cannot be written; with a finding for each refused file, and nothing written.
    """
    changes = plan(files, force=force, refuse=True)
    for change in changes:
        _remove_leftovers(change.target)
    _replace([change for change in changes if change.action != "unchanged"])
    return changes


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


@contextmanager
def _reporting_errors(path: str, written: Sequence[str] = ()) -> Iterator[None]:
    """Convert errors of the system inside the block to a finding about the path."""
    try:
        yield
    except OSError as error:
        already = f" ({', '.join(written)} had already been written)" if written else ""
        raise OutputError(unwritable(path, reason_of(error) + already)) from None
