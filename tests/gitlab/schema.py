"""Validation of files against GitLab's JSON schema, except for references and inputs, which it does not support."""

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
"""All keys that the schema defines."""


class Reference:
    """A reference, whose value is unknown to the schema."""


class _ListLoader(yaml.SafeLoader):
    """Load references as lists, as check-jsonschema does."""


class _UnknownLoader(yaml.SafeLoader):
    """Load references as unknown values."""


_ListLoader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node, deep=True))  # type: ignore[arg-type]
_UnknownLoader.add_constructor("!reference", lambda *_: Reference())


def documents(text: str) -> list[Any]:
    """Return the documents of a file, with references as unknown values."""
    return list(yaml.load_all(text, Loader=_UnknownLoader))


def violations(text: str) -> list[str]:
    """Return the schema errors of a file, each with its path."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for document in yaml.load_all(text, Loader=_ListLoader)
        for error in errors(document, _is_input)
    ]


def errors(document: Any, excused: Callable[[ValidationError], bool]) -> Iterator[ValidationError]:
    """Yield the schema's errors, except excused ones and those that excused errors cause."""
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
