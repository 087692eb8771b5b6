"""Find the definitions for a path: a definition, a folder with some in it or below it, or a list in its pyproject.toml."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, NamedTuple

from gitlabgen.codec.headers import source_of
from gitlabgen.definitions.sources import failure
from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.files.git import ignored
from gitlabgen.modeling.callsites import display_path
from gitlabgen.modeling.regular_files import read_regular

__all__ = ["NAMES", "PIPELINE", "Listing", "definitions_in", "find", "list_folder", "nearest", "unique"]

NAMES: Final = ("gitlab_ci.py", "gitlab_ci.toml")
"""The file names of definitions."""

PIPELINE: Final = ".gitlab-ci.yml"
"""The file that GitLab reads."""

_SKIPPED: Final = frozenset(("__pycache__", "node_modules", "site-packages"))
_MARKERS: Final = frozenset((".git", "pyvenv.cfg"))  # of another repository, and of a virtual environment
_MOST_FOLDERS: Final = 100_000


def find(path: str, findings: list[Finding]) -> list[str]:
    """Return the definitions for a path, sorted by folder; those of a list in the order of the list.

    Args:
        path: A definition, a folder with definitions in it or below it, or a folder whose pyproject.toml lists some.
        findings: Receives a finding if there is no definition, and one for each ambiguous choice.
    """
    try:
        return _find(path, findings)
    except DefinitionError as error:
        findings += error.findings
        return []


def unique(files: Iterable[str]) -> list[str]:
    """Return the files without repetitions, each by the first of its paths.

    Args:
        files: Paths of files.
    """
    found: dict[tuple[str, str], str] = {}
    for file in files:
        folder, name = os.path.split(file)
        found.setdefault((os.path.realpath(folder), name), file)
    return [*found.values()]


def nearest(folder: str) -> str:
    """Return the definition that is nearest to a folder: in it, or in the first folder above it that has one.

    Args:
        folder: The folder.

    Raises:
        DefinitionError: If there is no definition up to the root of the repository, or if a folder has two.
    """
    searched = os.path.abspath(folder)
    while True:
        findings: list[Finding] = []
        found = _one_per_folder(definitions_in(searched), findings)
        if findings:
            raise DefinitionError(*findings)
        if found:
            return found[0]
        parent = os.path.dirname(searched)
        if parent == searched or os.path.lexists(os.path.join(searched, ".git")):
            message = f"contains no definition ({' or '.join(NAMES)}), nor does a folder above it"
            raise failure(display_path(os.path.abspath(folder)), "no-definition", message, "write one, or run: gitlabgen init")
        searched = parent


def definitions_in(folder: str) -> list[str]:
    """Return the files in a folder, but not below it, that have the name of a definition.

    Args:
        folder: The folder.
    """
    return [path for name in NAMES if os.path.isfile(path := _join(folder, name))]


def _find(path: str, findings: list[Finding]) -> list[str]:
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        hint = "only `gitlabgen lint -` reads standard input" if path == "-" else None
        raise failure(path or "''", "no-definition", _missing_message(path, error), hint) from None
    if stat.S_ISDIR(mode):
        return _in_folder(path, findings)
    if not stat.S_ISREG(mode):
        raise failure(path, "no-definition", "is not a file")
    if not path.endswith((".py", ".toml")):
        raise failure(path, "no-definition", "is not a definition", _hint_for(path))
    return [path]


def _missing_message(path: str, error: OSError | ValueError) -> str:
    if os.path.islink(path):
        return "is a symbolic link to a missing file"
    if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
        return f"cannot be read: {error.strerror}"
    return "does not exist"


def _hint_to_start(folder: str) -> str:
    """Return a hint for a folder without a definition."""
    start = f"write {NAMES[0]}, or run: gitlabgen init"
    pipeline = _join(folder, PIPELINE)
    if not os.path.isfile(pipeline):
        return start
    from shlex import quote

    return f"{start}; to check the pipeline that is here, run: gitlabgen lint {quote(os.path.normpath(pipeline))}"


def _hint_for(path: str) -> str:
    """Return a hint for a file that is not a definition."""
    try:
        source = source_of(read_regular(path)[:1000])
    except OSError:
        source = None
    if source is not None:
        return f"name the definition that writes it: {os.path.normpath(_join(os.path.dirname(path) or '.', source))}"
    return "name the definition that writes it, a `.py` or `.toml` file, or its folder"


def _join(folder: str, name: str) -> str:
    return name if folder in (".", "./") else os.path.join(folder, name)


def _in_folder(folder: str, findings: list[Finding]) -> list[str]:
    """Return the definition in a folder, and those that its pyproject.toml lists, or else those below it."""
    before = len(findings)
    listed = _listed(folder, findings)
    below = _below(folder) if listed is None else []
    unused = ignored(folder, [os.path.relpath(path, folder) for path in below])
    used = [path for path in below if os.path.relpath(path, folder) not in unused]
    found = [*_one_per_folder([*definitions_in(folder), *used], findings), *(listed or ())]
    if not found and len(findings) == before:
        hint = f"git ignores {below[0]}, so name it to use it" if below else _hint_to_start(folder)
        raise failure(folder, "no-definition", f"contains no definition ({' or '.join(NAMES)})", hint)
    return found


def _one_per_folder(definitions: Iterable[str], findings: list[Finding]) -> list[str]:
    """Return the definitions of the folders that have one, and report the folders that have two."""
    by_folder: dict[str, list[str]] = {}
    for path in definitions:
        by_folder.setdefault(os.path.dirname(path), []).append(path)
    chosen: list[str] = []
    for folder, paths in by_folder.items():
        if len(paths) == 1:
            chosen += paths
        else:
            message, hint = f"contains both {' and '.join(NAMES)}", "name one of them, or remove the other"
            findings.append(Finding(rule="two-definitions", message=message, hint=hint, file=folder or "."))
    return chosen


def _below(folder: str) -> list[str]:
    """Return the files below a folder that have the name of a definition, sorted by folder.

    Symbolic links to folders are not followed, so there are no cycles. Folders that cannot be listed are left out.

    Raises:
        DefinitionError: If there are too many folders.
    """
    found: list[str] = []
    count = 0
    waiting = list_folder(folder).folders
    while waiting:
        count += 1
        if count > _MOST_FOLDERS:
            hint = 'name a definition, or list them in pyproject.toml: definitions = ["services/*"] below [tool.gitlabgen]'
            raise failure(folder, "too-many-folders", f"has more than {_MOST_FOLDERS:,} folders below it", hint)
        listing = list_folder(waiting.pop())
        if not listing.is_separate:
            found += listing.definitions
            waiting += listing.folders
    return sorted(found, key=lambda path: (os.path.dirname(path).split(os.sep), path))


class Listing(NamedTuple):
    """What a folder contains.

    Args:
        definitions: The files that have the name of a definition.
        folders: The folders that may contain definitions.
        is_separate: Whether the folder is another repository or a virtual environment.
    """

    definitions: list[str]
    folders: list[str]
    is_separate: bool


def list_folder(folder: str) -> Listing:
    """Return what a folder contains; nothing if it cannot be listed.

    Args:
        folder: The folder.
    """
    definitions, folders, is_separate = [], [], False
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name in _MARKERS:
                is_separate = True
            elif name in NAMES:
                definitions += [_join(folder, name)] * entry.is_file()
            elif name[0] != "." and name not in _SKIPPED and entry.is_dir(follow_symlinks=False):
                folders.append(_join(folder, name))
    return Listing(definitions, folders, is_separate)


def _listed(folder: str, findings: list[Finding]) -> list[str] | None:
    """Return the definitions that a folder's pyproject.toml lists; None if it has no list."""
    path = _join(folder, "pyproject.toml")
    if not os.path.isfile(path):
        return None
    file = display_path(os.path.abspath(path))
    try:
        raw = read_regular(path)
    except OSError as error:
        raise failure(file, "unreadable", f"cannot be read: {error.strerror}") from None
    if b"gitlabgen" not in raw or b"definitions" not in raw:  # loading a TOML parser takes longer than everything else here
        return None
    import glob

    from gitlabgen.definitions.toml import parse

    document = parse(raw, file)
    keys: tuple[str, ...] = ()
    entries: Any = document.data
    for key in ("tool", "gitlabgen", "definitions"):
        keys += (key,)
        if not isinstance(entries, dict) or key not in entries:
            return None
        entries = entries[key]
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise DefinitionError(document.finding(keys, f"should be a list of paths, got {entries!r}"))
    listed: list[str] = []
    for number, entry in enumerate(entries):
        before = len(findings)
        found: list[str] = []
        for match in sorted(glob.glob(entry, root_dir=folder, recursive=True)):
            inside = _join(folder, match)
            if os.path.isdir(inside):
                found += _one_per_folder(definitions_in(inside), findings)
            elif inside.endswith((".py", ".toml")):
                found.append(inside)
        if not found and len(findings) == before:
            message = f"matches no definition: {entry!r}"
            findings.append(document.finding((*keys, str(number)), message, "paths are relative to pyproject.toml"))
        listed += found
    return listed
