"""Parts of the arguments of calls."""

from __future__ import annotations

import ast

import pytest

from gitlabgen.modeling.call_arguments import _step


@pytest.mark.parametrize(
    ("text", "step", "column"), [("dict(a=1, bc=2)", "bc", 13), ("dict(a=1)", "b", None), ("dict()", "b", None), ("[1]", 1, None)]
)
def test_an_entry_of_a_call_is_found_by_its_name(text: str, step: str | int, column: int | None) -> None:
    """`dict(name=value)` has the entry; another name, and an index after the end, lead to nothing."""
    found, _ = _step(ast.parse(text, mode="eval").body, step)
    assert (None if found is None else found.col_offset) == column
