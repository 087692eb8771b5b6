"""What an event decides about includes: whether their rules match, and which files variables name."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from gitlabgen.simulation.event_facts import EventFacts, Fault
from gitlabgen.simulation.expansion import expand_text
from gitlabgen.simulation.rules import Undecided, first_match
from gitlabgen.simulation.scopes import PipelineScope
from gitlabgen.simulation.unknown import Unknown
from gitlabgen.simulation.variables import VariableLayer

__all__: list[str] = []


class EventIncludes:
    """What an event decides about includes. They see neither the variables of the files nor those of jobs.

    Args:
        facts: What is known of the event.

    Source: https://docs.gitlab.com/ci/yaml/includes/#use-variables-with-include
    """

    def __init__(self, facts: EventFacts) -> None:
        self._facts = facts
        self._asked: list[tuple[str | tuple[Any, ...], object]] = []

    @cached_property
    def _scope(self) -> PipelineScope:
        return PipelineScope(self._facts, VariableLayer(()), self._facts.before_includes)

    def applies(self, rules: tuple[Any, ...]) -> bool | None:
        """Return whether rules include a file; None if that is unknown.

        Args:
            rules: The value of `include:rules`.
        """
        answer = self._applies(rules)
        self._asked.append((rules, answer))
        return answer

    def expanded(self, text: str) -> str | None:
        """Return a path or a name with its variables filled in; None if it is unknown.

        Args:
            text: The text; variables in it that are not defined are left out.
        """
        answer = self._expanded(text)
        self._asked.append((text, answer))
        return answer

    def agrees(self, other: EventIncludes) -> bool:
        """Return whether another event decides the same about all that this one was asked for.

        Args:
            other: What the other event decides.
        """
        return all(
            answer == (other._expanded(asked) if isinstance(asked, str) else other._applies(asked))
            for asked, answer in self._asked
        )

    def _applies(self, rules: tuple[Any, ...]) -> bool | None:
        outcome = first_match(rules, self._scope)
        if isinstance(outcome, Fault):
            return None
        matches = outcome.matches if isinstance(outcome, Undecided) else (outcome,)
        answers = {match.is_present for match in matches}
        return answers.pop() if len(answers) == 1 else None

    def _expanded(self, text: str) -> str | None:
        found = expand_text(text, self._scope.variables, unknown="blank", nested=True)
        return None if isinstance(found, Unknown) else found
