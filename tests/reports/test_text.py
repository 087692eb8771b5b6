"""Findings as text: locations, source lines, carets, hints, and counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.errors import Finding
from gitlabgen.reports.text import findings_text


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a file in the current folder that the test writes."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / "a.py"


def test_no_findings() -> None:
    """Without findings, the text is empty."""
    assert findings_text([]) == ""


def test_severities_are_counted() -> None:
    """The last line has the number of findings of each severity."""
    findings = [
        Finding(rule="a", message="x"),
        Finding(rule="a", message="x"),
        Finding(rule="b", message="y", severity="warning"),
    ]
    assert findings_text(findings).endswith("\nwarning[b] y\n2 errors, 1 warning\n")
    assert findings_text([Finding(rule="a", message="x", severity="info")]) == "info[a] x\n1 hint\n"


def test_a_finding_shows_its_line(file: Path) -> None:
    """The source line is below the message, with carets, the hint, related locations and the link."""
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
def test_carets_are_below_the_range(file: Path, line: str, column: int, end_column: int | None, carets: str) -> None:
    """Tabs, wide characters, combining characters and escaped characters do not shift the carets."""
    file.write_text(f"{line}\n", encoding="utf-8")
    finding = Finding(rule="r", message="m", file="a.py", line=1, column=column, end_column=end_column)
    assert findings_text([finding]).splitlines()[2] == f"      │ {carets}"


def test_a_range_of_lines_is_marked_to_the_end_of_the_first(file: Path) -> None:
    """Carets extend to the end of the line if the range continues on later lines."""
    file.write_text("x = [\n]\n", encoding="utf-8")
    finding = Finding(rule="r", message="m", file="a.py", line=1, column=5, end_line=2, end_column=2)
    assert findings_text([finding]).splitlines()[2] == "      │     ^"


@pytest.mark.parametrize(
    ("start", "length", "first", "last", "spaces", "carets"),
    [
        (0, 5, "a", "…", 0, 5),
        (40, 5, "a", "…", 40, 5),
        (41, 5, "…", "…", 40, 5),
        (3000, 5, "…", "…", 40, 5),
        (3000, 2000, "…", "…", 40, 80),
        (5995, 5, "…", "b", 115, 5),
        (6000, 0, "…", "b", 120, 1),
    ],
)
def test_a_long_line_is_cut_around_the_place(
    file: Path, start: int, length: int, first: str, last: str, spaces: int, carets: int
) -> None:
    """Of a long line, 120 characters are shown, with `…` where it goes on, and the carets are still below the place."""
    text = "a" * 3000 + "b" * 3000
    file.write_text(f"x = 1\n{text}\n", encoding="utf-8")
    finding = Finding("r", "m", file="a.py", line=2, column=start + 1, end_line=2, end_column=start + length + 1)
    line, marks = findings_text([finding]).splitlines()[1:3]
    shown = line.partition("│ ")[2]
    assert (len(shown), shown[0], shown[-1]) == (120, first, last)
    assert marks.partition("│ ")[2] == " " * spaces + "^" * carets


@pytest.mark.parametrize("line", [None, 0, 9])
def test_a_missing_line_is_not_shown(file: Path, line: int | None) -> None:
    """A finding about a whole file, or about a line that no longer exists, keeps its hint."""
    file.write_text("x = 1\n", encoding="utf-8")
    shown = findings_text([Finding(rule="r", message="m", hint="h", file="a.py", line=line)])
    assert shown.splitlines()[1:] == ["      = h", "1 error"]
    shown = findings_text([Finding(rule="r", message="m", hint="h", file="nix.py", line=1, column=1)])
    assert shown.splitlines()[1:] == ["      = h", "1 error"]


def test_a_line_without_a_column_has_its_hint_below(file: Path) -> None:
    """Without a column, there are no carets."""
    file.write_text("x = 1\n", encoding="utf-8")
    shown = findings_text([Finding(rule="r", message="m", hint="h", file="a.py", line=1)])
    assert shown.splitlines()[1:3] == ["    1 │ x = 1", "      = h"]


@given(st.text())
def test_no_control_characters_are_printed(text: str) -> None:
    """For any message, each line of the output is printable, apart from tabs."""
    shown = findings_text([Finding(rule="r", message=text, hint=text, file=text, line=1)])
    assert all(line.replace("\t", "").isprintable() for line in shown[:-1].split("\n"))
