"""Files that describe an event, as JSON or TOML."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.modeling.callsites import display_path
from gitlabgen.modeling.regular_files import read_regular
from gitlabgen.simulation.event_words import event_from

if TYPE_CHECKING:
    from gitlabgen.modeling.callsites import Findable
    from gitlabgen.simulation.events import Event

__all__ = ["read_event"]


def read_event(path: str) -> Event:
    """Return the event that a file describes.

    Args:
        path: The file: TOML if its name says so, and JSON or YAML otherwise.

    Raises:
        DefinitionError: If it cannot be read, or describes no event; with all findings.
        YamlError: If it is neither JSON nor YAML.
    """
    file = display_path(os.path.abspath(path))
    try:
        raw = read_regular(path)
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise DefinitionError(Finding(rule="unreadable", message=message, file=file)) from None
    words, location = _toml(raw, file) if path.endswith(".toml") else _json(raw, file)
    return event_from(words, location)


def _toml(raw: bytes, file: str) -> tuple[Any, Findable]:
    from gitlabgen.definitions.toml import TomlLocation, parse

    document = parse(raw, file)
    return document.data, TomlLocation(document)


def _json(raw: bytes, file: str) -> tuple[Any, Findable]:
    # JSON is YAML, and its reader keeps the positions.
    from gitlabgen.codec.decoding import NodeLocation
    from gitlabgen.yamltext.reader import loads

    words = loads(raw, filename=file)
    return words, NodeLocation(file, words)
