"""Regular expressions of Ruby that RE2 reads alike."""

from __future__ import annotations

import pytest

from gitlabgen.matching.ruby_patterns import is_found_by_ruby


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\.rb$", "lib/a.rb", True),
        (r"\.rb$", "lib/a.rbs", False),
        (r"\A(?!docs/)", "src/a", True),
        (r"^(?!docs/).*$", "docs/a", False),
        (r"\A(?!docs/|README)(?!.*\.md\z).", "README", False),
        (r"\A(?!docs/|README)(?!.*\.md\z).", "src/a.md", False),
        (r"\A(?!docs/|README)(?!.*\.md\z).", "src/a.c", True),
        (r"\A(?!a(b|c)[)])(x|y)", "y", True),
        (r"a|b", "b", True),
        (r"\A(?!a)", "", True),
    ],
)
def test_what_is_found(pattern: str, text: str, found: object) -> None:
    """A pattern is searched anywhere; lookaheads at the beginning exclude texts."""
    assert is_found_by_ruby(pattern, text) is found


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"\A(?!a)b|c", r"\A(?!a", r"\A(?!\b)", "a(?!b)", "(?=a)", "(?<=a)b", "(?i)a", "(?<n>a)"),
        *(
            r"\h",
            r"\bword",
            r"a\Z",
            "a++",
            "a*+",
            "a{2}+",
            "a{,2}",
            "[[:alpha:]]",
            "[a&&b]",
            "[]a]",
            "^*",
            "(*)",
            "a(",
            "a)",
            "[b-a]",
            "\n",
        ),
    ],
)
def test_what_only_ruby_can_say(pattern: str) -> None:
    """There is no answer for a pattern that RE2 does not have, or may read in another way."""
    assert is_found_by_ruby(pattern, "a") is None


def test_control_characters() -> None:
    """There is no answer for a text of several lines, in which `^` means the beginning of any line to Ruby."""
    assert is_found_by_ruby("^a", "b\na") is None
