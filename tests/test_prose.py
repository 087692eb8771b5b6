"""The check of words in `tools/prose.py`, and the tests that the guide for contributors names."""

from __future__ import annotations

import re
from pathlib import Path

from tools import prose

ROOT = Path(__file__).parents[1]


def _words(file: str, text: str) -> list[str]:
    return [str(word) for word in prose.words_in(file, text)]


def test_words_are_found_in_prose_only() -> None:
    """Comments, docstrings and messages are checked, and names are not."""
    text = '"""Hand it on, beside the rest."""\n\nbehind = stands = 1  # nobody\nraise ValueError("wants a list", "beside")\n'
    assert _words("a.py", text) == [
        "a.py:1: 'beside': write next to, together with, or in addition to",
        "a.py:3: 'nobody': write no one, or another subject",
        "a.py:4: 'wants': write needs, requires or expects",
    ]


def test_the_line_is_that_of_the_word() -> None:
    """A word in a long docstring is found in its own line; in Markdown, each line is prose."""
    assert _words("a.py", 'def a():\n    """One.\n\n    It is told.\n    """\n')[0].startswith("a.py:4: 'told'")
    assert _words("a.md", "One.\nWhoever reads.\n")[0].startswith("a.md:2: 'Whoever'")


def test_standard_uses_are_fine() -> None:
    """`stands for`, `standard`, a look-behind and `is None` are plain English or code."""
    assert _words("a.md", "What it stands for is a standard look-behind. `x is None`.") == []


def test_rendered_text_keeps_its_words() -> None:
    """A line that ends with the mark is a part of rendered files."""
    assert _words("a.py", 'x = "nobody reads"  # rendered\n') == []


def test_the_guide_names_tests_that_exist() -> None:
    """Each test that CONTRIBUTING.md names is in the file that it names."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    assert named
    for file, test in named:
        text = (ROOT / file).read_text("utf-8")
        assert not test or f"def {test}(" in text, f"{file}::{test}"
