"""Compare the models with GitLab's JSON schema: keys, allowed words and types.

The comparison starts at the whole file and follows both sides in parallel. Anything that a newer schema adds is reported
as `Class.keyword`, as `Class.keyword: 'word'` or as `Class.keyword: type`.
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

# All differences, with their reasons.
DIFFERENCES = {
    "Pipeline.$schema": "for editors; GitLab reads it as a job",
    "Pipeline.!reference": "the schema's way to name the tag",
    "Default.!reference": "the schema's way to name the tag",
    "Pipeline.pages": "an ordinary job",
    "Pipeline.jobs": "not a key: each key that is not a keyword is a job",
    "HiddenJob.name": "the key of the block",
    "HiddenJob.content": "a value that is not a mapping of keywords",
    "HiddenJob.stage: array": "the schema's way to allow a reference",
    "HiddenJob.tags[]: array": "the schema's way to allow a reference, which GitLab does not resolve there",
    "Default.tags[]: array": "as in jobs",
    "HiddenJob.rules[]: string": "GitLab refuses it",
    "Include.rules[]: string": "GitLab refuses it",
    "HiddenJob.when: 'never'": "GitLab refuses it on a job",
    "Inherit.default[]: 'hooks'": "GitLab accepts each keyword of `default`; the schema is outdated",
    "Inherit.default[]: 'id_tokens'": "as `hooks`",
    "Inherit.default[]: 'identity'": "as `hooks`",
    "Matrix.matrix[]{}: number": "GitLab accepts only integers",
    "Reports.license_management": "removed from GitLab",
    "Service.variables{}: object": "the models accept only plain values",
}


def resolved(nodes: Iterable[Any], schema: dict[str, Any]) -> Iterator[Any]:
    """Yield all alternatives of nodes, with `$ref` resolved."""
    for node in nodes:
        if "$ref" in node:
            yield from resolved([schema["definitions"][node["$ref"].removeprefix("#/definitions/")]], schema)
        else:
            yield node
            yield from resolved((inner for key in ("oneOf", "anyOf", "allOf") for inner in node.get(key, ())), schema)


def shapes_in(shape: OneOf) -> Iterator[Shape]:
    """Yield the alternatives that files can contain, without references, which are allowed everywhere."""
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
    """Yield the JSON types that a node of the schema accepts."""
    types = node.get("type", ())
    yield from [types] if isinstance(types, str) else types
    if "type" not in node and any(words_of(node)):
        yield "string"


def accepted_types(shape: Shape) -> tuple[str, ...]:
    """Return the JSON types that an alternative accepts."""
    match shape:
        case Scalar():
            return {str: ("string",), int: ("integer",), float: ("number",), bool: ("boolean",)}[shape.type]
        case Word():
            return ("string",)
        case ItemsOf():
            return ("array",)
    return ("object",)


def words_of(node: Any) -> list[Any]:
    """Return the allowed words of a node."""
    return [*node.get("enum", ()), *([node["const"]] if "const" in node else ())]


def values_of(node: Any) -> Iterator[Any]:
    """Yield the nodes for the values of a mapping."""
    yield from node.get("patternProperties", {}).values()
    if isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]


_Part = tuple[str, list[Shape], list[Any]]


def parts_of(where: str, shape: OneOf, nodes: Iterable[Any], schema: dict[str, Any]) -> Iterator[_Part]:
    """Yield a keyword's path, alternatives and nodes, then the same for the items of lists and the values of mappings."""
    known, found = list(shapes_in(shape)), list(resolved(nodes, schema))
    yield where, known, found
    for inner in known:
        if isinstance(inner, ItemsOf):
            yield from parts_of(f"{where}[]", inner.item, [node["items"] for node in found if "items" in node], schema)
        elif isinstance(inner, MappingOf):
            yield from parts_of(f"{where}{{}}", inner.value, [value for node in found for value in values_of(node)], schema)


def keys_of(nodes: Iterable[Any]) -> dict[str, list[Any]]:
    """Return the nodes of each key that any of these nodes defines."""
    keys: dict[str, list[Any]] = {}
    for node in nodes:
        for key, inner in node.get("properties", {}).items():
            keys.setdefault(key, []).append(inner)
    return keys


def names_of(cls: type[Model]) -> dict[str, str]:
    """Return the field for each key of a class."""
    return {name.rstrip("_"): name for name in plan_of(cls).names.difference(OWN_FIELDS)}


def nodes_of(schema: dict[str, Any]) -> dict[type[Model], list[Any]]:
    """Return all nodes of the schema that correspond to each class."""
    nodes_by_class: dict[type[Model], list[Any]] = {}
    waiting: list[tuple[type[Model], list[Any]]] = [(Pipeline, [schema]), (HiddenJob, [schema["definitions"]["job_template"]])]
    while waiting:
        cls, nodes = waiting.pop()
        known = nodes_by_class.setdefault(cls, [])
        new = [node for node in resolved(nodes, schema) if not any(node is old for old in known)]
        known += new
        for key, name in names_of(cls).items():
            for _, alternatives, found in parts_of("", plan_of(cls).shapes[name], keys_of(new).get(key, ()), schema):
                blocks = [node for node in found if "properties" in node]
                models_here = [inner for inner in alternatives if isinstance(inner, ModelNamed)]
                loaded = (inner.load() for inner in models_here)
                classes = [model for model in loaded if model is not None and issubclass(model, Model)]
                waiting += [(found, blocks) for found in classes if blocks]
    return nodes_by_class


def differences(schema: dict[str, Any]) -> set[str]:
    """Return all differences between the models and a schema."""
    nodes_by_class = nodes_of(schema)
    found = {cls.__name__ for cls in CLASSES if cls not in nodes_by_class and not issubclass(cls, BaseJob | Reference | Stage)}
    for cls, nodes in nodes_by_class.items():
        keys, names = keys_of(nodes), names_of(cls)
        found |= {f"{cls.__name__}.{key}" for key in keys.keys() ^ names.keys()}
        for key in keys.keys() & names.keys():
            for part in parts_of(f"{cls.__name__}.{key}", plan_of(cls).shapes[names[key]], keys[key], schema):
                found.update(differences_of_part(*part))
    return found


def differences_of_part(where: str, known: list[Shape], nodes: list[Any]) -> Iterator[str]:
    """Yield the types that only the schema accepts, and the words that only one side has."""
    if any(isinstance(inner, Anything) for inner in known):
        return
    types = {type_ for node in nodes for type_ in types_of(node)} - {"null"}
    yield from (f"{where}: {type_}" for type_ in types.difference(*map(accepted_types, known)))
    ours = {word for inner in known if isinstance(inner, Word) for word in inner.words}
    theirs = {word for node in nodes for word in words_of(node)}
    # If any string is allowed, the schema's words are only examples.
    if not any(isinstance(inner, Scalar) and inner.type is str for inner in known):
        yield from (f"{where}: {word!r}" for word in ours ^ theirs)


IN_SCHEMA = sorted(nodes_of(SCHEMA), key=lambda cls: cls.__name__)
# Tests that change the schema ignore existing differences, which the first test reports.
NOW = differences(SCHEMA)


def test_only_known_differences() -> None:
    """The models and the schema differ only as the table says."""
    new, gone = sorted(NOW - {*DIFFERENCES}), sorted({*DIFFERENCES} - NOW)
    assert new == [], (
        f"The models and GitLab's schema differ in {', '.join(new)}. Follow the schema, or add each to DIFFERENCES in"
        " tests/gitlab/test_schema.py, with the reason."
    )
    assert gone == [], f"They agree on {', '.join(gone)} now: remove it from DIFFERENCES in tests/gitlab/test_schema.py."


@pytest.mark.parametrize("cls", IN_SCHEMA, ids=lambda cls: cls.__name__)
def test_a_newer_keyword_is_reported(cls: type[Model]) -> None:
    """A keyword that only a newer schema has is reported with the class that lacks it."""
    newer = deepcopy(SCHEMA)
    next(node for node in nodes_of(newer)[cls] if "properties" in node)["properties"]["newer"] = {"type": "string"}

    found = differences(newer) - NOW
    assert f"{cls.__name__}.newer" in found
    assert {line.rpartition(".")[2] for line in found} == {"newer"}


@pytest.mark.parametrize("cls", IN_SCHEMA, ids=lambda cls: cls.__name__)
def test_a_keyword_missing_in_the_schema_is_reported(cls: type[Model]) -> None:
    """A keyword that the schema does not have is reported."""
    older = deepcopy(SCHEMA)
    name = min(keys_of(nodes_of(older)[cls]).keys() & names_of(cls).keys())
    for node in nodes_of(older)[cls]:
        node.get("properties", {}).pop(name, None)

    assert f"{cls.__name__}.{name}" in differences(older)


def test_a_newer_word_is_reported() -> None:
    """A word that only a newer schema allows is reported with its keyword."""
    newer = deepcopy(SCHEMA)
    newer["definitions"]["retry_errors"]["oneOf"].append({"const": "newer"})
    newer["definitions"]["identity"]["enum"].append("newer")

    assert differences(newer) - NOW == {
        "Retry.when: 'newer'",
        "Retry.when[]: 'newer'",
        "Default.identity: 'newer'",
        "HiddenJob.identity: 'newer'",
    }


def test_a_newer_type_is_reported() -> None:
    """A type that only a newer schema accepts is reported."""
    newer = deepcopy(SCHEMA)
    newer["definitions"]["timeout"]["type"] = ["string", "integer"]

    assert differences(newer) == NOW | {"Default.timeout: integer", "HiddenJob.timeout: integer"}
