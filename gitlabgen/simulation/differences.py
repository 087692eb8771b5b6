"""What would have to differ for a job to be part of a pipeline: the fewest parts of its rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gitlabgen.gitlab.expressions import Expression, Logical, Not, parse
from gitlabgen.gitlab.rules import Rule
from gitlabgen.simulation.clauses import Scope, clause_holds, clause_text
from gitlabgen.simulation.evaluation import verdict
from gitlabgen.simulation.rules import clauses_of, rule_holds

__all__ = ["Difference"]


class Difference(NamedTuple):
    """A part of a rule that would have to be otherwise.

    Args:
        text: The part of the condition, or the clause.
        must_hold: Whether it would have to hold, or not to hold.
        rule: The index of the rule; None for `only` and `except`.
        operands: The variables in the part.
    """

    text: str
    must_hold: bool
    rule: int | None = None
    operands: tuple[str, ...] = ()


_Differences = tuple[Difference, ...]


def nearest(rules: Sequence[Rule], scope: Scope) -> _Differences:
    """Return the fewest differences with which one of the rules would apply and not exclude the job.

    Args:
        rules: The rules; all are known, and none applies and includes the job.
        scope: What their clauses see.
    """
    best: _Differences | None = None
    before: _Differences = ()
    for index, rule in enumerate(rules):
        if rule.when != "never":
            found = (*before, *_for_rule(index, rule, scope, holds=True))
            best = found if best is None or len(found) < len(best) else best
        elif rule_holds(rule, scope) is not False:
            blocked = _for_rule(index, rule, scope, holds=False)
            if not blocked:
                break  # nothing can keep a rule without clauses from matching
            before = (*before, *blocked)
    return best or ()


def _for_rule(index: int, rule: Rule, scope: Scope, *, holds: bool) -> _Differences:
    parts = [_for_clause(index, rule, name, scope, holds=holds) for name in clauses_of(rule)]
    if holds:
        return tuple(difference for part in parts for difference in part)
    return min((part for part in parts if part), key=len, default=())


def _for_clause(index: int, rule: Rule, name: str, scope: Scope, *, holds: bool) -> _Differences:
    value = rule.__dict__[name]
    if name != "if_":
        answer = clause_holds(rule, name, scope)
        return () if answer is holds else (Difference(f"{name}: {clause_text(value)}", holds, index),)
    return _for_expression(parse(value), holds, index, scope)


def _for_expression(node: Expression, holds: bool, index: int, scope: Scope) -> _Differences:  # noqa: FBT001 - it is data
    if isinstance(node, Not):
        return _for_expression(node.operand, not holds, index, scope)
    if isinstance(node, Logical):
        sides = [_for_expression(side, holds, index, scope) for side in (node.left, node.right)]
        if (node.operator == "&&") is holds:
            return (*sides[0], *sides[1])
        return min(sides, key=len)
    found = verdict(node, scope.look_up)
    return () if found.truth is holds else (Difference(node.written, holds, index, found.operands),)
