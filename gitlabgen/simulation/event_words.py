"""Events in files: a mapping of the words that describe an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitlabgen.errors import DefinitionError, Finding, collecting
from gitlabgen.modeling.model import construct
from gitlabgen.simulation.events import Event

if TYPE_CHECKING:
    from gitlabgen.modeling.callsites import Findable


def event_from(words: Any, location: Findable) -> Event:
    """Return the event that words describe.

    Args:
        words: The words with their values; a value of null is not known.
        location: Where the words are written.

    Raises:
        DefinitionError: If they describe no event; with all findings.
    """
    if not isinstance(words, Mapping):
        at = location.find(())._asdict()
        message, hint = "an event should be a mapping of words", 'write {"source": "push", "branch": "main"}'
        raise DefinitionError(Finding(rule="invalid-keyword", message=message, hint=hint, **at))
    with collecting() as findings:
        event = construct(Event, (), {str(word): value for word, value in words.items()}, location)
    if findings:
        raise DefinitionError(*findings)
    return event
