"""GitLab's JSON schema as a judge of files, with what it cannot know: references and inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import yaml
from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from tools import vocabulary

_VALIDATOR = Draft7Validator(vocabulary.schema())


def _keys_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _keys_in(inner)


KEYS = frozenset(_keys_in(vocabulary.schema()))
"""The keys that any block of the schema knows."""


class Reference:
    """What a reference is to the schema of the laws: nothing that it knows."""


class _Tags(yaml.SafeLoader):
    """Reads references as lists, as check-jsonschema does."""


class _Unknown(yaml.SafeLoader):
    """Reads references as values of which nothing is known."""


_Tags.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node, deep=True))  # type: ignore[arg-type]
_Unknown.add_constructor("!reference", lambda *_: Reference())


def documents(text: str) -> list[Any]:
    """Return the documents of a file, with references of which nothing is known."""
    return list(yaml.load_all(text, Loader=_Unknown))


def complaints(text: str) -> list[str]:
    """Return what the schema has against the documents of a file, each with its place."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for document in yaml.load_all(text, Loader=_Tags)
        for error in errors(document, _is_input)
    ]


def errors(document: Any, excused: Callable[[ValidationError], bool]) -> Iterator[ValidationError]:
    """Yield the schema's errors, but those that would not be there without excused ones."""
    return (error for error in _VALIDATOR.iter_errors(document) if not _is_excused(error, excused))


def _is_excused(error: ValidationError, excused: Callable[[ValidationError], bool]) -> bool:
    if excused(error):
        return True
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    return any(all(_is_excused(inner, excused) for inner in branch) for branch in branches.values())


def _is_input(error: ValidationError) -> bool:
    return isinstance(error.instance, str) and "$[[" in error.instance
