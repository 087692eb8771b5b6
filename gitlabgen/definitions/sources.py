"""Run a definition: a `Project`, or a function that returns one from settings, in Python or named in TOML."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.definitions.careful import type_name
from gitlabgen.errors import DefinitionError, Finding, did_you_mean, few
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.source_texts import read_source
from gitlabgen.project import VERSION, Project

if TYPE_CHECKING:
    from gitlabgen.definitions.toml import TomlText

__all__ = ["BLUEPRINT", "REQUIREMENT", "failure", "from_python", "from_toml", "settings_of"]

_numbers = count(1)
_KEYS: Final = ("blueprint", "requires", "target_gitlab", "settings")
BLUEPRINT: Final = r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*"
"""The name of a blueprint, as a regular expression."""

REQUIREMENT: Final = r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?\s*==\s*([^\s,;*]+)\s*"
"""A requirement that pins one version, as a regular expression."""

_EXAMPLE: Final = "write `project = Project(pipeline=…)`"


def failure(file: str, rule: str, message: str, hint: str | None = None, line: int | None = None) -> DefinitionError:
    """Return an error about a file.

    Args:
        file: The file's name for messages.
        rule: The rule's name.
        message: What is wrong.
        hint: What to do instead.
        line: The line, if the error is at one.
    """
    return DefinitionError(Finding(rule=rule, message=message, hint=hint, file=file, line=line))


def from_python(path: str, file: str, settings: Mapping[str, Any]) -> Project:
    """Return the project of a Python file.

    Args:
        path: The file.
        file: Its name for messages.
        settings: Settings for a `project` that is a function.

    Raises:
        DefinitionError: If it has no project.
    """
    found, line = _project_in(path, file)
    if not isinstance(found, Project):
        from gitlabgen.definitions.factories import call
        from gitlabgen.definitions.toml import TomlText

        return call(found, TomlText(file), {}, settings, line)
    if settings:
        raise failure(file, "invalid-setting", f"has no settings, but --set gives {few(settings)}")
    return found


def _project_in(path: str, file: str) -> tuple[Project | Callable[..., Any], int | None]:
    """Return the `project` of a Python file, and the line of one that is a function."""
    names = _run(path, file)
    if "project" not in names:
        raise failure(file, "no-project", "defines no `project`", _project_hint(names))
    found = names["project"]
    if isinstance(found, Project):
        return found, None
    line = _line_of_project(path)
    if not callable(found) or isinstance(found, type):
        raise failure(file, "no-project", f"`project` is a {type_name(found)}, not a Project", _EXAMPLE, line)
    return found, line


def settings_of(reference: str, file: str) -> type[Any] | None:
    """Return the class of the settings that a definition or a blueprint takes; None if it takes none.

    Args:
        reference: A `.py` or `.toml` file, or a blueprint as `package.module:function`.
        file: Its name for messages.

    Raises:
        DefinitionError: If it is not valid, or is no function; with all findings.
    """
    from gitlabgen.definitions.factories import settings_class
    from gitlabgen.definitions.toml import TomlText, parse

    if reference.endswith(".py"):
        found, line = _project_in(reference, file)
        if isinstance(found, Project):
            hint = "write def project(settings: Settings) -> Project"
            raise failure(file, "no-settings", "`project` is not a function, so it has no settings", hint)
        return settings_class(found, file, line)
    is_file = reference.endswith(".toml")
    document = parse(_read(reference, file), file) if is_file else TomlText(file, data={"blueprint": reference})
    _check(document)
    with _faults_of(document.data["blueprint"], reference, file):
        return settings_class(_blueprint(document), file)


def _run(path: str, file: str) -> dict[str, Any]:
    """Run a file as a module with a unique name, because two services may both have a `gitlab_ci.py`."""
    absolute = os.path.abspath(path)
    source = _read(path, file)
    if source.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise failure(file, "invalid-python", "is encoded as UTF-16, which Python does not read", "save it as UTF-8")
    try:
        code = compile(source, absolute, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        if getattr(error, "filename", None):
            raise
        raise failure(file, "invalid-python", str(error)) from None
    module = ModuleType(f"gitlabgen_definition_{next(_numbers)}")
    module.__file__ = absolute
    sys.modules[module.__name__] = module
    exec(code, module.__dict__)  # noqa: S102 - a definition is the user's own program
    return module.__dict__


def _read(path: str, file: str) -> bytes:
    try:
        return read_source(path)
    except OSError as error:
        raise failure(file, "unreadable", f"cannot be read: {error.strerror}") from None


def _project_hint(names: Mapping[str, Any]) -> str:
    """Return a hint for creating a `project` from the names that exist."""
    projects = [name for name, value in names.items() if isinstance(value, Project)]
    if projects:
        return f"rename `{projects[0]}` to `project`" if len(projects) == 1 else "name one of the projects `project`"
    for name, value in names.items():
        for keyword, package, cls in (("pipeline", "gitlabgen.gitlab", "Pipeline"), ("template", "gitlabgen.sam", "Template")):
            if is_instance(value, package, cls):
                return f"write `project = Project({keyword}={name})`"
    return _EXAMPLE


def _line_of_project(path: str) -> int | None:
    """Return the last line that assigns `project`, if there is one."""
    import ast

    lines = [
        node.lineno
        for node in ast.walk(ast.parse(_read(path, path)))
        if (isinstance(node, ast.Name) and node.id == "project" and isinstance(node.ctx, ast.Store))
        or (isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == "project")
    ]
    return max(lines, default=None)


def from_toml(path: str, file: str, settings: Mapping[str, Any]) -> Project:
    """Return the project of a blueprint and the settings of a TOML file.

    Args:
        path: The file.
        file: Its name for messages.
        settings: Settings that replace those of the file, as nested tables.

    Raises:
        DefinitionError: If the file is not valid, or the blueprint fails; with all findings.
    """
    from gitlabgen.definitions.factories import call
    from gitlabgen.definitions.toml import parse

    document = parse(_read(path, file), file)
    _check(document)
    with _faults_of(document.data["blueprint"], path, file):
        project = call(_blueprint(document), document, document.data.get("settings", {}), settings)
    target = document.data.get("target_gitlab")
    if target is None:
        return project
    return construct(type(project), (), {**vars(project), "target_gitlab": target}, location_of(project))


@contextmanager
def _faults_of(blueprint: str, path: str, file: str) -> Iterator[None]:
    """Convert any exception of a blueprint to findings."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - any exception of the blueprint becomes a finding
        from gitlabgen.definitions.faults import findings_of

        homes = (os.path.dirname(os.path.abspath(path)), *_homes(blueprint))
        raise DefinitionError(*findings_of(error, file, homes)) from None


def _check(document: TomlText) -> None:
    findings = [*_problems(document)]
    if findings:
        raise DefinitionError(*findings)


def _problems(document: TomlText) -> Iterator[Finding]:
    """Yield the problems outside the settings."""
    for key, value in document.data.items():
        if key not in _KEYS:
            known = f"use one of {', '.join(_KEYS)}; the blueprint's settings belong under [settings]"
            yield document.finding((key,), "is unknown", did_you_mean(key, _KEYS, known), at_key=True)
        elif key == "settings":
            if not isinstance(value, dict):
                yield document.finding((key,), f"should be a table, got {value!r}", "write name = value below [settings]")
        elif not isinstance(value, str):
            hint = f'write `"{value}"`' if type(value) in (int, float) else None
            yield document.finding((key,), f"should be a string, got {value!r}", hint)
        elif key == "blueprint" and not re.fullmatch(BLUEPRINT, value):
            yield document.finding(
                (key,), f"should name a function, got {value!r}", 'write a text such as `"package.module:function"`'
            )
        elif key == "target_gitlab" and not re.fullmatch(VERSION, value):
            yield document.finding((key,), f"should be a version such as '17.11', got {value!r}")
        elif key == "requires":
            yield from _requirement(document, value)
    if "blueprint" not in document.data:
        yield document.finding(("blueprint",), "is missing", 'write blueprint = "package.module:function"')


def _requirement(document: TomlText, requirement: str) -> Iterator[Finding]:
    """Yield a problem unless the pinned version of the blueprint's package is installed."""
    from importlib.metadata import PackageNotFoundError, version

    found = re.fullmatch(REQUIREMENT, requirement)
    if found is None:
        yield document.finding(
            ("requires",), f"should pin one version, got {requirement!r}", 'write a text such as `"name==1.2.3"`'
        )
        return
    try:
        installed = version(found[1])
        state = f"{installed} is installed"
    except PackageNotFoundError:
        installed, state = None, "it is not installed"
    if installed != found[3]:
        hint = f"run: python -m pip install '{requirement}'"
        yield document.finding(("requires",), f"requires {requirement}, but {state}", hint)


def _homes(blueprint: str) -> Iterator[str]:
    """Yield the folder of a blueprint's package, or its file for a single module."""
    package = sys.modules.get(re.split("[.:]", blueprint)[0])
    yield from map(os.path.abspath, getattr(package, "__path__", None) or filter(None, [getattr(package, "__file__", None)]))


def _blueprint(document: TomlText) -> Callable[..., Any]:
    from importlib import import_module

    module, _, function = document.data["blueprint"].partition(":")
    try:
        found = import_module(module)
    except ModuleNotFoundError as error:
        if error.name and f"{module}.".startswith(f"{error.name}."):
            message, hint = f"names a module that does not exist: {error.name!r}", "install its package, or correct the name"
            raise DefinitionError(document.finding(("blueprint",), message, hint)) from None
        raise
    if not callable(getattr(found, function, None)):
        functions = [key for key, value in vars(found).items() if callable(value) and not key.startswith("_")]
        problem = "is not a function" if hasattr(found, function) else "does not exist"
        finding = document.finding(
            ("blueprint",), f"names {function!r} in {module}, which {problem}", did_you_mean(function, functions)
        )
        raise DefinitionError(finding)
    made: Callable[..., Any] = getattr(found, function)
    return made
