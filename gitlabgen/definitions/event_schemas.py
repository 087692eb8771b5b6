"""JSON schemas of what users write about their project and its events in pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from gitlabgen.definitions.settings_schemas import Schema
from gitlabgen.modeling.signatures import keyword_texts
from gitlabgen.simulation.events import USER_FIELDS, WORDS, Event, MergeRequestType, Source
from gitlabgen.simulation.project_facts import FACTS, VARIABLE

__all__ = ["EVENTS", "PROJECT"]

_TEXT: Final[Schema] = {"type": "string"}
_FLAG: Final[Schema] = {"type": "boolean"}
_TEXTS: Final[Schema] = {"type": "array", "items": _TEXT}
_VALUES: Final[Schema] = {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}


def _described(types: Mapping[str, Schema], texts: Mapping[str, str]) -> dict[str, Schema]:
    return {word: {"description": texts[word], **types.get(word, _TEXT)} for word in texts}


def _mapping(properties: dict[str, Schema], **more: Any) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, **more}


_VARIABLE_WORDS: Final = _described({"protected": _FLAG}, VARIABLE)
_NAMED_WORDS: Final = {word: schema for word, schema in _VARIABLE_WORDS.items() if word != "key"}
_VARIABLES: Final[Schema] = {
    "anyOf": [
        {"type": "array", "items": {"anyOf": [_TEXT, _mapping(_VARIABLE_WORDS, required=["key"])]}},
        {"type": "object", "additionalProperties": {"anyOf": [_TEXT, _mapping(_NAMED_WORDS)]}},
    ]
}
_PROJECT: Final[Schema] = _mapping(
    _described({"variables": _VARIABLES, "protected": _TEXTS, "protected_environments": _TEXTS}, FACTS)
)
PROJECT: Final[Schema] = {"description": "What only the GitLab server knows of the project.", **_PROJECT}
"""The schema of `[tool.gitlabgen.project]`."""

_EVENT: Final[Mapping[str, Schema]] = {
    "source": {"enum": [*get_args(Source)]},
    "merge_request_type": {"enum": [*get_args(MergeRequestType)]},
    "merge_request_iid": {"type": ["integer", "string"]},
    "labels": {"anyOf": [_TEXT, _TEXTS]},
    "diffs": {"type": "object", "additionalProperties": _TEXTS},
    "projects": {
        "type": "object",
        "additionalProperties": _mapping(
            {
                "files": {"description": "The paths of its files.", **_TEXTS},
                "refs": {"description": "Its branches and tags.", **_TEXTS},
            }
        ),
    },
    "variables": _VALUES,
    "inputs": {"type": "object"},
    "user": {
        "anyOf": [_TEXT, {"type": "object", "properties": _described({"id": {"type": ["integer", "string"]}}, USER_FIELDS)}]
    },
    "project": _PROJECT,
    **dict.fromkeys(("changed", "refs", "files"), _TEXTS),
    **dict.fromkeys(("new_branch", "open_merge_request", "protected", "kubernetes"), _FLAG),
}
_WORDS: Final = {word: text for word, text in keyword_texts(Event).items() if word in WORDS}
EVENTS: Final[Schema] = {
    "description": "Events of this repository, by name, for the commands that ask what an event does.",
    "type": "object",
    "additionalProperties": {"description": "An event.", **_mapping(_described(_EVENT, _WORDS))},
}
"""The schema of `[tool.gitlabgen.events]`."""
