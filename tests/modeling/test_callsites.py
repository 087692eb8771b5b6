from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from gitlabgen.modeling import callsites
from gitlabgen.modeling.call_arguments import Argument, argument_at
from gitlabgen.modeling.callsites import Position, caller, position
from gitlabgen.modeling.plans import language_of


def test_a_position_knows_the_language_of_its_file() -> None:
    """A Python file is Python, and any other file is YAML."""
    assert Position("ci/gitlab_ci.py").language == "python"
    assert Position(".gitlab-ci.yml").language == "yaml"
    assert language_of(object()) == "python"


def test_without_a_frame_of_the_user_the_outermost_one_is_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the whole stack is the library's, the search ends at its end."""
    monkeypatch.setattr(callsites, "_is_library", lambda _: True)
    outermost = sys._getframe()
    while outermost.f_back is not None:
        outermost = outermost.f_back
    assert caller()[0] is outermost.f_code


def test_an_instruction_that_is_unknown_has_the_line_of_its_code() -> None:
    """Without a position of the instruction, the first line of the function is the location, without a column."""
    code = test_an_instruction_that_is_unknown_has_the_line_of_its_code.__code__
    found = position((code, 1_000_000))
    assert found is not None
    assert (found.line, found.column) == (code.co_firstlineno, None)


def test_an_argument_of_a_call_that_is_not_found(tmp_path: Path) -> None:
    """A file that has changed since it was loaded has no such call, and an item that is not written has no position."""
    file = tmp_path / "a.py"
    file.write_text("made = f({'a': 1}, b=[2])\n", "utf-8")
    (call,) = (node for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.Call))
    span = (call.lineno, call.end_lineno, call.col_offset, call.end_col_offset)
    assert argument_at(str(file), (9, 9, 0, 1), ("b",), ()) is None
    assert argument_at(str(file), span, ("c",), ()) is None
    assert argument_at(str(file), span, ("x", "a"), ("x",)) == Argument((1, 1, 15, 16), rest=[])
    assert argument_at(str(file), span, ("x", "z"), ("x",)) == Argument((1, 1, 9, 17), rest=["z"])
    assert argument_at(str(file), span, ("b", 5), ()) == Argument((1, 1, 21, 24), rest=[5])
