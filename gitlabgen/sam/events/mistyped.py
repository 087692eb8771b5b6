"""A check of events with SAM's property names, which does not load the classes of events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlabgen.errors import did_you_mean, few
from gitlabgen.modeling.problems import Problem


def mistyped(events: Any, known: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem for each event whose `Type` SAM does not know.

    Args:
        events: The events by name.
        known: The types that the resource accepts.
    """
    for name, event in events.items() if isinstance(events, Mapping) else ():
        kind = event.get("Type") if isinstance(event, Mapping) else None
        if isinstance(kind, str) and kind not in known:
            hint = did_you_mean(kind, known)
            yield Problem(f"should be one of {few(known)}, got {kind!r}", hint, ("events", name, "Type"))
