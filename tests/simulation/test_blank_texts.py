from __future__ import annotations

import pytest

from gitlabgen.simulation.blank_texts import is_blank, is_found_in_all, is_found_in_all_present


@pytest.mark.parametrize(
    ("text", "blank"), [("", True), (" \t\n\v\f\r", True), ("\u00a0\u3000\u2003", True), ("\x1f", False), (" a ", False)]
)
def test_blank_texts(text: str, blank: bool) -> None:  # noqa: FBT001 - it is data
    r"""A blank text has only the white space of Ruby; Python also strips `\x1f`."""
    assert is_blank(text) is blank


@pytest.mark.parametrize(
    ("pattern", "in_all", "in_all_present"),
    [
        ("", True, True),
        (".*", True, True),
        ("a?|b", True, True),
        ("a", False, False),
        ("^", False, False),
        (r"\S", False, True),
        (r"(\S)+", False, True),
        (r"\S{2,}", False, False),
        ("(?s).", False, True),
        (".", False, True),
        (r"[^\s]", False, True),
        ("[^a]", False, False),
        (r"[^\s_]", False, False),
    ],
)
def test_patterns(pattern: str, in_all: bool, in_all_present: bool) -> None:  # noqa: FBT001 - it is data
    """A pattern is found in all texts if the empty text has it, and in all that are present if it takes any visible character."""
    assert is_found_in_all(pattern) is in_all
    assert is_found_in_all_present(pattern) is in_all_present
