"""Conditions: our answers equal those of Ruby's own operators, in an evaluator of another construction."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from gitlabgen.simulation import ExpressionError, evaluate
from tests.differential.parsers import process

VALUES = (
    *("$A", "$B", "$C", "$1", '""', "''", '" "', '"a"', "'b'", '"true"', "'false'", '"/a./"', "'/(/'", '"ab"', "null", "true"),
    *("false", "/a./", "/[ab]+/i", r"/\S/", "/a.b/s", r"/x\/y/", "/(?:)/"),
)
OPERATORS = ("==", "!=", "=~", "!~", "&&", "||")
TEXTS = (
    None,
    "",
    " ",
    "\n",
    "\u00a0",
    "\u2003\x1f",
    "\x1c",
    "a",
    "b",
    "ab",
    "aB",
    "a\nb",
    "x/y",
    "true",
    "false",
    "null",
    "/a./",
    "/B/i",
    "/(/",
)


def well_formed(source: random.Random, depth: int = 3) -> str:
    """Return a random condition that GitLab can read."""
    kind = source.randrange(8) if depth else 0
    if kind < 2:
        return source.choice(VALUES)
    inner = well_formed(source, depth - 1)
    if kind == 2:
        return f"!{inner}"
    if kind == 3:
        return f"({inner})"
    space = source.choice(("", " ", "\n"))
    return f"{inner}{space}{source.choice(OPERATORS)}{space}{well_formed(source, depth - 1)}"


def examples(seed: int, count: int) -> Iterator[tuple[str, dict[str, str | None]]]:
    """Yield random conditions with values of variables; a part of the conditions has tokens in any order."""
    source = random.Random(seed)
    for index in range(count):
        loose = " ".join(source.choices((*VALUES[:8], *OPERATORS, "(", ")", "!", "x"), k=source.randrange(7)))
        variables = {name: source.choice(TEXTS) for name in "ABC"}
        yield (loose if index % 5 == 0 else well_formed(source)), variables


def answer(text: str, variables: dict[str, str | None]) -> bool | None:
    """Return our answer, or None if we reject the condition."""
    try:
        return evaluate(text, variables)
    except ExpressionError:
        return None


def differences(cases: list[tuple[str, dict[str, str | None]]]) -> list[tuple[str, dict[str, str | None], bool | None]]:
    """Return the conditions about which Ruby's answer is another one."""
    answers = process(["ruby", "conditions.rb"], cases)
    assert {*answers} == {True, False, None}
    return [(*case, theirs) for case, theirs in zip(cases, answers, strict=True) if answer(*case) is not theirs]


def test_conditions() -> None:
    """Our answers equal those of Ruby."""
    assert differences([*examples(1, 5_000)]) == []


@pytest.mark.fuzz
def test_many_conditions() -> None:
    """Our answers equal those of Ruby for other conditions in each run."""
    assert differences([*examples(random.randrange(10**9), 200_000)]) == []
