"""`rules`: the first rule whose clauses all hold, or the rules that may be the first."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeAlias

from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Changes, Exists, Rule
from gitlabgen.modeling.plans import language_of
from gitlabgen.simulation.clauses import Answer, Scope, clause_holds
from gitlabgen.simulation.event_facts import Fault
from gitlabgen.simulation.unknown import Truth, Unknown

__all__: list[str] = []

CLAUSES: Final = ("if_", "changes", "exists")
"""The keywords of a rule that can hold or not."""


_NOTHING: Final[Any] = MappingProxyType({})
"""The keywords of a rule that is in a file that was not read."""


class Match(NamedTuple):
    """A rule that applies, or may apply.

    Args:
        place: Its index; None if no rule applies.
        rule: The rule; None if no rule applies.
    """

    place: int | None
    rule: Rule | None

    @property
    def is_present(self) -> bool:
        """Whether it lets the job, or all jobs, be part of the pipeline."""
        return self.rule is not None and self.rule.__dict__.get("when") != "never"


class Undecided(NamedTuple):
    """The answer if it is unknown which rule applies.

    Args:
        matches: What may apply, in order.
        reasons: Why it is unknown.
    """

    matches: tuple[Match, ...]
    reasons: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        """Whether a file that was not read has one of the rules, which can set anything."""
        return not all(match.rule is None or isinstance(match.rule, Rule) for match in self.matches)


NO_MATCH: Final = Match(None, None)
"""No rule applies."""

Outcome: TypeAlias = "Match | Undecided | Fault"


def first_match(rules: tuple[Any, ...], scope: Scope) -> Outcome:
    """Return the first rule whose clauses all hold; GitLab reads no later rule.

    Args:
        rules: The rules.
        scope: What their clauses see.

    Source: https://docs.gitlab.com/ci/yaml/#rules
    """
    holds = scope.holds
    for index, rule in enumerate(rules):
        given = getattr(rule, "__dict__", _NOTHING)
        text = given.get("if_")
        answer: Answer | None = None
        if type(text) is str:  # most rules
            answer = holds(text)
            if ("changes" in given or "exists" in given) and (answer is not False or _can_fail(given)):
                answer = None
        if answer is None:
            answer = rule_holds(rule, scope)
        if answer is True:
            return Match(index, rule)
        if answer is not False:
            return answer if isinstance(answer, Fault) else _undecided(rules, index, scope)
    return NO_MATCH


def known_match(rules: tuple[Any, ...], truths: Mapping[str, Truth]) -> Match | None:
    """Return the first rule that applies, if it is clear from answers that were found before; otherwise None.

    Args:
        rules: The rules.
        truths: The answers by condition.
    """
    for index, rule in enumerate(rules):
        given = getattr(rule, "__dict__", _NOTHING)
        truth = truths.get(given.get("if_"))
        if truth is None:
            return None
        if "changes" in given or "exists" in given:
            if truth is not False or _can_fail(given):
                return None
        elif truth is not False:
            return Match(index, rule) if truth is True else None
    return NO_MATCH


def _can_fail(given: Mapping[str, Any]) -> bool:
    """Return whether GitLab may be unable to evaluate a clause, so that the order of the clauses counts."""
    return type(given.get("changes")) is Changes or type(given.get("exists")) is Exists


def clauses_of(rule: Rule) -> list[str]:
    """Return the clauses of a rule in the order in which GitLab reads them: as written, or as rendered.

    Args:
        rule: The rule.
    """
    order = CLAUSES if language_of(rule) == "python" else rule.__dict__
    return [name for name in order if name in CLAUSES and is_set(rule.__dict__.get(name))]


def _undecided(rules: tuple[Any, ...], start: int, scope: Scope) -> Outcome:
    """Return the rules that may be the first, if an earlier one is unknown."""
    matches: list[Match] = []
    reasons: dict[str, None] = {}
    for index in range(start, len(rules)):
        answer = rule_holds(rules[index], scope)
        if isinstance(answer, Unknown):
            reasons.update(dict.fromkeys(answer.reasons))
        if isinstance(answer, Fault):
            reasons[answer.message] = None
        if answer is not False:
            matches.append(Match(index, rules[index]))
        if answer is True:
            break
    else:
        matches.append(NO_MATCH)
    return Undecided(tuple(matches), tuple(reasons))


def rule_holds(rule: Any, scope: Scope) -> Answer:
    """Return whether all clauses of a rule hold; those after one that does not hold are not read.

    Args:
        rule: The rule.
        scope: What its clauses see.
    """
    if not isinstance(rule, Rule):
        return Unknown((f"`{rule}` is in a file that was not read",))
    reasons: dict[str, None] = {}
    for name in clauses_of(rule):
        answer = clause_holds(rule, name, scope)
        if answer is False:
            return False
        if isinstance(answer, Fault):
            return Unknown((*reasons, answer.message)) if reasons else answer
        if isinstance(answer, Unknown):
            reasons.update(dict.fromkeys(answer.reasons))
    return Unknown(tuple(reasons)) if reasons else True
