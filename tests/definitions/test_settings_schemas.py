"""The JSON schema of settings accepts exactly what the settings themselves accept."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any, Final, Literal, NewType, Union

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.definitions.settings import Problems, structured
from gitlabgen.definitions.settings_schemas import Schema, settings_schema


class Stage(Enum):
    """Words of a closed list."""

    QA = "qa"
    PROD = "prod"


class Level(IntEnum):
    """Numbers of a closed list."""

    LOW = 1
    HIGH = 2


class Strange(Enum):
    """Values that no file can contain."""

    NOTHING = None


@attrs.frozen
class Inner:
    """A nested class.

    Args:
        size: The size in MB,
            from 1.
    """

    size: int = 1


@attrs.frozen
class Named:
    """A class with a setting that must be given."""

    name: str


@attrs.frozen
class Tree:
    """A class that contains itself."""

    children: list[Tree] = attrs.field(factory=list)
    parent: Tree | None = None


@attrs.define
class Base:
    """A base.

    Args:
        inherited: A text of the base.
    """

    inherited: str | None = None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@attrs.define
class Special(Base):
    """A class with unusual fields.

    And a second paragraph.
    """

    _hidden: str = "x"
    made: int = attrs.field(default=3, init=False)
    words: tuple[str, ...] = attrs.field(factory=str, converter=_words)
    renamed: int = attrs.field(default=1, alias="other")
    named: bool = attrs.field(default=True, kw_only=True)


Id = NewType("Id", str)

ANNOTATIONS: Final[list[Any]] = [
    str,
    int,
    float,
    bool,
    Any,
    object,
    type(None),
    Decimal,
    Id,
    bytes,
    set[str],
    list,
    list[int],
    list[list[str]],
    tuple,
    tuple[int, ...],
    tuple[int, str],
    tuple[()],
    Sequence,
    Sequence[float],
    dict,
    dict[str, int],
    dict[Any, int],
    dict[int, int],
    Mapping,
    Mapping[str, Inner],
    Mapping[Literal["qa", "prod"], int],
    Mapping[Stage, Inner | bool],
    Literal["a", "b"],
    Literal["a", 1, True],
    Literal[None],  # noqa: PYI061 - the annotation is the subject
    Literal[0],
    Stage,
    Level,
    Strange,
    int | None,
    int | str,
    Inner | Named,
    list[int] | Literal["all"] | None,
    Mapping[str, str | None],
    Inner,
    Named,
    Tree,
    Base,
    Special,
    Special | str,
    list[Tree | Inner],
]


def made(annotation: Any) -> type[Any]:
    """Return a class with one setting of an annotation."""
    return attrs.make_class("Settings", {"setting": attrs.field(type=annotation)})


def accepted(annotation: Any, data: Any) -> bool:
    """Return whether the settings accept a value."""
    problems: Problems = []
    structured(annotation, data, (), problems)
    return not problems


def described(schema: Schema, data: Any) -> bool:
    """Return whether a schema accepts a value."""
    return bool(jsonschema.Draft202012Validator(schema).is_valid(data))


VALUES: Final[list[Any]] = [
    "",
    "a",
    "b",
    "qa",
    "1",
    0,
    1,
    2,
    -7,
    True,
    False,
    1.5,
    [],
    ["a"],
    [1],
    [1, 2],
    [1, "x"],
    [1, "x", 2],
    [1.5, True],
    [[]],
    [["a"], []],
    [{}],
    [{"size": 2}],
    [{"children": [{}]}],
    {},
    {"a": 1},
    {"a": "x"},
    {"qa": 1, "prod": 2},
    {"qa": {}, "prod": True},
    {"qa": {"size": 1}},
    {"prd": 1},
    {"1": 1},
    {"size": 1},
    {"size": "1"},
    {"size": 1, "more": 1},
    {"name": "x"},
    {"name": 1},
    {"children": []},
    {"children": [{"children": [{}, {}]}]},
    {"children": [{"children": [1]}]},
    {"parent": {"parent": {}}},
    {"inherited": "x"},
    {"inherited": []},
    {"hidden": "x", "other": 1},
    {"_hidden": "x"},
    {"renamed": 1},
    {"made": 1},
    {"words": "a b", "named": False},
    {"named": 0},
]


@pytest.mark.parametrize("annotation", ANNOTATIONS, ids=str)
def test_the_schema_accepts_what_the_settings_accept(annotation: Any) -> None:
    """For each annotation and each value, the schema and the settings agree."""
    schema = settings_schema(made(annotation))
    jsonschema.Draft202012Validator.check_schema(schema)
    json.dumps(schema, allow_nan=False)
    differing = [value for value in VALUES if accepted(annotation, value) != described(schema, {"setting": value})]
    assert differing == []


def trees() -> st.SearchStrategy[Any]:
    """Return data as a TOML file can contain it; numbers without a fraction are integers, as in JSON."""
    numbers = st.integers() | st.floats(allow_nan=False).filter(
        lambda number: number != int(number) if abs(number) < 1e300 else False
    )
    keys = st.sampled_from(["size", "name", "children", "qa", "a"]) | st.text(max_size=3)
    scalars = st.booleans() | numbers | keys
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=6
    )


@given(st.sampled_from(ANNOTATIONS), trees())
def test_random_values(annotation: Any, data: Any) -> None:
    """The schema and the settings agree about any data."""
    assert accepted(annotation, data) == described(settings_schema(made(annotation)), {"setting": data})


def nested_annotations() -> st.SearchStrategy[Any]:
    """Return random nested annotations."""
    return st.recursive(
        st.sampled_from([str, int, bool, Any, Literal["a", 1], Stage, Inner, Tree]),
        lambda inner: (
            st.builds(lambda one: list[one], inner)  # type: ignore[valid-type]
            | st.builds(lambda one: dict[str, one], inner)  # type: ignore[valid-type]
            | st.builds(lambda one, other: tuple[one, other], inner, inner)  # type: ignore[valid-type]
            | st.builds(lambda one, other: Union[one, other], inner, inner)  # noqa: UP007 - as a definition may write it
        ),
        max_leaves=4,
    )


@given(nested_annotations(), trees())
def test_random_annotations(annotation: Any, data: Any) -> None:
    """The schema and the settings agree about any annotation made of others."""
    assert accepted(annotation, data) == described(settings_schema(made(annotation)), {"setting": data})


@pytest.mark.parametrize(
    ("annotation", "value", "written"),
    [
        (dt.date, dt.date(2026, 11, 30), "2026-11-30"),
        (dt.time, dt.time(7, 32, 0, 500), "07:32:00.000500"),
        (dt.datetime, dt.datetime(2026, 11, 30, 7, 32), "2026-11-30T07:32:00"),  # noqa: DTZ001 - a local time of TOML
        (dt.datetime, dt.datetime(2026, 11, 30, 7, 32, tzinfo=dt.UTC), "2026-11-30T07:32:00+00:00"),
    ],
)
def test_dates(annotation: Any, value: Any, written: str) -> None:
    """A date is described by its text, because JSON has no dates; other texts are refused."""
    schema = settings_schema(made(annotation))
    assert value.isoformat() == written
    assert accepted(annotation, value)
    assert described(schema, {"setting": written})
    for other in ("x", f"{written}x", 1, ""):
        assert not described(schema, {"setting": other})
    kinds = {dt.date: "2026-11-30", dt.time: "07:32", dt.datetime: "2026-11-30 07:32:00Z"}
    assert [kind for kind, text in kinds.items() if described(schema, {"setting": text})] == [annotation]


def test_the_schema_describes_the_settings() -> None:
    """Names, texts, defaults and what must be given are in the schema, for inherited fields too."""
    assert settings_schema(Special) == {
        "title": "Special",
        "description": "A class with unusual fields.",
        "type": "object",
        "properties": {
            "inherited": {"type": "string", "description": "A text of the base."},
            "hidden": {"type": "string", "default": "x"},
            "words": {},
            "other": {"type": "integer", "default": 1},
            "named": {"type": "boolean", "default": True},
        },
        "additionalProperties": False,
    }
    assert settings_schema(Named)["required"] == ["name"]
    assert settings_schema(Named)["properties"] == {"name": {"type": "string"}}
    assert settings_schema(Inner)["properties"]["size"]["description"] == "The size in MB, from 1."


def test_a_class_that_contains_itself() -> None:
    """A recursive class is described once."""
    schema = settings_schema(Tree)
    assert schema["properties"]["children"]["items"] == {"$ref": "#/$defs/Tree"}
    assert list(schema["$defs"]) == ["Tree"]
    assert schema["$defs"]["Tree"]["properties"] == schema["properties"]


def test_classes_with_the_same_name() -> None:
    """Two classes with the same name have different schemas."""
    first, second = attrs.make_class("Same", ["a"]), attrs.make_class("Same", ["b"])
    both = attrs.make_class("Both", {"x": attrs.field(type=first), "y": attrs.field(type=second), "z": attrs.field(type=first)})
    schema = settings_schema(both)
    assert [schema["properties"][key]["$ref"] for key in "xyz"] == ["#/$defs/Same", "#/$defs/Same2", "#/$defs/Same"]
    assert list(schema["$defs"]["Same2"]["properties"]) == ["b"]


def test_no_settings() -> None:
    """A blueprint without settings accepts an empty table only."""
    assert described(settings_schema(None), {})
    assert not described(settings_schema(None), {"a": 1})


DEFAULTS: Final[list[tuple[Any, Any]]] = [
    ("x", "x"),
    (1.5, 1.5),
    ((1, ("a",)), [1, ["a"]]),
    ({"a": [1]}, {"a": [1]}),
    (Stage.PROD, "prod"),
    ({Stage.QA: 1}, {"qa": 1}),
    (dt.date(2026, 11, 30), "2026-11-30"),
    (attrs.Factory(list), []),
    (attrs.Factory(dict), {}),
    (None, None),
    (float("inf"), None),
    ([None], None),
    ({"a": None}, None),
    ({1: "a"}, None),
    (Inner(), None),
    (attrs.Factory(Inner), None),
    (attrs.Factory(vars, takes_self=True), None),
]


@pytest.mark.parametrize(("default", "shown"), DEFAULTS)
def test_defaults(default: Any, shown: Any) -> None:
    """A default is shown as the file would write it; what a file cannot write, or code computes, is not shown."""
    schema = settings_schema(attrs.make_class("Settings", {"a": attrs.field(default=default, type=Any)}))
    assert schema["properties"]["a"] == ({} if shown is None else {"default": shown})
    assert "required" not in schema
