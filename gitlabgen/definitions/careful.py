"""Ask objects of the user's code, whose special methods may do anything, without running into their errors."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Final, TypeVar

__all__ = ["attempt", "is_kind", "text_of", "traceback_of", "type_name"]

_T = TypeVar("_T")
_LONGEST: Final = 300


def attempt(function: Callable[[], _T], otherwise: _T) -> _T:
    """Return the result of a function; another value if it raises anything, or ends the program.

    Args:
        function: The function.
        otherwise: The other value.
    """
    try:
        return function()
    except BaseException:  # noqa: BLE001 - the user's code decides what it raises
        return otherwise


def is_kind(error: BaseException, *kinds: type[BaseException]) -> bool:
    """Return whether an exception is of one of these classes, whatever it says of itself.

    Args:
        error: The exception.
        kinds: The classes.
    """
    return issubclass(type(error), kinds)


def type_name(value: object) -> str:
    """Return the name of a value's class.

    Args:
        value: The value.
    """
    name = attempt(lambda: type.__dict__["__name__"].__get__(type(value)), "")
    return name if type(name) is str else "object"


def text_of(error: BaseException) -> str:
    """Return the message of an exception on one line, and not too long; empty if it cannot say it.

    Args:
        error: The exception.
    """
    text = attempt(lambda: str.__getitem__(str(error), slice(0, 10 * _LONGEST)), "")
    return " ".join(text.split())[:_LONGEST]


def traceback_of(error: BaseException) -> TracebackType | None:
    """Return where an exception was raised.

    Args:
        error: The exception.
    """
    found: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    return found
