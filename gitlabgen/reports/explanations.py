"""Why a job is part of a pipeline, or not: as text for a terminal, and as data for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

from gitlabgen.gitlab.rules import Rule
from gitlabgen.modeling.callsites import position
from gitlabgen.modeling.plans import location_of
from gitlabgen.reports.styles import PLAIN, Look, Span
from gitlabgen.simulation.differences import Difference
from gitlabgen.simulation.event_facts import Fault
from gitlabgen.simulation.traces import ClauseTrace, Operand, RuleTrace, Trace
from gitlabgen.simulation.unknown import Unknown

__all__ = ["Show", "explanation_text", "plain_trace"]

Show: TypeAlias = Callable[[str], str]
"""Returns the path to show for a file."""

_Line: TypeAlias = tuple[str | Span, ...]

_WORDS: Final = {True: "holds", False: "does not hold"}
_KINDS: Final = {True: "good", False: "bad"}


def plain_trace(trace: Trace, show: Show) -> dict[str, Any]:
    """Return a trace as plain data; what is unknown is null.

    Args:
        trace: The trace.
        show: Returns the path to show for a file.
    """
    return {
        "basis": trace.basis,
        "truth": _plain_answer(trace.truth),
        "summary": trace.summary,
        "reasons": [*trace.reasons],
        "rules": [_plain_rule(rule, show) for rule in trace.rules],
        "clauses": [_plain_clause(clause) for clause in trace.clauses],
        "differences": [_plain_difference(difference) for difference in trace.differences],
    }


def _plain_rule(rule: RuleTrace, show: Show) -> dict[str, Any]:
    file, line = place_of(rule.rule, show)
    return {
        "rule": rule.place,
        "when": str(rule.rule.when) if isinstance(rule.rule, Rule) and rule.rule.when is not None else None,
        "file": file,
        "line": line,
        "answer": _plain_answer(rule.answer),
        "clauses": [_plain_clause(clause) for clause in rule.clauses],
    }


def _plain_clause(clause: ClauseTrace) -> dict[str, Any]:
    return {
        "keyword": clause.keyword,
        "text": clause.text,
        "answer": _plain_answer(clause.answer),
        "note": clause.note or (clause.answer.message if isinstance(clause.answer, Fault) else ""),
        "operands": [_plain_operand(operand) for operand in clause.operands],
    }


def _plain_operand(operand: Operand) -> dict[str, Any]:
    value = operand.value
    unknown = [*value.reasons] if isinstance(value, Unknown) else []
    return {
        "name": operand.name,
        "value": None if isinstance(value, Unknown) else value,
        "origin": operand.origin,
        "unknown": unknown,
    }


def _plain_difference(difference: Difference) -> dict[str, Any]:
    return {
        "rule": difference.rule,
        "text": difference.text,
        "must_hold": difference.must_hold,
        "variables": [*difference.operands],
    }


def _plain_answer(answer: object) -> bool | None:
    return answer if isinstance(answer, bool) else None


def place_of(model: Any, show: Show) -> tuple[str | None, int | None]:
    """Return the file and the line in which a model was written; None if they are not known.

    Args:
        model: The model.
        show: Returns the path to show for a file.
    """
    found = position(location_of(model)) if isinstance(model, Rule) else None
    return (None, None) if found is None or not found.file else (show(found.file), found.line)


def explanation_text(title: str, trace: Trace, show: Show, look: Look = PLAIN) -> str:
    """Return a trace as text.

    Args:
        title: What is decided, such as the name of the job.
        trace: The trace.
        show: Returns the path to show for a file.
        look: What the stream can show.
    """
    lines: list[_Line] = [(Span(title, "rule"), f": {trace.summary}")]
    for rule in trace.rules:
        lines += _rule_lines(rule, show)
    for clause in trace.clauses:
        lines += _clause_lines(clause, "  ")
    lines += _difference_lines(trace.differences)
    return "".join(f"{look.line(*line)}\n" for line in lines)


def _rule_lines(rule: RuleTrace, show: Show) -> Iterator[_Line]:
    file, line = place_of(rule.rule, show)
    place = "" if file is None else f" ({file}:{line})" if line is not None else f" ({file})"
    if isinstance(rule.answer, Unknown):
        said = Span("may match", "changed")
    elif isinstance(rule.answer, Fault):
        said = Span("cannot be evaluated", "bad")
    else:
        said = Span("matches" if rule.answer else "does not match", _KINDS[rule.answer])
    when = f", when: {rule.rule.when}" if isinstance(rule.rule, Rule) and rule.rule.when is not None else ""
    yield f"  rule {rule.place + 1}{place} ", said, when
    for clause in rule.clauses:
        yield from _clause_lines(clause, "    ")


def _clause_lines(clause: ClauseTrace, indent: str) -> Iterator[_Line]:
    answer = clause.answer
    if isinstance(answer, Unknown):
        said = Span("is unknown", "changed")
    elif isinstance(answer, Fault):
        said = Span(answer.message, "bad")
    else:
        said = Span(_WORDS[answer], _KINDS[answer])
    yield f"{indent}{clause.keyword}: {clause.text}  ", said
    for operand in clause.operands:
        yield (f"{indent}  {_operand_text(operand)}",)
    if clause.note:
        yield (f"{indent}  {clause.note}",)


def _operand_text(operand: Operand) -> str:
    value = operand.value
    if isinstance(value, Unknown):
        return f"{operand.name} is unknown: {'; '.join(value.reasons)}"
    if value is None:
        return f"{operand.name} is not defined"
    origin = f" ({operand.origin})" if operand.origin else ""
    return f"{operand.name} = {_quoted(value)}{origin}"


def _quoted(value: str) -> str:
    shown = value if len(value) <= 60 else f"{value[:60]}…"
    return '"' + shown.replace("\n", "\\n") + '"'


def _difference_lines(differences: Sequence[Difference]) -> Iterator[_Line]:
    if differences:
        yield ("  it would be in the pipeline if:",)
    for difference in differences:
        held = "held" if difference.must_hold else "did not hold"
        rule = "" if difference.rule is None else f" (rule {difference.rule + 1})"
        yield (f"    {difference.text}  {held}{rule}",)
