"""Configuration in hints, written as Python or YAML, depending on the file that has the problem."""

# Annotations are not strings here, because a named tuple would compile each of them when the program starts.
import re
from typing import Any, Final, Literal, NamedTuple, TypeAlias

__all__ = ["LANGUAGES", "Hint", "Language", "Spelling", "as_flow", "assignment", "either", "spelled"]

Language: TypeAlias = Literal["python", "yaml"]
"""The language of the file that has a problem."""

LANGUAGES: Final[tuple[Language, ...]] = ("python", "yaml")

_PLAIN: Final = r"[A-Za-z_./][\w./ -]*"
_NOT_PLAIN: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


class Spelling(NamedTuple):
    """A text for both languages.

    Args:
        python: The text for Python files.
        yaml: The text for YAML files.
    """

    python: str
    yaml: str


Hint: TypeAlias = str | Spelling
"""How to fix a problem: one text for both languages, or one for each."""


def either(text: str, *parts: Spelling) -> Spelling:
    """Return a text with configuration inserted, for both languages.

    Args:
        text: The text, with `{}` for each part.
        parts: The parts.
    """
    return Spelling(text.format(*(part.python for part in parts)), text.format(*(part.yaml for part in parts)))


def assignment(name: str, value: Any) -> Spelling:
    """Return a keyword with its value: `needs=['build']` in Python, `needs: [build]` in YAML.

    Args:
        name: The keyword's name in Python.
        value: A plain value.
    """
    return Spelling(f"{name}={value!r}", f"`{name.rstrip('_')}: {_flow(value)}`")


def spelled(hint: Hint | None, language: Language) -> str | None:
    """Return a hint for a language.

    Args:
        hint: The hint.
        language: The language of the file.
    """
    return (getattr(hint, language) or None) if isinstance(hint, Spelling) else hint


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
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, str) and re.fullmatch(_PLAIN, value) and value.lower() not in _NOT_PLAIN and value == value.strip():
        return value
    if getattr(type(value), "keyword", None) == "!reference":
        return f"!reference {_flow(value.path)}"
    if hasattr(value, "tag"):
        return f"{value.tag} {_flow(value.value)}"
    from json import dumps  # only for values that are not plain words, and slow to load

    return dumps(value, ensure_ascii=False)
