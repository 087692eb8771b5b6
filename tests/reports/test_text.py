"""Findings as text: places, source lines, carets, hints, and the count."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.errors import Finding
from gitlabgen.reports.text import findings_text, printable


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of the current folder, to be filled by the test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "a.py"


def test_nothing_is_said_of_nothing() -> None:
    """No findings make no text."""
    assert findings_text([]) == ""


def test_kinds_are_counted() -> None:
    """The last line counts each kind of finding."""
    findings = [
        Finding(rule="a", message="x"),
        Finding(rule="a", message="x"),
        Finding(rule="b", message="y", severity="warning"),
    ]
    assert findings_text(findings).endswith("\nwarning[b] y\n2 errors, 1 warning\n")
    assert findings_text([Finding(rule="a", message="x", severity="info")]) == "info[a] x\n1 hint\n"


def test_a_finding_shows_its_line(file: Path) -> None:
    """The source line stands below the message, with carets, the hint, other places and the link."""
    file.write_text("x = 1\ny =  wrong\n", encoding="utf-8")
    related = Finding(rule="r", message="the first is here", severity="info", file="a.py", line=1, column=1)
    finding = Finding(
        rule="r",
        message="m",
        hint="right",
        file="a.py",
        line=2,
        column=6,
        end_line=2,
        end_column=11,
        url="https://x",
        related=(related,),
    )
    assert findings_text([finding]).splitlines() == [
        "a.py:2:6: error[r] m",
        "    2 │ y =  wrong",
        "      │      ^^^^^ right",
        "      = the first is here: a.py:1:1",
        "      = see https://x",
        "1 error",
    ]


@pytest.mark.parametrize(
    ("line", "column", "end_column", "carets"),
    [
        ("\tx = 1", 2, 3, "\t^"),
        ("日本 = 1", 1, 3, "^^^^"),
        ("日本 = 1", 6, 7, "       ^"),
        ("e\u0301 = 1", 4, 5, "  ^"),
        ("\u200b = 1", 3, 4, "       ^"),
        ("\x1b = 1", 3, 4, "     ^"),
        ("x = 1", 5, None, "    ^"),
        ("x = 1", 6, 9, "     ^"),
        ("x = 1", 5, 2, "    ^"),
    ],
)
def test_carets_stand_below_what_is_meant(file: Path, line: str, column: int, end_column: int | None, carets: str) -> None:
    """Tabs, wide characters, combining ones and escaped ones do not shift the carets."""
    file.write_text(f"{line}\n", encoding="utf-8")
    finding = Finding(rule="r", message="m", file="a.py", line=1, column=column, end_column=end_column)
    assert findings_text([finding]).splitlines()[2] == f"      │ {carets}"


def test_a_range_of_lines_is_marked_to_the_end_of_the_first(file: Path) -> None:
    """Carets reach to the end of the line if the range goes on below."""
    file.write_text("x = [\n]\n", encoding="utf-8")
    finding = Finding(rule="r", message="m", file="a.py", line=1, column=5, end_line=2, end_column=2)
    assert findings_text([finding]).splitlines()[2] == "      │     ^"


@pytest.mark.parametrize("line", [None, 0, 9])
def test_a_line_that_is_not_there_is_not_shown(file: Path, line: int | None) -> None:
    """A finding about a whole file, or about a line that it lost, keeps its hint."""
    file.write_text("x = 1\n", encoding="utf-8")
    shown = findings_text([Finding(rule="r", message="m", hint="h", file="a.py", line=line)])
    assert shown.splitlines()[1:] == ["      = h", "1 error"]
    shown = findings_text([Finding(rule="r", message="m", hint="h", file="nix.py", line=1, column=1)])
    assert shown.splitlines()[1:] == ["      = h", "1 error"]


def test_a_line_without_a_column_has_its_hint_below(file: Path) -> None:
    """Without a column there are no carets."""
    file.write_text("x = 1\n", encoding="utf-8")
    shown = findings_text([Finding(rule="r", message="m", hint="h", file="a.py", line=1)])
    assert shown.splitlines()[1:3] == ["    1 │ x = 1", "      = h"]


@given(st.text())
def test_nothing_steers_a_terminal(text: str) -> None:
    """Whatever stands in a message, each printed line is printable, apart from tabs."""
    shown = findings_text([Finding(rule="r", message=text, hint=text, file=text, line=1)])
    assert all(line.replace("\t", "").isprintable() for line in shown[:-1].split("\n"))
    assert printable(text).replace("\t", "").isprintable()
