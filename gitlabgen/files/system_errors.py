"""Errors of the system in plain words."""

import os

from gitlabgen.codec.headers import printable
from gitlabgen.errors import Finding

__all__ = ["reason_of", "unwritable"]

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


def reason_of(error: OSError) -> str:
    """Return why the system refused.

    Args:
        error: The error.
    """
    import errno

    code = error.errno or 0
    if not code:  # it is one of ours
        return str(error.strerror)
    return _REASONS.get(errno.errorcode.get(code, ""), os.strerror(code))


def unwritable(path: str, reason: str) -> Finding:
    """Return a finding about a file that cannot be written.

    Args:
        path: The path for messages.
        reason: Why it cannot be written.
    """
    return Finding(rule="unwritable", message=f"cannot be written: {reason}", file=printable(path))
