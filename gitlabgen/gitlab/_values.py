"""Kinds of values that many keywords share, with the checks that GitLab makes on them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias, Union

from gitlabgen.shapes import NULL, Misfit, leaves

if TYPE_CHECKING:
    from gitlabgen.gitlab.base_job import BaseJob
    from gitlabgen.gitlab.conditions import Condition, Var
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Duration", "Flag", "If", "JobName", "Lines", "Scalar", "Strings", "Text", "VariableScalars", "between", "is_set"]

_UNITS: Final = (
    "seconds|second|secs|sec|s|minutes|minute|mins|min|m|hours|hour|hrs|hr|h|days|day|dy|d|"
    "weeks|week|wks|wk|w|months|month|mos|mo|years|year|yrs|yr|y"
)
# Texts, which `re` compiles when they are first used: most pipelines have no duration, and pay nothing.
_DURATION: Final = rf"(?i)(?:\s*(?:and|with|plus|,)?\s*(?:\d+(?:\.\d+)?|\.\d+)\s*(?:{_UNITS})\b)+\s*"
_UNSPACED: Final = rf"(?i)\s*(?:\d+(?:\.\d+)?(?:{_UNITS}))+\s*"
_CLOCK: Final = r"\s*\d+(?::\d{1,2}){1,3}\s*"


@lru_cache(maxsize=1024)
def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    known = text == "never" or text.startswith("$") or text.isdigit()
    if not known and not any(re.fullmatch(pattern, text) for pattern in (_DURATION, _UNSPACED, _CLOCK)):
        raise Misfit(f"should be a duration, got {value!r}", "write '30 minutes', '1h 30m' or '2 weeks'")
    return value


@leaves(str)
def _name_of(value: Any) -> Any:
    return value if isinstance(value, str) or not hasattr(value, "name") else value.name


@leaves(str)
def _condition_text(value: Any) -> Any:
    if type(value).__name__ in ("Var", "Condition"):
        from gitlabgen.gitlab.conditions import as_condition

        return as_condition(value).text
    return value


def is_set(value: Any) -> bool:
    """Return whether a keyword says anything: GitLab takes one that is written `null` for one that is not written."""
    return value is not None and value is not NULL


def between(low: int, high: int) -> Any:
    """Return a check that a number lies in a range, for use in `Annotated`."""

    def check(value: Any) -> Any:
        if isinstance(value, int) and not low <= value <= high:
            words = f"must be greater than or equal to {low}" if value < low else f"must be less than or equal to {high}"
            raise Misfit(f"{words}, got {value}")
        return value

    return check


Text: TypeAlias = Union[str, "Reference"]
"""A string, or a reference to one."""

Flag: TypeAlias = Union[bool, "Reference"]
"""A boolean, or a reference to one."""

Scalar: TypeAlias = str | int | float | bool
"""What a variable may hold."""

Strings: TypeAlias = Union[Sequence[str], "Reference"]
"""A list of strings; a reference stands for the whole list."""

Lines: TypeAlias = Union[str, Sequence[Union[str, "Reference", Sequence[object]]], "Reference"]
"""Lines of a script: one string, or a list in which references and nested lists are flattened."""

VariableScalars: TypeAlias = Union[Mapping[str, Scalar], "Reference"]
"""Variables without descriptions."""

Duration: TypeAlias = Annotated[Union[str, "Reference"], _duration]
"""A duration in words, such as `1 hour 30 minutes`."""

JobName: TypeAlias = Annotated[Union[str, "BaseJob"], _name_of]
"""A job or its name; the name is what is kept."""

If: TypeAlias = Annotated[Union[str, "Condition", "Var", "Reference"], _condition_text]
"""A condition; its text is what is kept."""
