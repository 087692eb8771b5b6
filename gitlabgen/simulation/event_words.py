"""Events as mappings of the words that describe them, in files of any format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gitlabgen.errors import DefinitionError, Finding, collecting
from gitlabgen.modeling.model import construct
from gitlabgen.modeling.reporting import located
from gitlabgen.simulation.events import WORDS, Event

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
        message, hint = "an event should be a mapping of words", 'write {"source": "push", "branch": "main"}'
        raise DefinitionError(located(Finding("invalid-keyword", message, hint=hint), location.find(())))
    unknown = [_unknown(word, location) for word in words if word not in WORDS]
    with collecting() as findings:
        known = {word: value for word, value in words.items() if word in WORDS and value is not None}
        event = construct(Event, (), known, location)
    if unknown or findings:
        raise DefinitionError(*sorted((*unknown, *findings), key=lambda found: (found.line or 0, found.column or 0)))
    return event


def _unknown(word: Any, location: Findable) -> Finding:
    found = Finding("unknown-keyword", f"`event` has no word `{word}`", hint=Event.unknown_hint(str(word)))
    return located(found, location.find((word,), at_key=True))
