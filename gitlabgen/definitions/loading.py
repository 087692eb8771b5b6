"""Find definitions and load their projects; all problems are reported together."""

import os
import stat
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from gitlabgen.codec.headers import source_of
from gitlabgen.definitions.isolation import isolated
from gitlabgen.definitions.sources import failure, from_python, from_toml
from gitlabgen.errors import DefinitionError, Finding, collecting
from gitlabgen.modeling.callsites import display_path
from gitlabgen.project import Project

__all__ = ["NAMES", "PIPELINE", "Loaded", "find", "load"]

NAMES: Final = ("gitlab_ci.py", "gitlab_ci.toml")
"""The file names of definitions."""

PIPELINE: Final = ".gitlab-ci.yml"
"""The file that GitLab reads."""


class Loaded(NamedTuple):
    """A project with its definition.

    Args:
        project: The project.
        definition: The definition's path.
        folder: The definition's folder.
    """

    project: Project
    definition: str
    folder: str


def find(path: str) -> list[str]:
    """Return the definitions for a path.

    Args:
        path: A definition, a folder with one, or a folder whose pyproject.toml lists some.

    Raises:
        DefinitionError: If there is no definition, or the choice is ambiguous.
    """
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        hint = "only `gitlabgen lint -` reads standard input" if path == "-" else None
        raise failure(path or "''", "no-definition", _missing_message(path, error), hint) from None
    if stat.S_ISDIR(mode):
        found = [*_in_folder(path), *_listed_definitions(path)]
        if not found:
            raise failure(path, "no-definition", f"contains no definition ({' or '.join(NAMES)})", _hint_to_start(path))
        return list(dict.fromkeys(found))
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
        with open(path, "rb") as stream:
            source = source_of(stream.read(1000))
    except OSError:
        source = None
    if source is not None:
        return f"name the definition that writes it: {os.path.normpath(_join(os.path.dirname(path) or '.', source))}"
    return "name the definition that writes it, a `.py` or `.toml` file, or its folder"


def _in_folder(folder: str) -> list[str]:
    found = [_join(folder, name) for name in NAMES if os.path.isfile(_join(folder, name))]
    if len(found) > 1:
        hint = "name one of them, or remove the other"
        raise failure(folder, "two-definitions", f"contains both {' and '.join(NAMES)}", hint)
    return found


def _join(folder: str, name: str) -> str:
    return name if folder in (".", "./") else os.path.join(folder, name)


def _listed_definitions(folder: str) -> Iterator[str]:
    """Yield the definitions that a folder's pyproject.toml lists."""
    path = _join(folder, "pyproject.toml")
    if not os.path.isfile(path):
        return
    file = display_path(os.path.abspath(path))
    try:
        with open(path, "rb") as stream:
            raw = stream.read()
    except OSError as error:
        raise failure(file, "unreadable", f"cannot be read: {error.strerror}") from None
    if b"gitlabgen" not in raw or b"definitions" not in raw:  # loading a TOML parser takes longer than everything else here
        return
    import glob

    from gitlabgen.definitions.toml import parse

    document = parse(raw, file)
    keys: tuple[str, ...] = ()
    entries: Any = document.data
    for key in ("tool", "gitlabgen", "definitions"):
        keys += (key,)
        if not isinstance(entries, dict) or key not in entries:
            return
        entries = entries[key]
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise DefinitionError(document.finding(keys, f"should be a list of paths, got {entries!r}"))
    for number, entry in enumerate(entries):
        found: list[str] = []
        for match in sorted(glob.glob(entry, root_dir=folder, recursive=True)):
            inside = _join(folder, match)
            found += _in_folder(inside) if os.path.isdir(inside) else [inside] * inside.endswith((".py", ".toml"))
        if not found:
            message = f"matches no definition: {entry!r}"
            raise DefinitionError(document.finding((*keys, str(number)), message, "paths are relative to pyproject.toml"))
        yield from found


def load(definition: str, settings: Mapping[str, Any] | None = None) -> Loaded:
    """Return the project that a definition defines.

    Args:
        definition: The path of a `.py` or `.toml` file.
        settings: Settings that replace those of the definition, as nested tables.

    Raises:
        DefinitionError: If the definition fails, prints, or is not valid; with all findings.
    """
    file = display_path(os.path.abspath(definition))
    folder = os.path.dirname(definition) or "."
    project: Project | None = None
    with collecting() as findings, isolated(folder, file, findings):
        try:
            read = from_toml if definition.endswith(".toml") else from_python
            project = read(definition, file, settings or {})
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - any exception of the user's code becomes a finding
            from gitlabgen.definitions.faults import findings_of

            findings.extend(findings_of(error, file, (os.path.abspath(folder),)))
    if findings or project is None:
        # A loop repeats the same problem; one finding is enough.
        raise DefinitionError(*sorted(dict.fromkeys(_with_definition(finding, file) for finding in findings), key=_order))
    return Loaded(project, definition, folder)


def _order(finding: Finding) -> tuple[str, int, int]:
    return finding.file or "", finding.line or 0, finding.column or 0


def _with_definition(finding: Finding, file: str) -> Finding:
    """Return the finding with the definition as its file, or as a related finding."""
    if finding.file is None:
        return finding._replace(file=file)
    if finding.file == file or file.endswith(".py"):
        return finding
    loaded = Finding(rule=finding.rule, message="loaded by this definition", severity="info", file=file)
    return finding._replace(related=(*finding.related, loaded))
