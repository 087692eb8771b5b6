"""Colour and links: only around the text, never from the text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.errors import Finding
from gitlabgen.reports.styles import PLAIN, Look, Span, diff_text, printable
from gitlabgen.reports.text import findings_text

COLORS = Look(colors=True)
LINKS = Look(colors=True, links=True)
ESCAPES = r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\"


def without_escapes(text: str) -> str:
    """Return the text without the sequences for colours and links."""
    return re.sub(ESCAPES, "", text)


@given(st.text(), st.text(), st.none() | st.text())
def test_user_text_adds_no_escape_sequence(message: str, rule: str, url: str | None) -> None:
    """Without our own sequences, coloured text equals plain text, whatever the text contains."""
    finding = Finding(rule=rule, message=f"\x1b[31m{message}", hint=message, file=rule, url=url)
    plain = findings_text([finding])
    assert "\x1b" not in plain
    for look in (COLORS, LINKS):
        assert without_escapes(findings_text([finding], look)) == plain


def test_the_parts_of_a_finding_differ() -> None:
    """The severity, the rule, the position and the carets are in colour; the message is not."""
    text = findings_text([Finding(rule="r", message="m", file="nix.py", line=1, column=2)], COLORS)
    assert text == "\x1b[1mnix.py:1:2\x1b[0m: \x1b[1;31merror\x1b[0m[\x1b[1mr\x1b[0m] m\n1 error\n"


def test_severities_have_different_colors() -> None:
    """Each severity has its own colour."""
    assert len({COLORS.line(Span("x", severity)) for severity in ("error", "warning", "info")}) == 3


def test_a_rule_links_to_its_page() -> None:
    """The link is outside the colour, and ends after the text."""
    assert LINKS.line(Span("r", "rule", "https://x/#y")) == "\x1b]8;;https://x/#y\x1b\\\x1b[1mr\x1b[0m\x1b]8;;\x1b\\"


@pytest.mark.parametrize("url", [None, "", "https://x/\x1b\\", "https://x/ü", "https://x/\x07"])
def test_an_unusual_address_is_no_link(url: str | None) -> None:
    """An address that could end the sequence early, or that is not ASCII, is not written."""
    assert LINKS.line(Span("r", "rule", url)) == "\x1b[1mr\x1b[0m"


def test_an_empty_span_is_nothing() -> None:
    """An empty text has no escape sequences."""
    assert COLORS.line(Span("", "path"), "a", Span("b", "unknown kind")) == "ab"


DIFF = "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n same\n--- text\n+++ text\n\\ No newline at end of file\n"


def test_the_lines_of_a_diff_differ() -> None:
    """Added and removed lines have colours, also if they look like the names of the files."""
    assert diff_text(DIFF, PLAIN) == DIFF
    colored = diff_text(DIFF, COLORS)
    assert without_escapes(colored) == DIFF
    codes = [re.findall(r"\x1b\[([0-9;]*)m", line)[:1] for line in colored.splitlines()]
    assert codes == [["1"], ["1"], ["36"], [], ["31"], ["32"], []]
    assert diff_text("", COLORS) == ""


@given(st.text())
def test_printable_text(text: str) -> None:
    """Control characters are escaped, apart from tabs."""
    assert printable(text).replace("\t", "").isprintable()
