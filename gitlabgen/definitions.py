"""What a definition defines: a `Project`, or a function that makes one from settings, named in Python or in TOML."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from gitlabgen.errors import DefinitionError, Finding, closest
from gitlabgen.model import evolve
from gitlabgen.project import Project
from gitlabgen.source import display_path

if TYPE_CHECKING:
    from gitlabgen.settings import TomlText

__all__ = ["called", "checked", "error", "from_toml"]


def error(path: str, rule: str, message: str, hint: str | None) -> DefinitionError:
    """Return an error about a whole file."""
    return DefinitionError(Finding(rule=rule, message=message, hint=hint, file=display_path(os.path.abspath(path)) or path))


def checked(found: Any, file: str) -> Project:
    """Return what a definition defines, if it is a project."""
    if not isinstance(found, Project):
        raise error(
            file, "no-project", f"`project` is a {type(found).__name__}, not a Project", "write project = Project(pipeline=…)"
        )
    return found


def called(function: Callable[..., Any], file: str, settings: Mapping[str, Any]) -> Project:
    """Return the project that a function makes.

    Args:
        function: Takes nothing, or settings of an attrs class.
        file: The definition, for messages.
        settings: Settings by dotted key.
    """
    import inspect

    from gitlabgen.settings import TomlText

    parameters = [*inspect.signature(function).parameters.values()]
    if not parameters:
        if settings:
            raise error(file, "invalid-setting", f"has no settings, but --set gives {', '.join(settings)}", None)
        return checked(function(), file)
    return _with_settings(function, file, TomlText("", {}), settings)


def from_toml(path: str, file: str, settings: Mapping[str, Any]) -> Project:
    """Return the project that a blueprint makes from the settings of a TOML file.

    Args:
        path: The file.
        file: Its name for messages.
        settings: Settings by dotted key, which win over those of the file.
    """
    import tomllib

    from gitlabgen.settings import TomlText

    with open(path, "rb") as stream:
        raw = stream.read()
    try:
        text = raw.decode()
        document = TomlText(text, tomllib.loads(text))
    except ValueError as problem:
        raise _invalid_toml(file, str(problem)) from None
    data = document.data
    known = ("blueprint", "requires", "target_gitlab", "settings")
    for key in data:
        if key not in known:
            near = closest(key, list(known))
            hint = (
                f"did you mean {near}?"
                if near
                else f"known are {', '.join(known)}; a blueprint's own settings stand under [settings]"
            )
            _report(document, file, (key,), "is unknown", hint)
    for key in ("blueprint", "requires", "target_gitlab"):
        if key in data and not isinstance(data[key], str):
            _report(document, file, (key,), f"should be a string, got {data[key]!r}", None)
    if not isinstance(data.get("settings", {}), dict):
        _report(document, file, ("settings",), "should be a table", None)
    _check_requirement(document, file)
    function = _blueprint(document, file)
    project = _with_settings(function, file, document, settings)
    target = data.get("target_gitlab")
    return project if target is None else evolve(project, target_gitlab=target)


def _invalid_toml(file: str, message: str) -> DefinitionError:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    line, column = (int(found[1]), int(found[2])) if found else (None, None)
    message = message[: found.start()].strip() if found else message
    return DefinitionError(Finding(rule="invalid-toml", message=message, file=file, line=line, column=column))


def _report(document: TomlText, file: str, keys: tuple[str, ...], message: str, hint: str | None) -> NoReturn:
    from gitlabgen.settings import finding

    raise DefinitionError(finding(file, document, keys, message, hint))


def _check_requirement(document: TomlText, file: str) -> None:
    requirement = document.data.get("requires")
    if requirement is None:
        return
    from importlib.metadata import PackageNotFoundError, version

    name, _, wanted = (part.strip() for part in requirement.partition("=="))
    if not wanted:
        _report(document, file, ("requires",), f"should pin one version, got {requirement!r}", 'write "name==1.2.3"')
    try:
        installed = version(name)
    except PackageNotFoundError:
        installed = None
    if installed != wanted:
        state = f"{installed} is installed" if installed else "it is not installed"
        _report(document, file, ("requires",), f"wants {requirement}, but {state}", f"run: python -m pip install '{requirement}'")


def _blueprint(document: TomlText, file: str) -> Callable[..., Any]:
    from importlib import import_module

    name = document.data.get("blueprint")
    if name is None:
        raise error(file, "no-project", "names no blueprint", 'write blueprint = "package.module:function"')
    module, _, function = name.partition(":")
    try:
        found = getattr(import_module(module), function) if function else None
    except (ImportError, AttributeError) as problem:
        _report(document, file, ("blueprint",), f"{name!r} cannot be loaded: {problem}", "is the package installed?")
    if not callable(found):
        _report(document, file, ("blueprint",), f"{name!r} is no function", 'write "package.module:function"')
    function_found: Callable[..., Any] = found
    return function_found


def _with_settings(function: Callable[..., Any], file: str, document: TomlText, overrides: Mapping[str, Any]) -> Project:
    import inspect

    from attrs import has

    from gitlabgen.settings import finding, structured

    signature = inspect.signature(function, eval_str=True)
    parameter = next(iter(signature.parameters.values()), None)
    if parameter is None:
        return checked(function(), file)
    if not has(parameter.annotation):
        hint = "annotate it with an attrs class"
        raise error(
            file,
            "invalid-blueprint",
            f"{function.__name__}({parameter.name}) has no annotation that says what its settings are",
            hint,
        )
    data = _overridden(document.data.get("settings", {}), overrides)
    problems: list[tuple[tuple[str, ...], str, str | None]] = []
    settings = structured(parameter.annotation, data, ("settings",), problems)
    if problems:
        raise DefinitionError(*(finding(file, document, *problem) for problem in problems))
    return checked(function(settings), file)


def _overridden(settings: dict[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    data = dict(settings)
    for key, value in overrides.items():
        table = data
        *parents, last = key.split(".")
        for parent in parents:
            inner = table.get(parent)
            table[parent] = dict(inner) if isinstance(inner, dict) else {}
            table = table[parent]
        table[last] = value
    return data
