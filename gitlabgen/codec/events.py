"""Events of functions and state machines: `Type` and `Properties` in the file, one flat model in Python."""

from __future__ import annotations

from typing import Any, Final, get_args

from gitlabgen.codec.template_encoding import API_KEYS, property_key
from gitlabgen.model import plan_of
from gitlabgen.sam._vocabulary import FunctionEventType
from gitlabgen.sam.events import Event

__all__ = ["EVENT_TYPES", "event_tree"]

EVENT_TYPES: Final = frozenset(get_args(FunctionEventType)) - API_KEYS.keys()
"""Types of events that have a class of the same name; those of routes have none."""


def event_tree(event: Event, properties: dict[Any, Any]) -> dict[str, Any]:
    """Return an event as SAM writes it: what it must have stands first.

    Args:
        event: The event.
        properties: What its keywords are written as.
    """
    first = {key: properties[key] for key in map(property_key, plan_of(type(event)).required) if key in properties}
    ordered = {**first, **properties}
    kind = type(event).__name__
    return {"Type": kind, "Properties": ordered} if ordered else {"Type": kind}
