"""Globs: our answers equal those of Ruby, whose `File.fnmatch?` GitLab uses."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from gitlabgen.matching.globs import glob_match
from tests.differential.parsers import process

PARTS = (
    *("a", "b", "c", ".", "é", "/", "*", "**", "**/", "?", "[", "]", "!", "^", "-", "\\", "{", "}", ","),
    *("[a-c]", "[!a]", "{a,b}", "{a,", "{,a/}", "{*", "{*,**}", "/**/"),
)
COMMON = ("a", "b", "/", "*", "**/", "**", "{a,b}", "{,a/}", "?", "[ab]")
CHARACTERS = "ab/.é*-][{},!^\\\n"


def pairs(seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Yield random globs with paths: half of the globs have any syntax, half have the common one, which matches more often."""
    source = random.Random(seed)
    for index in range(count):
        parts, characters = (PARTS, CHARACTERS) if index % 2 else (COMMON, "ab/")
        glob = "".join(source.choices(parts, k=source.randrange(9)))
        yield glob, "".join(source.choices(characters, k=source.randrange(8)))


def differences(examples: list[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    """Return the globs with the paths about which Ruby's answer is another one."""
    answers = process(["ruby", "fnmatch.rb"], examples)
    assert any(answers)
    return [(*pair, answer) for pair, answer in zip(examples, answers, strict=True) if glob_match(*pair) is not answer]


def test_globs() -> None:
    """Our answers equal those of Ruby."""
    assert differences([*pairs(1, 10_000)]) == []


@pytest.mark.fuzz
def test_many_globs() -> None:
    """Our answers equal those of Ruby for other globs in each run."""
    assert differences([*pairs(random.randrange(10**9), 400_000)]) == []
