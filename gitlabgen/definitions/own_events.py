"""`[tool.gitlabgen.events]`: a repository's own events by name, in addition to the standard ones or instead of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gitlabgen.definitions.tables import table_of
from gitlabgen.errors import DefinitionError, Finding

if TYPE_CHECKING:
    from gitlabgen.simulation.events import Event

__all__ = ["own_events"]


def own_events(root: str) -> Mapping[str, Event]:
    """Return the events that a repository's pyproject.toml describes, by name.

    Args:
        root: The repository's root.

    Raises:
        DefinitionError: If an event is not valid; with all findings.
    """
    table = table_of(root, "events", 'nightly = {source = "schedule"}')
    if table is None or not table.data:
        return {}
    from gitlabgen.definitions.toml import TomlLocation
    from gitlabgen.simulation.event_words import event_from
    from gitlabgen.simulation.standard_events import EVENT_GROUPS

    events: dict[str, Event] = {}
    findings: list[Finding] = []
    for name, words in table.data.items():
        if name in EVENT_GROUPS:
            message = f"is the name of several events: {', '.join(EVENT_GROUPS[name])}"
            findings.append(table.finding(name, message, "choose another name", at_key=True))
            continue
        try:
            events[name] = event_from(words, TomlLocation(table.document, (*table.keys, name)))
        except DefinitionError as error:
            findings += (finding._replace(message=f"`{name}`: {finding.message}") for finding in error.findings)
    if findings:
        raise DefinitionError(*findings)
    return events
