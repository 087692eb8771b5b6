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


def write(files: Sequence[File], *, force: bool = False, orphans: bool = False, prune: bool = False) -> list[Change]:
    """Write every file that is not fresh, all or none, and return what was done.

    A reader sees either the old file or the new one, even if the run is killed: new contents are written to temporary files
    next to their targets, which then replace the targets. If one cannot be replaced, those before it get their old contents
    back. A run that is killed between two replacements leaves some files old; the next run writes them.

    Args:
        files: The files to write.
        force: Whether to overwrite files that were edited by hand or that gitlabgen did not write.
        orphans: Whether to search for files that the definitions no longer write.
        prune: Whether to remove those.

    Raises:
        OutputError: If a file must not or cannot be written; with a finding for each refused file, and nothing written.
    """
    changes = plan(files, force=force, refuse=True, orphans=orphans, prune=prune)
    for change in changes:
        _remove_leftovers(change.target)
    _replace([change for change in changes if change.action != "unchanged"])
    return changes


def _replace(changes: Sequence[Change]) -> None:
    """Write all new contents to temporary files, then move each over its target, or remove the target."""
    done: list[tuple[Change, str | None, str | None]] = []
    with ExitStack() as undo:  # a temporary file that was moved no longer exists, so `undo` leaves the target alone
        staged = [(change, None if change.action == "removed" else _write_temporary(change, undo)) for change in changes]
        try:
            for change, temporary in staged:
                with _reporting_errors(change.path):
                    done.append((change, temporary, _back_up(change, undo)))
                    if temporary is None:
                        os.unlink(change.target)
                    else:
                        os.replace(temporary, change.target)
        except BaseException as error:
            left = [change.path for change, *names in reversed(done) if not _roll_back(change, *names)]
            if left and isinstance(error, OutputError):
                raise _with_written(error, left[::-1]) from None
            raise
        for folder in dict.fromkeys(os.path.dirname(change.target) for change in changes):
            _ignoring_errors(_sync_folder, folder)


def _back_up(change: Change, undo: ExitStack) -> str | None:
    """Return a second name of the file that is about to be replaced; None without one."""
    if change.before is None:
        return None
    backup = _temporary_name(change.target)
    try:
        os.link(change.target, backup)
    except OSError:  # the file system has no links, or the file belongs to someone else
        return None
    undo.callback(_ignoring_errors, os.unlink, backup)
    return backup


def _roll_back(change: Change, temporary: str | None, backup: str | None) -> bool:
    """Give a file its old content back, and return whether that succeeded."""
    if os.path.lexists(change.target if temporary is None else temporary):
        return True  # nothing was done yet
    try:
        if change.before is None:
            os.unlink(change.target)
        elif backup is not None:
            os.replace(backup, change.target)
        else:
            with ExitStack() as undo:
                os.replace(_write_temporary(change._replace(text=""), undo, change.before), change.target)
    except (OSError, OutputError):
        return False
    return True


def _with_written(error: OutputError, written: Sequence[str]) -> OutputError:
    """Return an error that also names the files that keep their new content."""
    (finding,) = error.findings
    return OutputError(finding._replace(message=f"{finding.message} ({', '.join(written)} had already been written)"))


def _write_temporary(change: Change, undo: ExitStack, content: bytes | None = None) -> str:
    """Return the path of a temporary file with the new content, or another one, synced to disk."""
    with _reporting_errors(change.path):
        _make_folder(os.path.dirname(change.target), undo)
        old = os.stat(change.target) if os.path.exists(change.target) else None
        mode = 0o666 if old is None else stat.S_IMODE(old.st_mode) & 0o777
        temporary, descriptor = _create(change.target, mode, undo)
        rest = memoryview(change.text.encode() if content is None else content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if old is not None:
            _ignoring_errors(os.fchown, descriptor, old.st_uid, old.st_gid)
            os.fchmod(descriptor, mode)
            _copy_attributes(change.target, descriptor)
        os.fsync(descriptor)
        return temporary


def _copy_attributes(source: str, descriptor: int) -> None:
    """Copy the extended attributes of a file, such as its access list, as far as the system allows."""
    if not hasattr(os, "listxattr"):  # macOS
        return
    with suppress(OSError):
        for name in os.listxattr(source):
            _ignoring_errors(_copy_attribute, source, descriptor, name)


def _copy_attribute(source: str, descriptor: int, name: str) -> None:
    os.setxattr(descriptor, name, os.getxattr(source, name))


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
        temporary = _temporary_name(target)
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


def _temporary_name(target: str) -> str:
    return os.path.join(os.path.dirname(target), _stem(target) + os.urandom(_RANDOM_BYTES).hex())


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
def _reporting_errors(path: str) -> Iterator[None]:
    """Convert errors of the system inside the block to a finding about the path."""
    try:
        yield
    except OSError as error:
        raise OutputError(unwritable(path, reason_of(error))) from None
