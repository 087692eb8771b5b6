"""RE2's language: what is accepted, and RE2's message for the rest. The messages were compared with those of google-re2."""

from __future__ import annotations

import pytest

from gitlabgen.matching.parsing import escaped, parsed
from gitlabgen.matching.searching import checked, is_found
from gitlabgen.matching.syntax import RegexError, walk


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "a|", "|", "()", "(?:)", "(a*)*", "^*", "$+", r"\b?", "a(?i)*", r"a*\Q\E*", "(?:a+)+", "a{0}", "a{1}"),
        *("a{,3}", "a{", "a{1", "a{1,", "a{1,2", "a{01}", "a{1x}", "a{x}", "a{1234567890}", "{", "}", "]", "a{2}?", "a{1000}"),
        *("(?:a{10}){100}", "(?:a{1000})*", "(?:a{1000}){0}", "(?:(?:a{2}){1}){500}"),
        *("[]a]", "[^]a]", "[a-]", "[-a]", "[a-b-c]", "[--/]", r"[\d-z]", "[[:alpha:]]", "[[:^word:]-z]", "[[:a]", "[[.a.]]"),
        *(r"[\pL\P{Greek}]", r"[\]\-\x41-\x{5A}\01]", r"[^\x00-\x{10FFFF}]", "[a&&b]"),
        *(
            r"\pL",
            r"\p{^Lu}",
            r"\P{^Lu}",
            r"\p{Any}",
            r"\pC",
            r"\x41",
            r"\x{0000041}",
            r"\x{10FFFF}",
            r"\0",
            r"\08",
            r"\12",
            r"\777",
        ),
        *(r"\_", r"\-", r"\ ", r"\n\t\r\a\f\v", r"\A\z\b\B\C", r"\Qa*(\E", r"\Q", "\\Qa\\", r"\Q\E"),
        *("(?i)", "(?)", "(?ims-U)a", "(?-i:a)", "(?i:(?s)a)b", "(?P<n>a)", "(?<n>a)(?<n>b)", "(?P<é_1>a)", "(?<1>a)"),
        "é☃😀",
    ],
)
def test_what_re2_accepts(pattern: str) -> None:
    """RE2's syntax is accepted."""
    assert [*walk(parsed(pattern))]


@pytest.mark.parametrize(
    ("pattern", "message", "position"),
    [
        ("a)", "unexpected ): a)", 1),
        ("(a", "missing ): (a", 0),
        ("a(b(c)", "missing ): a(b(c)", 1),
        ("a[bc", "missing ]: [bc", 1),
        ("[]", "missing ]: []", 0),
        ("[a-", "missing ]: [a-", 0),
        (r"[\p", r"invalid escape sequence: \p", 1),
        (r"[a\]", r"missing ]: [a\]", 0),
        ("a\\", "trailing \\", 1),
        (r"a\1", r"invalid escape sequence: \1", 1),
        (r"\8", r"invalid escape sequence: \8", 0),
        (r"\é", r"invalid escape sequence: \é", 0),
        (r"\E", r"invalid escape sequence: \E", 0),
        (r"\Z", r"invalid escape sequence: \Z", 0),
        (r"[\b]", r"invalid escape sequence: \b", 1),
        (r"[a-\d]", r"invalid escape sequence: \d", 3),
        (r"\x4", r"invalid escape sequence: \x4", 0),
        (r"\xg1", r"invalid escape sequence: \xg1", 0),
        (r"\x{}", r"invalid escape sequence: \x{}", 0),
        (r"\x{41", r"invalid escape sequence: \x{41", 0),
        (r"\x{4g}", r"invalid escape sequence: \x{4g", 0),
        (r"\x{110000}", r"invalid escape sequence: \x{110000", 0),
        (r"\x{", "invalid UTF-8", 0),
        ("[z-a]", "invalid character class range: z-a", 1),
        ("[[:foo:]]", "invalid character class range: [:foo:]", 1),
        ("[[:d:]]", "invalid character class range: [:d:]", 1),
        ("[[::]]", "invalid character class range: [::]", 1),
        (r"\p", r"invalid character class range: \p", 0),
        (r"\pé", r"invalid character class range: \pé", 0),
        (r"\p^L", r"invalid character class range: \p^", 0),
        (r"\p{}", r"invalid character class range: \p{}", 0),
        (r"a\p{Lu", r"invalid character class range: \p{Lu", 1),
        (r"\p{greek}", r"invalid character class range: \p{greek}", 0),
        (r"[\p]", r"invalid character class range: \p]", 1),
        ("*", "no argument for repetition operator: *", 0),
        ("a|+?", "no argument for repetition operator: +?", 2),
        ("(?i)?", "no argument for repetition operator: ?", 4),
        ("({2})", "no argument for repetition operator: {2}", 1),
        (r"\Q\E*", "no argument for repetition operator: *", 4),
        ("a**", "bad repetition operator: **", 1),
        ("a+?+", "bad repetition operator: +?+", 1),
        ("ab{2}{3}?", "bad repetition operator: {2}{3}?", 2),
        ("a{1001}", "invalid repetition size: {1001}", 1),
        ("a{1001,}", "invalid repetition size: {1001,}", 1),
        ("{1001}", "invalid repetition size: {1001}", 0),
        ("a{2,1}", "invalid repetition size: {2,1}", 1),
        ("(a{100}){11}?", "invalid repetition size: {11}?", 8),
        ("(?:a{100}|b){2}(?:(?:a{2}b){2}){251}", "invalid repetition size: {251}", 31),
        ("(?", "invalid perl operator: (?", 0),
        ("(?i", "invalid perl operator: (?i", 0),
        ("(?-)", "invalid perl operator: (?-)", 0),
        ("(?i-s-m)", "invalid perl operator: (?i-s-", 0),
        ("a(?=b)", "invalid perl operator: (?=", 1),
        ("(?!", "invalid perl operator: (?!", 0),
        ("(?<=a)", "invalid perl operator: (?<=", 0),
        ("(?<", "invalid perl operator: (?<", 0),
        ("(?P=n)", "invalid perl operator: (?P", 0),
        ("(?P<", "invalid perl operator: (?P", 0),
        ("(?#a)", "invalid perl operator: (?#", 0),
        ("(?xi)", "invalid perl operator: (?x", 0),
        ("(?<=", "invalid named capture group: (?<=", 0),
        ("(?P<n", "invalid named capture group: (?P<n", 0),
        ("a(?<>b)", "invalid named capture group: (?<>", 1),
        ("(?P<a-b>c)", "invalid named capture group: (?P<a-b>", 0),
    ],
)
def test_what_re2_rejects(pattern: str, message: str, position: int) -> None:
    """Everything else is rejected with RE2's message, and with the index of the part that is wrong."""
    with pytest.raises(RegexError) as caught:
        parsed(pattern)

    assert str(caught.value) == message
    assert caught.value.position == position


@pytest.mark.parametrize(
    "pattern",
    [r"\pL{1000}", "(?:ab){1000}" * 400, "(?:(?:)|a){1000}" * 400, r"[^\x00-\x{10FFFF}]{1000}" * 700, r"\C{1000}" * 700],
)
def test_programs_that_are_too_large(pattern: str) -> None:
    """A pattern that RE2 cannot compile within its limit of memory is rejected."""
    with pytest.raises(RegexError, match="pattern too large - compile failed"):
        checked(pattern)


@pytest.mark.parametrize("pattern", ["(" * 20_000 + ")" * 20_000, "(?:" * 20_000 + "a" + ")*" * 20_000, "(?:){1000}" * 1000])
def test_the_depth_of_groups_is_not_limited(pattern: str) -> None:
    """Groups can be nested as deeply as RE2 allows."""
    assert is_found(pattern, "a")


@pytest.mark.parametrize("text", ["a.b*c", "^$|()[]{}?+\\", "a b\n\t_-é", "\0"])
def test_escaped_text(text: str) -> None:
    """An escaped text matches itself, and nothing else."""
    assert is_found(f"^{escaped(text)}$", text)
    assert not is_found(f"^{escaped(text)}$", text + text)
    assert not is_found(f"^{escaped(text)}$", "x" * len(text))
