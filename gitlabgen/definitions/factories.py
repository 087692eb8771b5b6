"""Call functions that return a project, with their settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from gitlabgen.codec.headers import printable
from gitlabgen.definitions.careful import attempt, type_name
from gitlabgen.definitions.settings import Problems, SettingProblem, structured
from gitlabgen.definitions.toml import TomlText
from gitlabgen.errors import DefinitionError, Finding, few
from gitlabgen.project import Project

__all__ = ["call", "settings_class"]


def call(
    function: Callable[..., Any],
    document: TomlText,
    settings: Mapping[str, Any],
    overrides: Mapping[str, Any],
    line: int | None = None,
) -> Project:
    """Return the project that a function returns.

    Args:
        function: A function without parameters, or with settings of an attrs class as its only parameter.
        document: The definition that names or contains the function.
        settings: The settings in the definition.
        overrides: Settings that replace them, as nested tables.
        line: The function's line, if it is in the definition.

    Raises:
        DefinitionError: If the settings are not valid, or the function does not return a project.
    """
    name = _name(function)
    annotation = settings_class(function, document.file, line)
    data = _merged(settings, overrides)
    if annotation is None and data:
        hint = f"write def {name}(settings: Settings) with an attrs class, or remove the settings"
        message = f"{name}() takes no settings, got {few(data)}"
        raise _failure("invalid-setting", message, hint, document.file, line)
    project = function() if annotation is None else function(_structured_settings(annotation, data, document, overrides))
    if not isinstance(project, Project):
        message = f"{name}() returns a {type_name(project)}, not a Project"
        raise _failure("no-project", message, "return Project(pipeline=…)", document.file, line)
    return project


def _failure(rule: str, message: str, hint: str, file: str, line: int | None) -> DefinitionError:
    return DefinitionError(Finding(rule=rule, message=message, hint=hint, file=file, line=line))


def _name(function: Callable[..., Any]) -> str:
    name = attempt(lambda: getattr(function, "__name__", None), None)
    return printable(name) if type(name) is str else type_name(function)


def settings_class(function: Callable[..., Any], file: str, line: int | None = None) -> type[Any] | None:
    """Return the class of the settings that a function takes, or None if it takes no arguments.

    Args:
        function: The function.
        file: The definition, for messages.
        line: The function's line, if it is in the definition.

    Raises:
        DefinitionError: If the function takes anything else.
    """
    name = _name(function)
    try:
        parameters = [*inspect.signature(function, eval_str=True).parameters.values()]
    except (TypeError, ValueError, NameError, SyntaxError, AttributeError) as error:
        message, hint = f"the annotations of {name}() cannot be read: {error}", "import the names that they use"
        raise _failure("invalid-blueprint", message, hint, file, line) from None
    needed = [parameter for parameter in parameters if parameter.default is parameter.empty or parameter is parameters[0]]
    if not needed:
        return None
    hint = "it takes no arguments, or settings: (settings: Settings)"
    if len(needed) > 1 or needed[0].kind not in (needed[0].POSITIONAL_ONLY, needed[0].POSITIONAL_OR_KEYWORD):
        raise _failure("invalid-blueprint", f"{name}() should take only its settings", hint, file, line)
    annotation = needed[0].annotation
    if not (isinstance(annotation, type) and attrs.has(annotation)):
        message = f"{name}({needed[0].name}) is not annotated with an attrs class, which defines the settings"
        raise _failure("invalid-blueprint", message, hint, file, line)
    return annotation


def _structured_settings(annotation: Any, data: dict[str, Any], document: TomlText, overrides: Mapping[str, Any]) -> Any:
    problems: Problems = []
    settings = structured(annotation, data, ("settings",), problems)
    if problems:
        raise DefinitionError(*(_finding(problem, document, overrides) for problem in problems))
    return settings


def _finding(problem: SettingProblem, document: TomlText, overrides: Mapping[str, Any]) -> Finding:
    keys = problem.keys
    option = f"--set {'.'.join(keys[1:])}"
    if _is_overridden(overrides, document.data.get("settings", {}), keys[1:]):
        hint = problem.hint if problem.replacement is None else f"write `{option}='{problem.replacement}'`"
        hint = f"set it with {option}=…" if problem.kind == "missing" else hint
        return Finding(rule="invalid-setting", message=f"`{option}` {problem.message}", hint=hint, file=document.file)
    hint = problem.hint if problem.replacement is None else f"write `{problem.replacement}`"
    if problem.kind == "missing":
        hint = f"write {keys[-1]} = … under [{'.'.join(keys[:-1])}]" if document.text else f"set it with {option}=…"
    return document.finding(keys, problem.message, hint, at_key=problem.kind in ("missing", "unknown"))


def _is_overridden(overrides: Any, settings: Any, keys: tuple[str, ...]) -> bool:
    """Return whether the value at these keys was given on the command line, and not in the definition's settings."""
    for key in keys:
        if not isinstance(overrides, Mapping):
            return True
        if key not in overrides:
            return not isinstance(settings, Mapping)
        overrides = overrides[key]
        settings = settings.get(key) if isinstance(settings, Mapping) else None
    return not isinstance(overrides, Mapping) or not isinstance(settings, Mapping)


def _merged(settings: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with overrides applied, table by table."""
    merged = dict(settings)
    for key, value in overrides.items():
        old = merged.get(key)
        merged[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
