"""Why a job is part of a pipeline, or not: each rule that GitLab reads, its clauses, and the values in them.

Traces are made when they are asked for, not while a pipeline is simulated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import attrs

from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Changes, Rule
from gitlabgen.modeling.kinds import NULL
from gitlabgen.simulation.clauses import Answer, Scope, clause_holds, clause_text
from gitlabgen.simulation.differences import Difference, nearest
from gitlabgen.simulation.event_facts import Fault
from gitlabgen.simulation.only_except import Policy, policies, policy_allows
from gitlabgen.simulation.rules import clauses_of, rule_holds
from gitlabgen.simulation.scopes import JobScope, verdict_of
from gitlabgen.simulation.unknown import Truth, Unknown, all_hold
from gitlabgen.simulation.variables import Value

__all__ = ["ClauseTrace", "Operand", "RuleTrace", "Trace"]

_DEFAULT: Final = "GitLab's default"
Basis: TypeAlias = Literal["rules", "only_except", "nothing"]


class Operand(NamedTuple):
    """A variable that a condition reads.

    Args:
        name: The variable.
        value: Its value; None if it is not defined.
        origin: Where the value comes from, such as `predefined` or `jobs:deploy:variables`; empty if it is not defined.
    """

    name: str
    value: Value
    origin: str = ""


class ClauseTrace(NamedTuple):
    """A clause that GitLab reads.

    Args:
        keyword: `if`, `changes`, `exists`, or a key such as `only:refs`.
        text: Its value.
        answer: Whether it holds.
        operands: The variables that it reads.
        note: What else it depends on, such as the changed files; empty if nothing.
    """

    keyword: str
    text: str
    answer: Answer
    operands: tuple[Operand, ...] = ()
    note: str = ""


class RuleTrace(NamedTuple):
    """A rule that GitLab reads.

    Args:
        place: Its index, counted from 0.
        rule: The rule.
        answer: Whether all its clauses hold.
        clauses: The clauses up to the first that does not hold.
    """

    place: int
    rule: Any
    answer: Answer
    clauses: tuple[ClauseTrace, ...]

    @property
    def excludes(self) -> bool:
        """Whether the rule keeps a job, or all jobs, out of the pipeline if it matches."""
        return isinstance(self.rule, Rule) and self.rule.when == "never"


@attrs.frozen
class Trace:
    """Why a job is part of a pipeline, or why there is a pipeline.

    Args:
        subject: The name of the job; `workflow` for the pipeline.
        basis: What decides: `rules`, `only_except`, or `nothing` if neither is written.
        truth: Whether the job is part of the pipeline.
        rules: The rules that GitLab reads: up to the first that matches.
        clauses: The keys of `only` and `except`, if they decide.
        summary: The decision in one sentence.
        differences: What would have to differ for the job to be part of the pipeline; empty if it is.
    """

    subject: str
    basis: Basis
    truth: Truth
    rules: tuple[RuleTrace, ...] = ()
    clauses: tuple[ClauseTrace, ...] = ()
    summary: str = ""
    differences: tuple[Difference, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why something about the job is unknown; empty if all is known."""
        answers = [self.truth, *(rule.answer for rule in self.rules)]
        return tuple(dict.fromkeys(reason for answer in answers if isinstance(answer, Unknown) for reason in answer.reasons))


def trace_of(scope: JobScope) -> Trace:
    """Return why a job is part of a pipeline, or not.

    Args:
        scope: What its clauses see.
    """
    seed = scope.seed
    job, plan = seed.job, seed.plan
    rules: Any = job.__dict__.get("rules")
    if isinstance(rules, tuple):
        return _by_rules(seed.name, rules, scope)
    if rules is not None and rules is not NULL:
        unknown = Unknown((f"`{rules}` is in a file that was not read",))
        return Trace(seed.name, "rules", unknown, summary=_unknown_summary(unknown))
    parent = plan.unknown_parent(seed)
    if parent is not None:
        return Trace(seed.name, "nothing", parent, summary=_unknown_summary(parent))
    if rules is NULL:
        return Trace(seed.name, "nothing", True, summary="`rules: null` lets the job run in every pipeline")
    return _by_policies(scope)


def workflow_trace(rules: object, scope: Scope, truth: Truth) -> Trace:
    """Return why there is a pipeline, or not.

    Args:
        rules: The value of `workflow:rules`.
        scope: What its clauses see.
        truth: Whether there is a pipeline.
    """
    if isinstance(rules, tuple):
        return _by_rules("workflow", rules, scope)
    if isinstance(truth, Unknown):
        return Trace("workflow", "nothing", truth, summary=_unknown_summary(truth))
    return Trace("workflow", "nothing", True, summary="there is no `workflow:rules`")


def _by_rules(subject: str, rules: Sequence[Any], scope: Scope) -> Trace:
    read = []
    for index, rule in enumerate(rules):
        found = _rule_trace(index, rule, scope)
        read.append(found)
        if found.answer is True or isinstance(found.answer, Fault):
            break
    truth = _presence(read)
    differences: tuple[Difference, ...] = ()
    if truth is False and not isinstance(read[-1].answer, Fault):
        differences = nearest(rules, scope)
    return Trace(subject, "rules", truth, tuple(read), summary=_rules_summary(read, truth), differences=differences)


def _presence(read: Sequence[RuleTrace]) -> Truth:
    """Return whether the rules let a job be part of the pipeline."""
    last = read[-1].answer
    certain = not (last is False or isinstance(last, Unknown | Fault)) and not read[-1].excludes
    ends = {certain} | {not rule.excludes for rule in read if isinstance(rule.answer, Unknown)}
    if len(ends) == 1 and all(isinstance(rule.rule, Rule) for rule in read):
        return certain
    reasons = (reason for rule in read if isinstance(rule.answer, Unknown) for reason in rule.answer.reasons)
    return Unknown(tuple(dict.fromkeys(reasons)))


def _rule_trace(index: int, rule: Any, scope: Scope) -> RuleTrace:
    clauses = []
    if isinstance(rule, Rule):
        for name in clauses_of(rule):
            clause = _clause_trace(rule, name, scope)
            clauses.append(clause)
            if clause.answer is False or isinstance(clause.answer, Fault):
                break
    return RuleTrace(index, rule, rule_holds(rule, scope), tuple(clauses))


def _clause_trace(rule: Rule, name: str, scope: Scope) -> ClauseTrace:
    value = rule.__dict__[name]
    answer = clause_holds(rule, name, scope)
    if name == "if_":
        return ClauseTrace("if", str(value), answer, operands_of(value, scope) if isinstance(value, str) else ())
    note = _change_note(value, scope) if name == "changes" else ""
    return ClauseTrace(name, clause_text(value), answer, note=note)


def _change_note(changes: Any, scope: Scope) -> str:
    if isinstance(changes, Changes) and is_set(changes.compare_to):
        return ""
    changed = scope.facts.changed
    if changed is None:
        return "GitLab compares nothing for this event, so that `changes` holds"
    return "" if isinstance(changed, Unknown) else f"changed: {shortened(changed)}"


def operands_of(text: str, scope: Scope) -> tuple[Operand, ...]:
    """Return the variables that a condition reads, in order.

    Args:
        text: The condition.
        scope: What it sees.
    """
    return tuple(operand(name, scope) for name in verdict_of(text, scope.look_up).operands)


def operand(name: str, scope: Scope) -> Operand:
    """Return a variable with its value and origin.

    Args:
        name: The variable.
        scope: What the condition sees.
    """
    variable = scope.variables.get(name)
    return Operand(name, scope.look_up(name), "" if variable is None else str(variable.origin))


def shortened(paths: Sequence[str], most: int = 3) -> str:
    """Return the first paths of a list, and how many others there are.

    Args:
        paths: The paths.
        most: How many are named.
    """
    rest = len(paths) - most
    return (", ".join(paths[:most]) or "nothing") + (f" and {rest} more" if rest > 0 else "")


def _by_policies(scope: JobScope) -> Trace:
    seed = scope.seed
    has_rules = seed.plan.has_workflow_rules
    is_unknown = isinstance(has_rules, Unknown)
    clauses = tuple(_policy_clauses(policies(seed.job, has_default=is_unknown or not has_rules), scope))
    written, every = (
        all_hold(clause.answer for clause in clauses if not (isinstance(clause.answer, Fault) or clause.note in left_out))
        for left_out in ((_DEFAULT,), ())
    )
    # Without a workflow that is not read here, GitLab adds its default refs.
    truth = has_rules if isinstance(has_rules, Unknown) and written != every else every
    is_written = "only" in seed.job.__dict__ or "except_" in seed.job.__dict__
    summary = _policy_summary(clauses, truth, is_written=is_written)
    differences = tuple(
        Difference(f"{clause.keyword}: {clause.text}", must_hold=clause.keyword.startswith("only"))
        for clause in clauses
        if truth is False and clause.answer is not True
    )
    return Trace(seed.name, "only_except" if is_written else "nothing", truth, (), clauses, summary, differences)


def _policy_clauses(found: Iterator[Policy], scope: JobScope) -> Iterator[ClauseTrace]:
    for policy in found:
        operands: tuple[Operand, ...] = ()
        if policy.key == "variables" and isinstance(policy.value, tuple):
            operands = tuple(dict.fromkeys(found for text in policy.value for found in operands_of(text, scope)))
        note = _DEFAULT if policy.is_default else ""
        text = clause_text(policy.value)
        yield ClauseTrace(f"{policy.keyword}:{policy.key}", text, policy_allows(policy, scope), operands, note)


def _policy_summary(clauses: Sequence[ClauseTrace], truth: Truth, *, is_written: bool) -> str:
    if isinstance(truth, Unknown):
        return _unknown_summary(truth)
    if truth is True:
        return "`only` and `except` allow it" if is_written else "it has no rules that could keep it out"
    failed = next(clause for clause in clauses if clause.answer is False)
    if failed.note:
        return "without `rules` and `workflow:rules`, a job runs for branches and tags only"
    return f"`{failed.keyword}: {failed.text}` keeps it out"


def _rules_summary(read: Sequence[RuleTrace], truth: Truth) -> str:
    last = read[-1]
    if isinstance(last.answer, Fault):
        return f"rule {last.place + 1} cannot be evaluated: {last.answer.message}"
    if isinstance(truth, Unknown):
        return _unknown_summary(truth)
    if any(isinstance(rule.answer, Unknown) for rule in read):
        return "it is unknown which rule matches, but all that may match decide alike"
    if last.answer is not True:
        return "no rule matches" if len(read) > 1 else "its only rule does not match"
    return f"rule {last.place + 1} matches" + (", with `when: never`" if last.excludes else "")


def _unknown_summary(unknown: Unknown) -> str:
    return f"unknown: {'; '.join(unknown.reasons)}"
