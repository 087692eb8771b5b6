"""Pieces of configuration in hints: spelled as Python or as YAML, as the file in which the problem is."""

# Annotations are no strings here: a named tuple would compile each of them when the program starts.
import re
from typing import Any, Final, Literal, NamedTuple, TypeAlias

__all__ = ["LANGUAGES", "Hint", "Language", "Spelling", "as_flow", "assignment", "either", "spelled"]

Language: TypeAlias = Literal["python", "yaml"]
"""The language of the file that a finding is in."""

LANGUAGES: Final[tuple[Language, ...]] = ("python", "yaml")

_PLAIN: Final = r"[A-Za-z_./][\w./ -]*"
_NOT_PLAIN: Final = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


class Spelling(NamedTuple):
    """A text in both languages.

    Args:
        python: The text where the user wrote Python.
        yaml: The text where the user wrote YAML.
    """

    python: str
    yaml: str


Hint: TypeAlias = str | Spelling
"""What to do: a text that is the same in both languages, or one for each."""


def either(text: str, *parts: Spelling) -> Spelling:
    """Return a text with pieces of configuration in it.

    Args:
        text: The text, with `{}` for each piece.
        parts: The pieces.
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
    """Return a hint in a language.

    Args:
        hint: The hint.
        language: The language of the file that it is about.
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
    from json import dumps  # only for values that are not plain words, and slow to load

    return dumps(value, ensure_ascii=False)
