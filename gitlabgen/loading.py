"""Definitions: where they are, how they are run, and what went wrong in them, told with the user's own lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from types import ModuleType, TracebackType
from typing import Any, Final

import attrs

from gitlabgen.definitions import called, checked, error, from_toml
from gitlabgen.errors import DefinitionError, Finding, GitlabgenError, collecting
from gitlabgen.project import Project
from gitlabgen.source import display_path

__all__ = ["NAMES", "Loaded", "blueprints", "find", "load"]

NAMES: Final = ("gitlab_ci.py", "gitlab_ci.toml")
_numbers = count(1)


@attrs.frozen
class Loaded:
    """A project with the definition it came from.

    Args:
        project: The project.
        definition: The definition's path.
        folder: The folder in which it stands.
    """

    project: Project
    definition: str
    folder: str


def find(path: str) -> list[str]:
    """Return the definitions that a path stands for.

    Args:
        path: A definition, a folder with one, or a folder whose pyproject.toml lists some.

    Raises:
        DefinitionError: If there is none, or no telling which.
    """
    if os.path.isfile(path):
        if not path.endswith((".py", ".toml")):
            hint = "render and check take a definition, a `.py` or `.toml` file, or its folder"
            raise error(path, "no-definition", "is no definition", hint)
        return [path]
    if not os.path.isdir(path):
        raise error(path, "no-definition", "does not exist", None)
    found = [os.path.join(path, name) if path != "." else name for name in NAMES if os.path.isfile(os.path.join(path, name))]
    if len(found) > 1:
        raise error(
            path, "two-definitions", f"holds both {' and '.join(NAMES)}", "name the one that is meant, or remove the other"
        )
    listed = [] if found else _listed(path)
    if not found and not listed:
        hint = f"write {NAMES[0]}, or name another file"
        raise error(path, "no-definition", f"holds no definition ({' or '.join(NAMES)})", hint)
    return found or listed


def _listed(folder: str) -> list[str]:
    file = os.path.join(folder, "pyproject.toml")
    if not os.path.isfile(file):
        return []
    import tomllib

    try:
        with open(file, "rb") as stream:
            entries = tomllib.load(stream).get("tool", {}).get("gitlabgen", {}).get("definitions", [])
    except (OSError, ValueError) as problem:
        raise error(file, "invalid-toml", str(problem), None) from None
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise error(file, "invalid-setting", "tool.gitlabgen.definitions should be a list of paths", None)
    import glob

    paths: list[str] = []
    for entry in entries:
        matches = sorted(glob.glob(os.path.join(glob.escape(folder) if folder != "." else "", entry), recursive=True))
        if not matches:
            raise error(file, "no-definition", f"tool.gitlabgen.definitions names {entry!r}, which does not exist", None)
        for match in matches:
            paths += find(match)
    return list(dict.fromkeys(paths))


def load(definition: str, settings: Mapping[str, Any] | None = None) -> Loaded:
    """Return the project that a definition defines.

    Args:
        definition: The path of a `.py` or `.toml` file.
        settings: Settings by dotted key, which win over those of the definition.

    Raises:
        DefinitionError: If the definition fails, prints, or defines something invalid; with all findings.
    """
    file = display_path(os.path.abspath(definition))
    folder = os.path.dirname(definition) or "."
    with collecting() as findings, _quiet(file, findings), _importing(folder):
        try:
            read = from_toml if definition.endswith(".toml") else _from_python
            project = read(definition, file, settings or {})
        except GitlabgenError as problem:
            findings.extend(problem.findings)
        except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever the user's code raises is told in a line
            findings.append(_told(problem, definition, file))
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise DefinitionError(*(attrs.evolve(finding, file=finding.file or file) for finding in _unique(errors)))
    return Loaded(project, definition, folder)


def _unique(findings: Sequence[Finding]) -> list[Finding]:
    return list(dict.fromkeys(findings))


def blueprints() -> dict[str, str]:
    """Return the definitions of the blueprints that come with the library, by name."""
    package = os.path.dirname(os.path.abspath(__file__))
    # In a wheel they lie inside the package; in a checkout beside it.
    homes = (os.path.join(package, "blueprints"), os.path.join(os.path.dirname(package), "blueprints"))
    home = next((home for home in homes if os.path.isdir(home)), None)
    names = sorted(os.listdir(home)) if home else []
    paths = {name: os.path.join(home or "", name, NAMES[0]) for name in names}
    return {name: path for name, path in paths.items() if os.path.isfile(path)}


def _from_python(path: str, file: str, settings: Mapping[str, Any]) -> Project:
    module = _run(path)
    if not hasattr(module, "project"):
        names = [name for name, value in vars(module).items() if isinstance(value, Project)]
        hint = f"rename {names[0]} to project" if names else "write project = Project(pipeline=…)"
        raise error(file, "no-project", "defines no `project`", hint)
    found = module.project
    if callable(found) and not isinstance(found, Project):
        return called(found, file, settings)
    if settings:
        raise error(file, "invalid-setting", f"has no settings, but --set gives {', '.join(settings)}", None)
    return checked(found, file)


def _run(path: str) -> ModuleType:
    """Run a file as a module of its own name: two services may both have a `gitlab_ci.py`."""
    absolute = os.path.abspath(path)
    with open(absolute, "rb") as stream:
        code = compile(stream.read(), absolute, "exec", dont_inherit=True)
    module = ModuleType(f"gitlabgen_definition_{next(_numbers)}")
    module.__file__ = absolute
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)  # noqa: S102 - a definition is the user's own program
    return module


class _Mute:
    """Stands in for standard output while a definition runs, and notes the line that writes to it."""

    encoding = "utf-8"
    errors = "strict"

    def __init__(self) -> None:
        self.text = ""
        self.line: tuple[str, int] | None = None

    def write(self, text: str) -> int:
        """Note who writes what."""
        if self.line is None:
            frame = sys._getframe(1)  # noqa: SLF001 - `inspect` would cost the start of every run
            self.line = (frame.f_code.co_filename, frame.f_lineno)
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Do nothing."""

    def isatty(self) -> bool:
        """Return that nobody watches."""
        return False


@contextmanager
def _quiet(file: str, findings: list[Finding]) -> Iterator[None]:
    mute, before = _Mute(), sys.stdout
    sys.stdout = mute
    try:
        yield
    finally:
        sys.stdout = before
    if mute.line is not None:
        name, line = mute.line
        words = mute.text.strip().splitlines() or [""]
        findings.append(
            Finding(
                rule="definition-prints",
                message=f"the definition prints {words[0][:60]!r}",
                hint="standard output belongs to the command; print to sys.stderr while you look for something",
                file=display_path(name) if os.path.isfile(name) else file,
                line=line if os.path.isfile(name) else None,
            )
        )


@contextmanager
def _importing(folder: str) -> Iterator[None]:
    """Let a definition import modules beside it, and forget them: the next folder may have modules of the same names."""
    home = os.path.abspath(folder)
    known = set(sys.modules)
    path, bytecode = sys.path[:], sys.dont_write_bytecode
    sys.path.insert(0, home)
    # What only checks must not leave a folder of compiled files.
    sys.dont_write_bytecode = True
    try:
        yield
    finally:
        sys.path[:] = path
        sys.dont_write_bytecode = bytecode
        for name in set(sys.modules) - known:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if file.startswith(home + os.sep) and not name.startswith("gitlabgen."):
                del sys.modules[name]


def _told(error: BaseException, definition: str, file: str) -> Finding:
    if isinstance(error, SyntaxError):
        name = display_path(error.filename or file)
        return Finding(
            rule="invalid-python",
            message=error.msg,
            file=name,
            line=error.lineno,
            column=error.offset,
            end_column=error.end_offset,
        )
    if isinstance(error, OSError) and error.__traceback__ is not None and error.filename == definition:
        return Finding(rule="unreadable", message=f"cannot be read: {error.strerror}", file=file)
    name, line = _last_own_line(error.__traceback__, os.path.abspath(definition))
    if isinstance(error, RecursionError):
        message = "the definition calls itself without end"
    elif isinstance(error, SystemExit):
        message = "the definition ends the program"
    else:
        words = " ".join(str(error).split())
        message = f"the definition raises {type(error).__name__}{f': {words}' if words else ''}"
    return Finding(rule="definition-fails", message=message, file=display_path(name), line=line)


def _last_own_line(traceback: TracebackType | None, definition: str) -> tuple[str, int | None]:
    """Return the innermost line of the user's own code: in the definition's folder, or in the definition itself."""
    home = os.path.dirname(definition) + os.sep
    place: tuple[str, int | None] = (definition, None)
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name.startswith(home) and "site-packages" not in name:
            place = (name, traceback.tb_lineno)
        traceback = traceback.tb_next
    return place
