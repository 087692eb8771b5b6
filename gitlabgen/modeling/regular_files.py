"""Read regular files only: a pipe would block, and a device may have no end."""

from __future__ import annotations

import os
import stat

__all__ = ["read_head", "read_regular"]

_LARGEST = 64 * 1024 * 1024
_HEAD = 2048


def read_regular(path: str) -> bytes:
    """Return the content of a regular file, or of one that a symbolic link names.

    Args:
        path: The file.

    Raises:
        OSError: If it cannot be read, is no regular file, or has more than 64 MiB.
    """
    _check(os.stat(path))  # opening a device can have effects
    with open(path, "rb", opener=_open_without_blocking) as stream:
        _check(os.fstat(stream.fileno()))
        return stream.read()


def read_head(path: str) -> bytes:
    """Return the first bytes of a regular file.

    Args:
        path: The file.

    Raises:
        OSError: If it cannot be read, or is no regular file.
    """
    descriptor = _open_without_blocking(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        return os.read(descriptor, _HEAD) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
    finally:
        os.close(descriptor)


def _kind_of(mode: int) -> str | None:
    """Return what a file is, in words; None for a regular file.

    Args:
        mode: The mode as `os.stat` returns it.
    """
    if stat.S_ISREG(mode):
        return None
    return "it is a folder" if stat.S_ISDIR(mode) else "it is a pipe, a socket or a device"


def _check(found: os.stat_result) -> None:
    problem = _kind_of(found.st_mode) or ("it has more than 64 MiB" if found.st_size > _LARGEST else None)
    if problem is not None:
        raise OSError(0, problem)


def _open_without_blocking(path: str, flags: int) -> int:
    """Open a file without blocking, in case it was just replaced by a pipe."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY)
