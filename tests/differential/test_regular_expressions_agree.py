"""Regular expressions: our verdicts, messages and answers equal those of RE2 itself, as the package google-re2 has it.

The texts have only characters that all versions of Unicode since 14 know, because RE2's version differs from Python's.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitlabgen.matching._unicode_tables import EQUAL, GROUPS
from gitlabgen.matching.parsing import parsed
from gitlabgen.matching.searching import checked, is_found
from gitlabgen.matching.sizes import MOST_INSTRUCTIONS, instructions
from gitlabgen.matching.syntax import RegexError
from gitlabgen.simulation import evaluate
from gitlabgen.simulation.blank_texts import WHITE_SPACE, is_found_in_all, is_found_in_all_present
from tests.differential.parsers import missing

try:
    import re2
except ImportError:  # it has no wheels for musl
    re2 = None

TOKENS = (
    *(
        "a",
        "b",
        "k",
        "s",
        "é",
        "\u017f",
        "λ",
        "😀",
        " ",
        "\n",
        "_",
        "-",
        "0",
        "1",
        "7",
        "9",
        ",",
        ":",
        "=",
        "!",
        "<",
        ">",
        "P",
        "#",
    ),
    *("(", ")", "(?:", "(?i)", "(?m)", "(?s)", "(?i:", "(?m-s:", "(?P<n>", "(?<n>", "(?", "(?=", "|", "^", "$", ".", "\\"),
    *("[", "]", "[^", "[a-c]", "[^b]", "[k-s]", "[[:alpha:]]", "[:^word:]", "[[:^space:]]", "[[:foo:]]"),
    *("*", "+", "?", "*?", "{", "}", "{2}", "{0,3}", "{2,}", "{1,2}?", "{1000}", "{1001}", "{01}"),
    *(r"\b", r"\B", r"\A", r"\z", r"\C", r"\d", r"\W", r"\s", r"\Q", r"\E", r"\n", r"\1", r"\12", r"\x41", r"\x{3c3}", r"\x{"),
    *(r"\pL", r"\PL", r"\pN", r"\p{Greek}", r"\p{^Lu}", r"\p{", r"\p", r"[^\pL]", r"\p{Latin}"),
)
CHARACTERS = "abkKsS\u017f éÉ\n_1-λςΛ😀\rᾳßΩ٣"

texts = st.lists(
    st.text(CHARACTERS, max_size=8) | st.text(st.characters(exclude_categories=["Cn", "Cs"]), max_size=4), max_size=4
)
loose = st.lists(st.sampled_from(TOKENS), max_size=9).map("".join)
atoms = st.sampled_from(
    [
        "a",
        "b",
        "k",
        "é",
        "λ",
        ".",
        "^",
        "$",
        "[a-c]",
        "[^k]",
        r"\b",
        r"\B",
        r"\d",
        r"\W",
        r"\pL",
        r"\C",
        "",
        r"\x{10FFFF}",
        r"\Q.\E",
    ]
)
nested = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
        st.builds("({}{})".format, st.sampled_from(["", "?:", "?i:", "?m:", "?s-i:", "?P<a>", "?U:"]), inner),
        st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "{0}"])),
    ),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def _needs_re2() -> None:
    if re2 is None:
        missing("google-re2 is not installed")


def theirs(pattern: str) -> tuple[Any, str | None]:
    """Return RE2's program of a pattern, or RE2's message."""
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options), None
    except re2.error as error:
        return None, error.args[0].decode()


def ours(pattern: str) -> str | None:
    """Return our message about a pattern."""
    try:
        checked(pattern)
    except RegexError as error:
        return str(error)
    return None


def agree(pattern: str, searched: list[str]) -> None:
    """Assert that RE2 has the same verdict and the same answers."""
    program, message = theirs(pattern)
    assert ours(pattern) == message, pattern
    if program is not None:
        for text in searched:
            assert is_found(pattern, text) is (program.search(text) is not None), (pattern, text)


@given(loose | nested, texts)
@settings(max_examples=600)
def test_patterns(pattern: str, searched: list[str]) -> None:
    """A pattern has RE2's verdict and message, and is found in the same texts."""
    agree(pattern, searched)


@given(nested, texts)
def test_conditions(pattern: str, searched: list[str]) -> None:
    """A text matches a pattern exactly if RE2 finds it, and what is found in all texts is found in each of them."""
    program, message = theirs(pattern)
    for text in searched if message is None else []:
        is_match = program.search(text) is not None
        # A variable that holds a regular expression in slashes is one.
        if "\n" not in pattern:
            variables = {"TEXT": text, "PATTERN": f"/{pattern}/"}
            assert evaluate("$TEXT =~ $PATTERN", variables) is is_match
            assert evaluate("$TEXT !~ $PATTERN", variables) is not is_match
        assert is_match or not is_found_in_all(pattern)
        assert is_match or not text.strip(WHITE_SPACE) or not is_found_in_all_present(pattern)


@pytest.mark.fuzz
@given(loose, texts)
@settings(max_examples=20_000)
def test_many_loose_patterns(pattern: str, searched: list[str]) -> None:
    """Any sequence of tokens has RE2's verdict and message, and is found in the same texts."""
    agree(pattern, searched)


@pytest.mark.fuzz
@given(nested, texts)
@settings(max_examples=20_000)
def test_many_valid_patterns(pattern: str, searched: list[str]) -> None:
    """A valid pattern is found in the same texts."""
    agree(pattern, searched)


@pytest.mark.fuzz
@given(st.text("()[]{}|*+?^$.\\-,:=!<>PpQEimsUxCdwbzAaé019#\n", max_size=8))
@settings(max_examples=20_000)
def test_many_texts_as_patterns(pattern: str) -> None:
    """Any text has RE2's verdict and message."""
    agree(pattern, [])


@pytest.mark.fuzz
def test_many_changed_patterns() -> None:
    """A usual pattern in which a part is removed, repeated or replaced has RE2's verdict, and is found in the same texts."""
    usual = [
        r"^v\d+\.\d+(-rc\d{1,2})?$",
        "^(feature|hotfix)/[A-Z]{2,}-[0-9]+",
        r"(?i)\bdraft:?\b",
        r"^(\w+\s?)+$",
        r"[^\pL\d_-]+|\Q.\E",
    ]
    source = random.Random()
    for _ in range(20_000):
        pattern = source.choice(usual)
        start, end = sorted(source.choices(range(len(pattern) + 1), k=2))
        pattern = pattern[:start] + source.choice(["", pattern[start:end] * 2, *TOKENS]) + pattern[end:]
        agree(pattern, ["".join(source.choices("v1.2-rcA/ Draft_:", k=6)), "v1.2-rc3", "feature/AB-1", "draft", "a b"])


@pytest.mark.parametrize(
    "part", ["a*b*", "(?:ab)?", r"[a-cx]\w", ".é", "()", r"\pL", r"\P{Greek}", "(?i:k)", r"a{3}\b", "(?:ab|cd){2,5}"]
)
def test_the_size_of_programs(part: str) -> None:
    """A pattern is too large if RE2's program is, up to one percent."""
    hundred = f"(?:{part}){{100}}"
    size = instructions(parsed(hundred * 2)) - instructions(parsed(hundred))
    count = MOST_INSTRUCTIONS / size
    assert theirs(hundred * int(count * 0.99))[1] is None
    assert theirs(hundred * int(count * 1.01 + 1))[1] == "pattern too large - compile failed"


@pytest.mark.slow
def test_the_groups_of_characters() -> None:
    """The generated tables hold what RE2 answers; if not, run `make unicode`."""
    from tools import unicode_tables

    generated = unicode_tables.text()
    assert GROUPS in generated
    assert EQUAL in generated
