"""Searches with regular expressions. The answers were compared with those of google-re2."""

from __future__ import annotations

import pytest

from gitlabgen.matching import automata
from gitlabgen.matching.automata import Automaton
from gitlabgen.matching.searching import is_found
from gitlabgen.matching.syntax import RegexError


@pytest.mark.parametrize(
    ("pattern", "found", "missing"),
    [
        ("", ["", "a"], []),
        ("a", ["a", "ba", "ab"], ["", "b", "A"]),
        ("^a$", ["a"], ["a\n", "ba", "aa"]),
        (r"\Aa\z", ["a"], ["a\n", "\na"]),
        ("(?m)^a$", ["b\na\nb", "a\n"], ["ba\n"]),
        ("(?m)(?-m:^a$)", ["a"], ["a\n"]),
        (".", ["a", "é", "😀", "\r"], ["", "\n"]),
        ("(?s).", ["\n"], [""]),
        ("a|b|", ["", "c"], []),
        ("^(?:ab|cd)*$", ["", "abcdab"], ["abc"]),
        ("^a+b?$", ["a", "aab"], ["b", "abb"]),
        ("^a{2}$", ["aa"], ["a", "aaa"]),
        ("^a{2,}$", ["aa", "aaaa"], ["a"]),
        ("^a{1,3}?$", ["a", "aaa"], ["", "aaaa"]),
        ("^a{0}$", [""], ["a"]),
        ("^a{0,2}$", ["", "aa"], ["aaa"]),
        ("^(?:a*)*$", ["", "aa"], ["b"]),
        ("^(?:a*){2,3}b$", ["b", "aab"], ["aa"]),
        ("(?:^){3}a", ["a"], ["ba"]),
        ("^{2,}a$+", ["a"], ["ba"]),
        ("[a-cx]", ["b", "x"], ["d", "-"]),
        ("[^a-c]", ["d", "\n", "é"], ["a", ""]),
        (r"[^\x00-\x{10FFFF}]", [], ["", "a", "é"]),
        (r"^\d\s\w$", ["1 a", "0\t_"], ["\u0661 a", "1\va", "1 é"]),
        (r"^\D\S\W$", ["aa ", "\u0661\v\u00e9"], ["1aa"]),
        (r"[[:space:]]", ["\v"], ["a"]),
        (r"^[[:^alpha:]]+$", ["1é"], ["a"]),
        (r"^\p{Greek}\pL\PN$", ["λaa", "ΩЖ-"], ["aaa", "λa1"]),
        (r"^\p{^Lu}$", ["a"], ["A"]),
        (r"^\P{^Lu}$", ["A"], ["a"]),
        (r"\p{Any}", ["a"], [""]),
        (r"\bab\b", ["ab", "a ab-"], ["abc", "_ab"]),
        (r"\bé", ["aé"], ["é", " é"]),
        (r"^a\Bb", ["ab"], []),
        (r"\B", ["", "é", "ab"], ["a"]),
        (r"^\C\C$", ["é", "ab"], ["a", "€"]),
        (r"^[é-ñ]\C$", ["éa"], ["é", "ú"]),
        ("(?i)k", ["k", "K", "\u212a"], ["x"]),
        ("(?i)[r-t]", ["S", "\u017f"], ["q"]),
        ("(?i)[^s]", ["a"], ["s", "S", "\u017f"]),
        (r"(?i)\W", ["-", "é"], ["a", "\u017f"]),
        ("(?i:a)b", ["ab", "Ab"], ["AB"]),
        ("(?i)ß", ["ß", "ẞ"], ["ss"]),
        ("a(?i)b", ["ab", "aB"], ["Ab"]),
        ("(a(?i)b)c", ["aBc"], ["abC"]),
        ("(?U)^a*$", ["aa"], ["b"]),
        (r"\Qa.\E.", ["a.b"], ["abc"]),
        (r"\Qa\b", ["a\\b"], ["a"]),
        (r"\x41\x{e9}\102\t", ["AéB\t"], ["A"]),
        ("a{,2}", ["a{,2}"], ["aa"]),
        ("(?P<n>a)(?<m>b)", ["ab"], ["ba"]),
    ],
)
def test_searches(pattern: str, found: list[str], missing: list[str]) -> None:
    """A pattern is found in the texts that RE2 finds it in, and in no other."""
    assert [text for text in found + missing if is_found(pattern, text)] == found


def test_a_surrogate_is_a_character() -> None:
    """A text with a surrogate, which UTF-8 cannot hold, is searched like any other."""
    assert is_found("^.$", "\ud800")
    assert is_found(r"^\C\C\C$", "\ud800")


def test_an_invalid_pattern_cannot_be_searched() -> None:
    """A pattern that RE2 rejects has no answer."""
    with pytest.raises(RegexError, match="missing"):
        is_found("(", "a")


def test_the_memory_of_transitions_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """An automaton forgets its transitions when they are too many, and gives the same answers."""
    monkeypatch.setattr(automata, "_MEMORY", 3_000)
    sizes = []
    visits = []

    def step(key: int, char: str) -> int | None:
        visits.append(key)
        sizes.append(len(automaton._states))
        return None if not char and key == 0 else (key + 1) % 100

    automaton = Automaton(0, step, size=0)
    assert automaton.matches("a" * 1_000)
    assert not automaton.matches("a" * 1_001)
    assert max(sizes) <= 11
    assert len(visits) > 1_000
