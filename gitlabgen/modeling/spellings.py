"""Configuration in hints and messages, written as Python or YAML, depending on the file that has the problem."""

# Annotations are not strings here, because a named tuple would compile each of them when the program starts.
import re
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias

__all__ = ["LANGUAGES", "Edit", "Hint", "Language", "Made", "Spelling", "as_flow", "as_python", "assignment", "either", "spelled"]

Language: TypeAlias = Literal["python", "yaml"]
"""The language of the file that has a problem."""

LANGUAGES: Final[tuple[Language, ...]] = ("python", "yaml")

_PLAIN: Final = r"(?:[A-Za-z_/$]|\.(?=[A-Za-z_/]))(?:[\w./$*@+^%=~!&| -]|:(?=\w))*"
_NOT_PLAIN: Final = r"(?i)true|false|null|yes|no|on|off|y|n|\.?nan|\.?inf|e\d+"


class Spelling(NamedTuple):
    """A text for both languages.

    Args:
        python: The text for Python files.
        yaml: The text for YAML files.
    """

    python: str
    yaml: str


class Made(NamedTuple):
    """A model in a hint: a call in Python, and a mapping in YAML.

    Args:
        cls: The class.
        positional: The first positional arguments.
        named: The other arguments, by name.
        keys: All arguments, by their keywords in the file.
    """

    cls: type
    positional: tuple[Any, ...]
    named: Mapping[str, Any]
    keys: Mapping[str, Any]


class Edit(NamedTuple):
    """A value to write in place of an invalid one.

    Args:
        value: A plain value, or one with `Made`.
        name: The keyword in Python, or the key of a mapping; None for an item of a list.
        key: The keyword in the file; None for the key of a mapping, which is the same in both languages.
    """

    value: Any
    name: str | None = None
    key: str | None = None


Hint: TypeAlias = str | Spelling | Edit
"""How to fix a problem: one text for both languages, one for each, or a value to write."""


def either(text: str, *parts: Spelling) -> Spelling:
    """Return a text with configuration inserted, for both languages.

    Args:
        text: The text, with `{}` for each part.
        parts: The parts.
    """
    return Spelling(text.format(*(part.python for part in parts)), text.format(*(part.yaml for part in parts)))


def assignment(name: str, value: Any, key: str | None = None) -> Spelling:
    """Return a keyword with its value: `needs=['build']` in Python, `needs: [build]` in YAML.

    Args:
        name: The keyword's name in Python.
        value: A plain value.
        key: The keyword in the file, if it is not the name.
    """
    return Spelling(f"`{name}={as_python(value)}`", f"`{key or name.rstrip('_')}: {_flow(value)}`")


def spelled(hint: Hint | None, language: Language) -> str | None:
    """Return a hint for a language.

    Args:
        hint: The hint.
        language: The language of the file.
    """
    if isinstance(hint, Edit):
        hint = either("write {}", _written(hint))
    return (getattr(hint, language) or None) if isinstance(hint, Spelling) else hint


def _written(edit: Edit) -> Spelling:
    if edit.name is not None and edit.key is not None:
        return assignment(edit.name, edit.value, edit.key)
    python, yaml = as_python(edit.value), _flow(edit.value)
    if edit.name is None:
        return Spelling(f"`{python}`", f"`{yaml}`")
    return Spelling(f"`{edit.name!r}: {python}`", f"`{_flow(edit.name)}: {yaml}`")


def as_python(value: Any) -> str:
    """Return a value as Python, with lists for tuples.

    Args:
        value: Any value.
    """
    if isinstance(value, Made):
        named = (f"{name}={as_python(item)}" for name, item in value.named.items())
        return f"{value.cls.__name__}({', '.join([*map(as_python, value.positional), *named])})"
    if type(value) in (list, tuple):
        return f"[{', '.join(map(as_python, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {as_python(item)}' for key, item in value.items())}}}"
    return repr(value)


def as_flow(value: Any) -> str | None:
    """Return a value as YAML on one line; None for a value that is not plain.

    Args:
        value: Any value.
    """
    try:
        return _flow(value)
    except (TypeError, ValueError, RecursionError):
        return None


def _flow(value: Any) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, Made):
        value = dict(value.keys)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, str) and re.fullmatch(_PLAIN, value) and not re.fullmatch(_NOT_PLAIN, value) and value == value.strip():
        return value
    if isinstance(value, str) and value.isprintable() and "'" not in value and ('"' in value or "\\" in value):
        return f"'{value}'"
    if getattr(type(value), "keyword", None) == "!reference":
        return f"!reference {_flow(value.path)}"
    if hasattr(value, "tag"):
        return f"{value.tag} {_flow(value.value)}"
    from json import dumps  # only for values that are not plain words, and slow to load

    return dumps(value, ensure_ascii=False)
