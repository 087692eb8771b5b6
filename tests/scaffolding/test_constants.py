"""The constants of a definition: which there are, and how their values are replaced."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.scaffolding.constants import constants_of, replaced

SOURCE = '''"""Ünï."""
from x import y
NAME = "ü"  # ünï
A = B = "two targets"
lower = "not a constant"
NUMBER = 1
MIXED = {"qa": 1}
ACCOUNTS = {
    "qa": "1",  # first
    'prod': '2',
}
LONG = """a
b"""
project = Project(NAME)
'''


def test_constants_have_names_values_and_lines() -> None:
    """Constants are strings and dictionaries of strings with a name in upper case."""
    found = [(constant.name, constant.value, constant.line) for constant in constants_of(SOURCE).values()]
    assert found == [("NAME", "ü", 3), ("ACCOUNTS", {"qa": "1", "prod": "2"}, 8), ("LONG", "a\nb", 12)]


def test_only_the_values_change() -> None:
    """All bytes outside the values stay, and values that are not given too."""
    changed = replaced(SOURCE, {"NAME": "örders", "ACCOUNTS": {"prod": "333"}, "LONG": "x", "OTHER": "y"})
    assert changed == SOURCE.replace('"ü"', '"örders"').replace("'2'", '"333"').replace('"""a\nb"""', '"x"')
    assert replaced(SOURCE, {}) == SOURCE


@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_written_as_a_literal(text: str) -> None:
    """Quotes, backslashes, line breaks and all other characters give a definition with this value."""
    assert constants_of(replaced(SOURCE, {"NAME": text}))["NAME"].value == text


@pytest.mark.parametrize(
    "source", ["NAME = f'a'", "NAME: str = 'a'", "def f():\n    NAME = 'a'", "NAME = {**{}, 'a': 'b'}", "NAME = {}"]
)
def test_other_statements_are_not_constants(source: str) -> None:
    """Only plain assignments at the top level are constants."""
    assert constants_of(source) == {}
