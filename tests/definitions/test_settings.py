"""Settings: conversion of plain data to annotated classes, with all problems."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, IntEnum
from typing import Any, Literal

import attrs
import pytest

from gitlabgen.definitions.settings import Problems, structured


@attrs.frozen
class Inner:
    """A nested class."""

    size: int = 1


@attrs.frozen
class Other:
    """A class with other settings."""

    name: str


class Stage(Enum):
    """Words of a closed list."""

    QA = "qa"
    PROD = "prod"


class Level(IntEnum):
    """Numbers of a closed list."""

    LOW = 1
    HIGH = 2


def _words(text: str) -> tuple[str, ...]:
    return tuple(str.split(text))


@attrs.define
class Outer:
    """A class with private, converted and computed fields."""

    _hidden: str = "x"
    made: int = attrs.field(default=3, init=False)
    words: tuple[str, ...] = attrs.field(factory=str, converter=_words)
    inner: Inner | Other | None = None


@attrs.frozen
class Picky:
    """A class that rejects values that its annotations allow."""

    size: Any = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.instance_of(str)))
    name: str = ""

    def __attrs_post_init__(self) -> None:
        """Reject all values."""
        raise ValueError


def _lower(text: str) -> str:
    if text.isupper():
        return text.lower()
    raise ValueError("no luck")


@attrs.define
class Range:
    """A class that checks its values in every way."""

    count: int = attrs.field(default=0)
    text: str = attrs.field(default="A", converter=_lower)
    size: int = attrs.field(default=1, converter=int)
    low: int = 0
    high: int = 9

    @count.validator
    def _is_small(self, _attribute: Any, value: int) -> None:
        if value > 5:
            raise ValueError("too large")

    def __attrs_post_init__(self) -> None:
        """Compare the values."""
        if self.low > self.high:
            raise ValueError("`low` should be below `high`")
        if self.low == 7:
            raise ValueError("no luck")


def problems_of(annotation: Any, data: Any) -> list[tuple[str, str, str | None]]:
    """Return the problems with the data."""
    problems: Problems = []
    structured(annotation, data, ("s",), problems)
    return [(".".join(problem.keys), problem.message, problem.hint or problem.replacement) for problem in problems]


@pytest.mark.parametrize(
    ("annotation", "data", "made"),
    [
        (str, "x", "x"),
        (int, 1, 1),
        (float, 1, 1.0),
        (float, 1.5, 1.5),
        (bool, True, True),
        (Any, [1], [1]),
        (object, {"a": 1}, {"a": 1}),
        (dt.date, dt.date(2020, 1, 1), dt.date(2020, 1, 1)),
        (list[int], [1, 2], [1, 2]),
        (tuple[int, ...], [1, 2], (1, 2)),
        (Sequence[float], [1], (1.0,)),
        (list, [1, "x"], [1, "x"]),
        (tuple, [1, "x"], (1, "x")),
        (Sequence, [1], (1,)),
        (tuple[int, str], [1, "x"], (1, "x")),
        (tuple[()], [], ()),
        (Mapping, {"a": [1]}, {"a": [1]}),
        (Stage, "prod", Stage.PROD),
        (Level, 2, Level.HIGH),
        (Mapping[Stage, int], {"prod": 1}, {Stage.PROD: 1}),
        (dict, {"a": 1}, {"a": 1}),
        (dict[str, Inner], {"a": {"size": 2}}, {"a": Inner(2)}),
        (Mapping[str, int], {"a": 1}, {"a": 1}),
        (Literal["a", 1], 1, 1),
        (int | None, 3, 3),
        (int | str, "x", "x"),
        (Inner | Other, {"name": "x"}, Other("x")),
        (Outer, {"hidden": "y", "words": "a b", "inner": {}}, Outer("y", "a b", Inner())),
        (Outer, {}, Outer()),
    ],
)
def test_data_is_converted(annotation: Any, data: Any, made: Any) -> None:
    """Valid data is converted to an object of the annotated type."""
    problems: Problems = []
    result = structured(annotation, data, (), problems)
    assert (result, type(result), problems) == (made, type(made), [])


@pytest.mark.parametrize(
    ("annotation", "data", "problems"),
    [
        (str, 1, [("s", "should be a string, got 1", '"1"')]),
        (str, [], [("s", "should be a string, got []", None)]),
        (int, True, [("s", "should be an integer, got True", None)]),
        (int, "1", [("s", "should be an integer, got '1'", None)]),
        (bool, 1, [("s", "should be true or false, got 1", None)]),
        (float, "x", [("s", "should be a number, got 'x'", None)]),
        (dt.date, "x", [("s", "should be a date, got 'x'", None)]),
        (Sequence[int], "x", [("s", "should be a list, got 'x'", None)]),
        (dict[str, int], [], [("s", "should be a table, got []", None)]),
        (
            list[int],
            [1, "x", "y"],
            [("s.1", "should be an integer, got 'x'", None), ("s.2", "should be an integer, got 'y'", None)],
        ),
        (Mapping[Literal["dev"], int], {"dve": 1}, [("s.dve", "should be one of dev, got 'dve'", "did you mean `dev`?")]),
        (Literal["a", 1], True, [("s", "should be one of a, 1, got True", None)]),
        (tuple[int, str], [1], [("s", "should be a list with 2 items, got [1]", None)]),
        (tuple[()], [1], [("s", "should be a list with 0 items, got [1]", None)]),
        (tuple[int, str], [1, 2], [("s.1", "should be a string, got 2", '"2"')]),
        (tuple, {}, [("s", "should be a list, got {}", None)]),
        (Stage, "prd", [("s", "should be one of qa, prod, got 'prd'", "did you mean `prod`?")]),
        (Level, True, [("s", "should be one of 1, 2, got True", None)]),
        (int | None, "x", [("s", "should be an integer, got 'x'", None)]),
        (int | str, 1.5, [("s", "should be an integer or a string, got 1.5", '"1.5"')]),
        (int | Inner, {"size": "x"}, [("s.size", "should be an integer, got 'x'", None)]),
        (Inner, 3, [("s", "should be a table, got 3", None)]),
        (Inner, {"sise": 1}, [("s.sise", "is not a setting of the blueprint", "did you mean `size`?")]),
        (Other, {"zz": 1}, [("s.zz", "is not a setting of the blueprint", "use one of name"), ("s.name", "is missing", None)]),
        (Outer, {"made": 1}, [("s.made", "is not a setting of the blueprint", "use one of hidden, words, inner")]),
        (
            Outer,
            {"words": 1},
            [("s.words", "is not valid: descriptor 'split' for 'str' objects doesn't apply to a 'int' object", None)],
        ),
        (Picky, {"name": "x"}, [("s", "is not valid: ", None)]),
    ],
)
def test_all_problems_are_reported(annotation: Any, data: Any, problems: list[tuple[str, str, str | None]]) -> None:
    """Each problem has the path to the value, a message, and a hint or the value to write."""
    assert problems_of(annotation, data) == problems


def test_the_error_of_a_validator_has_its_field() -> None:
    """The error of a validator is reported at the field's key."""
    (problem,) = problems_of(Picky, {"size": 2})
    assert problem[0] == "s.size"
    assert problem[1].startswith("is not valid: 'size' must be <class 'str'>")


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({"count": 9, "low": 1}, "s.count"),
        ({"low": 1, "size": "x"}, "s.size"),
        ({"low": 1, "size": 3, "text": "x"}, "s.text"),
        ({"low": 4, "high": 2}, "s.low"),
        ({"high": -2}, "s.high"),
        ({"low": 7, "high": 8}, "s"),
    ],
)
def test_the_error_of_a_class_has_its_field(data: dict[str, Any], path: str) -> None:
    """An error of any validator or converter, or of the class that names a field, is reported at the field's key."""
    assert [problem[0] for problem in problems_of(Range, data)] == [path]


def test_any_data_is_handled() -> None:
    """Any unexpected data is reported, and never raises an exception."""
    kinds: list[Any] = [
        str,
        int,
        float,
        bool,
        list[str],
        tuple[int, ...],
        dict[str, Inner],
        Literal["a"],
        Inner | Other,
        int | None,
    ]
    samples: list[Any] = ["", 1, 1.5, True, [], [[]], {}, {"": {}}, dt.time(1)]
    refuse: Callable[[Any, Any], object] = problems_of
    for kind in kinds:
        for sample in samples:
            refuse(kind, sample)
