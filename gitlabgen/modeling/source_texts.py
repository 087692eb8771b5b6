"""The user's source files: on disk, or given on standard input under the name of a file."""

from __future__ import annotations

import os
from functools import lru_cache

from gitlabgen.modeling.regular_files import read_regular

__all__ = ["forget_given", "give", "is_source", "kept_source", "read_source"]

_MOST_KEPT = 8

_given: dict[str, tuple[str, bytes]] = {}
"""The path that Python's `linecache` knows, and the content, by the path without symbolic links to folders."""


def give(path: str, content: bytes) -> None:
    """Read this content instead of a file, until it is forgotten: messages about it quote its lines.

    Args:
        path: The file's path; the file need not exist.
        content: What the file would contain.
    """
    import linecache

    full = os.path.abspath(path)
    _given[_real(path)] = full, content
    lines = content.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").split("\n")
    # An entry without a time is not compared with the file.
    linecache.cache[full] = (len(content), None, [f"{line}\n" for line in lines], full)


def forget_given() -> None:
    """Read all files from disk again."""
    if _given:
        import linecache

        for path, _ in _given.values():
            linecache.cache.pop(path, None)
        _given.clear()


def read_source(path: str) -> bytes:
    """Return the content of a source file.

    Args:
        path: The file.

    Raises:
        OSError: If it cannot be read.
    """
    given = _given.get(_real(path)) if _given else None
    if given is None:
        return read_regular(path)
    return given[1]


def kept_source(path: str) -> bytes:
    """Return the content of a source file, which is read again only after it has changed: many findings are in one file.

    Args:
        path: The file.

    Raises:
        OSError: If it cannot be read.
    """
    if _given and _real(path) in _given:
        return read_source(path)
    found = os.stat(path)
    return _content(path, (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))


@lru_cache(maxsize=_MOST_KEPT)
def _content(path: str, version: tuple[int, ...]) -> bytes:
    del version
    return read_source(path)


def is_source(path: str) -> bool:
    """Return whether there is such a source file.

    Args:
        path: The file.
    """
    return (bool(_given) and _real(path) in _given) or os.path.isfile(path)


def _real(path: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(os.path.realpath(folder), name)
