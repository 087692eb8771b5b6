"""The models against GitLab's JSON schema: key by key, word by word and shape by shape.

The walk starts at a whole file and goes through both side by side. What next month's schema knows and the models do not
is named as `Class.keyword`, as `Class.keyword: 'word'` or as `Class.keyword: type`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from gitlabgen import BaseJob, HiddenJob, Pipeline, Reference, Stage
from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.kinds import Anything, Checked, ItemsOf, MappingOf, ModelNamed, OneOf, Scalar, Shape, Word
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from tests.gitlab.classes import CLASSES
from tools import vocabulary

SCHEMA = vocabulary.schema()

# Everything in which they differ, and why.
DIFFERENCES = {
    "Pipeline.$schema": "for editors; GitLab takes it for a job",
    "Pipeline.!reference": "the schema's way to name the tag",
    "Default.!reference": "the schema's way to name the tag",
    "Pipeline.pages": "a job like others",
    "Pipeline.jobs": "no key: each key that is no keyword is a job",
    "HiddenJob.name": "the key of the block",
    "HiddenJob.content": "what is no mapping of keywords",
    "HiddenJob.stage: array": "the schema's way to allow a reference",
    "HiddenJob.tags[]: array": "the schema's way to allow a reference, which GitLab does not resolve there",
    "Default.tags[]: array": "as in jobs",
    "HiddenJob.rules[]: string": "GitLab refuses it",
    "Include.rules[]: string": "GitLab refuses it",
    "HiddenJob.when: 'never'": "GitLab refuses it on a job",
    "Inherit.default[]: 'hooks'": "GitLab takes each keyword of `default`; the schema has not followed",
    "Inherit.default[]: 'id_tokens'": "as `hooks`",
    "Inherit.default[]: 'identity'": "as `hooks`",
    "Matrix.matrix[]{}: number": "GitLab takes integers only",
    "Reports.license_management": "GitLab has taken it away",
    "Service.variables{}: object": "the models take plain values only",
}


def resolved(nodes: Iterable[Any], schema: dict[str, Any]) -> Iterator[Any]:
    """Yield the alternatives of nodes, with what references stand for."""
    for node in nodes:
        if "$ref" in node:
            yield from resolved([schema["definitions"][node["$ref"].removeprefix("#/definitions/")]], schema)
        else:
            yield node
            yield from resolved((inner for key in ("oneOf", "anyOf", "allOf") for inner in node.get(key, ())), schema)


def shapes_in(shape: OneOf) -> Iterator[Shape]:
    """Yield the alternatives that are written into files; references stand anywhere."""
    for alternative in shape.shapes:
        if isinstance(alternative, Checked):
            yield from shapes_in(alternative.inner)
        elif not isinstance(alternative, ModelNamed) or alternative.name not in (
            "BaseJob",
            "Condition",
            "Reference",
            "Stage",
            "Var",
        ):
            yield alternative


def types_of(node: Any) -> Iterator[str]:
    """Yield the JSON types that a node of the schema takes."""
    types = node.get("type", ())
    yield from [types] if isinstance(types, str) else types
    if "type" not in node and any(words_of(node)):
        yield "string"


def taken(shape: Shape) -> tuple[str, ...]:
    """Return the JSON types that an alternative takes."""
    match shape:
        case Scalar():
            return {str: ("string",), int: ("integer",), float: ("number",), bool: ("boolean",)}[shape.type]
        case Word():
            return ("string",)
        case ItemsOf():
            return ("array",)
    return ("object",)


def words_of(node: Any) -> list[Any]:
    """Return the closed list of words of a node."""
    return [*node.get("enum", ()), *([node["const"]] if "const" in node else ())]


def values_of(node: Any) -> Iterator[Any]:
    """Yield what a mapping's values may be."""
    yield from node.get("patternProperties", {}).values()
    if isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]


_Part = tuple[str, list[Shape], list[Any]]


def parts_of(where: str, shape: OneOf, nodes: Iterable[Any], schema: dict[str, Any]) -> Iterator[_Part]:
    """Yield a keyword's place, alternatives and nodes, then the same for what lists and mappings hold."""
    known, found = list(shapes_in(shape)), list(resolved(nodes, schema))
    yield where, known, found
    for inner in known:
        if isinstance(inner, ItemsOf):
            yield from parts_of(f"{where}[]", inner.item, [node["items"] for node in found if "items" in node], schema)
        elif isinstance(inner, MappingOf):
            yield from parts_of(f"{where}{{}}", inner.value, [value for node in found for value in values_of(node)], schema)


def keys_of(nodes: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the nodes of each key that one of these nodes knows."""
    keys: dict[str, list[Any]] = {}
    for node in nodes:
        for key, inner in node.get("properties", {}).items():
            keys.setdefault(key, []).append(inner)
    return keys


def names_of(cls: type[Model]) -> dict[str, str]:
    """Return the field of each key that a class knows."""
    return {name.rstrip("_"): name for name in plan_of(cls).names.difference(OWN_FIELDS)}


def places_of(schema: dict[str, Any]) -> dict[type[Model], list[Any]]:
    """Return the nodes of each class: all places of the schema that hold one."""
    places: dict[type[Model], list[Any]] = {}
    waiting: list[tuple[type[Model], list[Any]]] = [(Pipeline, [schema]), (HiddenJob, [schema["definitions"]["job_template"]])]
    while waiting:
        cls, nodes = waiting.pop()
        known = places.setdefault(cls, [])
        new = [node for node in resolved(nodes, schema) if not any(node is old for old in known)]
        known += new
        for key, name in names_of(cls).items():
            for _, alternatives, found in parts_of("", plan_of(cls).shapes[name], keys_of(new).get(key, ()), schema):
                blocks = [node for node in found if "properties" in node]
                models_here = [inner for inner in alternatives if isinstance(inner, ModelNamed)]
                loaded = (inner.load() for inner in models_here)
                classes = [model for model in loaded if model is not None and issubclass(model, Model)]
                waiting += [(found, blocks) for found in classes if blocks]
    return places


def differences(schema: dict[str, Any]) -> set[str]:
    """Return everything in which the models and a schema differ."""
    places = places_of(schema)
    found = {cls.__name__ for cls in CLASSES if cls not in places and not issubclass(cls, BaseJob | Reference | Stage)}
    for cls, nodes in places.items():
        keys, names = keys_of(nodes), names_of(cls)
        found |= {f"{cls.__name__}.{key}" for key in keys.keys() ^ names.keys()}
        for key in keys.keys() & names.keys():
            for part in parts_of(f"{cls.__name__}.{key}", plan_of(cls).shapes[names[key]], keys[key], schema):
                found.update(what_differs(*part))
    return found


def what_differs(where: str, known: list[Shape], nodes: list[Any]) -> Iterator[str]:
    """Yield the types that only the schema takes, and the words that only one side knows."""
    if any(isinstance(inner, Anything) for inner in known):
        return
    types = {type_ for node in nodes for type_ in types_of(node)} - {"null"}
    yield from (f"{where}: {type_}" for type_ in types.difference(*map(taken, known)))
    ours = {word for inner in known if isinstance(inner, Word) for word in inner.words}
    theirs = {word for node in nodes for word in words_of(node)}
    # Where any text does, the schema's words are examples.
    if not any(isinstance(inner, Scalar) and inner.type is str for inner in known):
        yield from (f"{where}: {word!r}" for word in ours ^ theirs)


IN_SCHEMA = sorted(places_of(SCHEMA), key=lambda cls: cls.__name__)
# What the table does not explain is named by one test, and not again by those that change the schema.
NOW = differences(SCHEMA)


def test_only_known_differences() -> None:
    """The models and the schema differ in nothing but what the table explains."""
    new, gone = sorted(NOW - {*DIFFERENCES}), sorted({*DIFFERENCES} - NOW)
    assert new == [], (
        f"The models and GitLab's schema differ in {', '.join(new)}. Follow the schema, or add each to DIFFERENCES in"
        " tests/gitlab/test_schema.py, with the reason."
    )
    assert gone == [], f"They agree on {', '.join(gone)} now: take it out of DIFFERENCES in tests/gitlab/test_schema.py."


@pytest.mark.parametrize("cls", IN_SCHEMA, ids=lambda cls: cls.__name__)
def test_a_newer_keyword_is_named(cls: type[Model]) -> None:
    """A keyword that only a newer schema knows is named with the class that lacks it."""
    newer = deepcopy(SCHEMA)
    next(node for node in places_of(newer)[cls] if "properties" in node)["properties"]["newer"] = {"type": "string"}

    found = differences(newer) - NOW
    assert f"{cls.__name__}.newer" in found
    assert {line.rpartition(".")[2] for line in found} == {"newer"}


@pytest.mark.parametrize("cls", IN_SCHEMA, ids=lambda cls: cls.__name__)
def test_a_keyword_of_our_own_is_named(cls: type[Model]) -> None:
    """A keyword that the schema does not know is named."""
    older = deepcopy(SCHEMA)
    name = min(keys_of(places_of(older)[cls]).keys() & names_of(cls).keys())
    for node in places_of(older)[cls]:
        node.get("properties", {}).pop(name, None)

    assert f"{cls.__name__}.{name}" in differences(older)


def test_a_newer_word_is_named() -> None:
    """A word that only a newer schema knows is named with its keyword."""
    newer = deepcopy(SCHEMA)
    newer["definitions"]["retry_errors"]["oneOf"].append({"const": "newer"})
    newer["definitions"]["identity"]["enum"].append("newer")

    assert differences(newer) - NOW == {
        "Retry.when: 'newer'",
        "Retry.when[]: 'newer'",
        "Default.identity: 'newer'",
        "HiddenJob.identity: 'newer'",
    }


def test_a_newer_kind_of_value_is_named() -> None:
    """A kind of value that only a newer schema takes is named."""
    newer = deepcopy(SCHEMA)
    newer["definitions"]["timeout"]["type"] = ["string", "integer"]

    assert differences(newer) == NOW | {"Default.timeout: integer", "HiddenJob.timeout: integer"}
