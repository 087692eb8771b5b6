"""Regular expressions: each answer that we give is that of Ruby."""

from __future__ import annotations

import random

import pytest

from gitlabgen.matching.ruby_patterns import is_found_by_ruby
from tests.differential.parsers import process

PARTS = (
    *("a", "b", "/", "é", "-", ",", "#", " ", ".", "a", "b", "/", "(", ")", "(?:", "|", "^", "$", "(?!", "(?=", "(?i)", "(?<n>"),
    *(
        "*",
        "+",
        "?",
        "*?",
        "++",
        "{2}",
        "{1,2}",
        "{,2}",
        "{2,}",
        "{0}",
        "{2}?",
        "[a-b]",
        "[^b]",
        "[a-]",
        "[-a]",
        "[a-b-9]",
        "[\\]/]",
    ),
    *("[\\w-]", "[[:alpha:]]", "[a&&b]", "[^\\d.]", "[", "]", "{", "}", "&", "\\"),
    *(
        r"\A",
        r"\z",
        r"\Z",
        r"\b",
        r"\d",
        r"\W",
        r"\w",
        r"\s",
        r"\h",
        r"\.",
        r"\/",
        r"\-",
        r"\_",
        r"\(",
        r"\[",
        r"\1",
        r"\Q",
        r"\R",
        r"\<",
    ),
)
STARTS = ("", "", r"\A", "^", r"\A(?!", "^(?!a", r"\A(?!b)(?!", "^(?!/|a)")
LETTERS = "aab/bé-.,#1_ <[](){&^Q"


def disagreements(seed: int, count: int) -> tuple[int, list[tuple[str, str, bool]]]:
    """Return how many answers we gave, and those that Ruby does not give."""
    source = random.Random(seed)
    cases = [
        (
            source.choice(STARTS) + "".join(source.choices(PARTS, k=source.randrange(6))) + source.choice(("", "", ")", ")a")),
            "".join(source.choices(LETTERS, k=source.randrange(6))),
        )
        for _ in range(count)
    ]
    answers = process(["ruby", "patterns.rb"], cases)
    ours = [is_found_by_ruby(*case) for case in cases]
    wrong = [(*case, our) for case, our, their in zip(cases, ours, answers, strict=True) if our is not None and our is not their]
    return sum(our is not None for our in ours), wrong[:5]


def test_patterns() -> None:
    """Ruby gives each of our answers."""
    given, wrong = disagreements(4, 20_000)

    assert wrong == []
    assert given > 4_000


@pytest.mark.fuzz
def test_many_patterns() -> None:
    """Ruby gives each of our answers to other patterns in each run."""
    assert disagreements(random.randrange(10**9), 400_000)[1] == []
