"""Events in SAM's own names, which are looked at without loading what describes ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlabgen.errors import closest
from gitlabgen.modeling.problems import Problem


def mistyped(events: Any, known: tuple[str, ...]) -> Iterator[Problem]:
    """Yield a problem for each event in SAM's own names whose type SAM does not know.

    Args:
        events: The events by name.
        known: The types that the resource takes.
    """
    for name, event in events.items() if isinstance(events, Mapping) else ():
        kind = event.get("Type") if isinstance(event, Mapping) else None
        if isinstance(kind, str) and kind not in known:
            near = closest(kind, [*known])
            hint = f"did you mean {near!r}?" if near else None
            yield Problem(f"should be one of {', '.join(known)}, got {kind!r}", hint, ("events", name, "Type"))
