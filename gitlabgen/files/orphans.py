"""Files that a definition wrote earlier and no longer writes: found by their headers, or in the side file."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Final

from gitlabgen.codec.headers import source_of
from gitlabgen.modeling.regular_files import read_head

__all__ = ["orphans_in"]

_SKIPPED: Final = frozenset((".git", "__pycache__", "node_modules", "site-packages"))
_MARKERS: Final = frozenset((".git", "pyvenv.cfg"))  # of another repository, and of a virtual environment
_TEMPORARY: Final = re.compile(r"(.*/|)\.([^/]+)\.gitlabgen-[0-9a-f]{16}")
_MOST_FILES: Final = 20_000


def orphans_in(root: str, sources: Collection[str], written: Collection[str], others: Collection[str]) -> list[str]:
    """Return the sorted paths of the files below a folder whose headers name a definition that no longer writes them.

    Args:
        root: The folder.
        sources: The definitions, relative to the folder.
        written: The paths of the files that they write, relative to the folder.
        others: The absolute paths of folders that other definitions write to, which are left out.
    """
    from gitlabgen.files.git import ignored

    left = (path for path in _files(root, others) if path not in written and not _is_temporary(root, path, written))
    found = [path for path in left if _source(root, path) in sources]
    unused = ignored(root, found)
    return sorted(path for path in found if path not in unused)


def _is_temporary(root: str, path: str, written: Collection[str]) -> bool:
    """Return whether a file was left by a run that was killed, and goes with the file that it was for."""
    match = _TEMPORARY.fullmatch(path)
    target = match and f"{match[1]}{match[2]}"
    return target is not None and (target in written or os.path.lexists(os.path.join(root, target)))


def _source(root: str, path: str) -> str | None:
    """Return the definition that a file names, relative to the folder."""
    try:
        source = source_of(read_head(os.path.join(root, path)))
    except OSError:
        return None
    return source and posixpath.normpath(posixpath.join(posixpath.dirname(path), source))


def _files(root: str, others: Collection[str]) -> Iterator[str]:
    """Yield the paths of the regular files below a folder; links are not followed."""
    left = _MOST_FILES
    waiting = [""]
    while waiting and left > 0:
        folder = waiting.pop()
        files, folders = _listing(os.path.join(root, folder))
        if folder and not _MARKERS.isdisjoint((*files, *folders)):
            continue
        left -= len(files)
        yield from (f"{folder}{name}" for name in files)
        inner = (f"{folder}{name}/" for name in folders if name not in _SKIPPED)
        waiting += (path for path in inner if os.path.abspath(os.path.join(root, path)) not in others)


def _listing(folder: str) -> tuple[list[str], list[str]]:
    files: list[str] = []
    folders: list[str] = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                files.append(entry.name)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
    return files, folders
