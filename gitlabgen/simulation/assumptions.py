"""What a simulation assumes: how jobs end, and what people do with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from gitlabgen.errors import ArgumentError, Finding
from gitlabgen.simulation.processing import Outcome

__all__: list[str] = []

Names: TypeAlias = Iterable[str]
Endings: TypeAlias = Iterable[str] | Mapping[str, Outcome]
"""Names of jobs; or how they end, by name: `success`, `failed`, or the exit code of a failed job."""

_NOTHING: Final[Mapping[str, Outcome]] = MappingProxyType({})


@attrs.frozen
class Assumptions:
    """How jobs end, and what people do with them. Jobs that are not named succeed if they run.

    Args:
        outcomes: How jobs end if they run.
        played: The manual jobs that somebody starts.
        retried: The jobs that somebody retries once nothing else can run, with their new outcomes.
    """

    outcomes: Mapping[str, Outcome] = _NOTHING
    played: frozenset[str] = frozenset()
    retried: Mapping[str, Outcome] = _NOTHING

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the jobs, each once, in order."""
        return tuple(dict.fromkeys((*self.outcomes, *sorted(self.played), *self.retried)))

    def of(self, names: Mapping[str, tuple[str, ...]]) -> Assumptions:
        """Return what is assumed of some jobs.

        Args:
            names: The jobs of each name; several if `parallel` creates them.
        """

        def each(endings: Mapping[str, Outcome]) -> dict[str, Outcome]:
            return {job: outcome for name, outcome in endings.items() for job in names.get(name, ())}

        played = frozenset(job for name in self.played for job in names.get(name, ()))
        return Assumptions(each(self.outcomes), played, each(self.retried))


def assumptions(fail: Endings = (), cancel: Names = (), play: Names = (), retry: Endings = ()) -> Assumptions:
    """Return what a user assumes.

    Args:
        fail: Jobs that fail if they run; as a mapping, with their exit codes.
        cancel: Jobs that somebody cancels while they run.
        play: Manual jobs that somebody starts.
        retry: Jobs that somebody retries at the end; as a mapping, with their new outcomes. By default, they succeed.

    Raises:
        ArgumentError: If one of them is neither names nor a mapping.
    """
    failing = _endings("fail", fail, "failed")
    canceled = _endings("cancel", cancel, "canceled")
    return Assumptions({**failing, **canceled}, frozenset(_endings("play", play, "success")), _endings("retry", retry, "success"))


def _endings(keyword: str, given: Endings, outcome: Outcome) -> dict[str, Outcome]:
    if isinstance(given, str):
        message = f"`{keyword}` is a list of names, got the text {given!r}"
        raise ArgumentError(Finding("invalid-argument", message, hint=f"write {keyword}=[{given!r}]"))
    return dict(given) if isinstance(given, Mapping) else dict.fromkeys(given, outcome)
