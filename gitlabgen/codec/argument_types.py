"""A check that a function gets the kind of value that it takes, with a hint for values of other kinds."""

from __future__ import annotations

import os
from types import FunctionType
from typing import Final, NamedTuple, NoReturn

from gitlabgen.errors import ArgumentError, Finding
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.reporting import located

__all__ = ["check_model", "check_text", "file_hint"]


class _Kind(NamedTuple):
    """A kind of model, and how to get its text."""

    package: str
    name: str
    hint: str


_KINDS: Final = (
    _Kind("gitlabgen", "Project", "gitlabgen.texts(project) returns the text of each file of a project"),
    _Kind("gitlabgen.gitlab", "Pipeline", "gitlabgen.dumps(pipeline) returns the text of a pipeline"),
    _Kind("gitlabgen.sam", "Template", "gitlabgen.sam.dumps(template) returns the text of a template"),
    _Kind("gitlabgen.gitlab", "BaseJob", "put it into a pipeline: Pipeline(jobs=[…])"),
    _Kind("gitlabgen.sam", "BaseResource", "put it into a template: Template(resources=[…])"),
)
_LOADS: Final = "gitlabgen.loads(text) makes a pipeline from the text of a file, gitlabgen.sam.loads(text) a template"


def check_model(value: object, function: str, *names: str) -> None:
    """Check that a function gets a model of one of these classes.

    Args:
        value: The argument.
        function: The name of the function in `gitlabgen`, such as `sam.dumps`.
        names: The classes: `Project`, `Pipeline` or `Template`.

    Raises:
        ArgumentError: If it is something else.
    """
    kind = _kind_of(value)
    if kind is None or kind.name not in names:
        *others, last = (f"a {name}" for name in names)
        _refuse(value, function, f"{', '.join(others)} or {last}" if others else last, _model_hint(value))


def _kind_of(value: object) -> _Kind | None:
    return next((kind for kind in _KINDS if is_instance(value, kind.package, kind.name)), None)


def _model_hint(value: object) -> str | None:
    kind = _kind_of(value[0] if isinstance(value, list | tuple) and value else value)
    if kind is not None:
        return kind.hint
    if isinstance(value, str | bytes | os.PathLike):
        return _LOADS
    if isinstance(value, type):
        return f"write {value.__name__}(…)"
    return "call it" if isinstance(value, FunctionType) else None


def check_text(value: object, function: str) -> None:
    """Check that a function gets a text.

    Args:
        value: The argument.
        function: The name of the function in `gitlabgen`, such as `sam.dumps`.

    Raises:
        ArgumentError: If it is something else, such as a path or an open file.
    """
    if not isinstance(value, str | bytes):
        is_file = isinstance(value, os.PathLike) or hasattr(value, "read")
        hint = "read the file first: it takes the text" if is_file else None
        _refuse(value, function, "the text of a file", hint)


def file_hint(text: str) -> str | None:
    """Return a hint for a text that is the name of a file; None for any other text.

    Args:
        text: The text.
    """
    is_name = isinstance(text, str) and "\n" not in text and text.endswith((".yml", ".yaml", ".json"))
    return f"read the file first: Path({text!r}).read_text()" if is_name else None


def _refuse(value: object, function: str, taken: str, hint: str | None) -> NoReturn:
    found = Finding("wrong-argument", f"`gitlabgen.{function}` takes {taken}, got {_kind(value)}", hint=hint)
    raise ArgumentError(located(found, position(caller())))


def _kind(value: object) -> str:
    """Return what kind of value it is: "a Job", "the class Job", "None"."""
    if value is None or isinstance(value, type):
        return "None" if value is None else f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'AEIOUaeiou' else 'a'} {name}"
