"""Tests for the positions of words inside of a value."""

from pathlib import Path

import pytest

from gitlabgen.modeling import source_texts
from gitlabgen.modeling.callsites import Position
from gitlabgen.modeling.narrowing import narrowed
from gitlabgen.modeling.regular_files import read_regular

TEXT = """\
a:
  script:
    - |
      echo one
      aws cloudformation deploy --stack-name shop-two --no-fail
      echo two
    - "aws s3 ls é two"
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The path of a pipeline with a block and a line in quotes."""
    path = tmp_path / "x.yml"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("words", "command", "found"),
    [
        (("shop-two",), None, "shop-two"),
        (("two",), None, "two"),
        (("shop", "--stack-name"), None, "--stack-name"),
        (("", "--no-fail"), None, "--no-fail"),
        (("shop",), "aws cloudformation", "aws cloudformation deploy --stack-name shop-two --no-fail"),
    ],
)
def test_the_first_word_that_is_written_is_marked(file: str, words: tuple[str, ...], command: str | None, found: str) -> None:
    """A whole word is marked, then the next of the words, then the line of the command."""
    at = narrowed(Position(file, 3, 7, 7, 5), words, command)
    assert (at.line, at.end_line) == (6, 6) if found == "two" else (5, 5)
    assert at.column is not None
    assert at.end_column is not None
    assert TEXT.splitlines()[(at.line or 0) - 1][at.column - 1 : at.end_column - 1] == found


def test_columns_count_characters(file: str) -> None:
    """A letter of two bytes is one column, and what is outside of the value is not searched."""
    assert narrowed(Position(file, 7, 7, 7, 24), ("two",)) == Position(file, 7, 20, 7, 23)
    assert narrowed(Position(file, 7, 7, 7, 18), ("two",)) == Position(file, 7, 7, 7, 18)


@pytest.mark.parametrize("command", [None, "aws s4"])
def test_a_value_without_the_words_is_marked_whole(file: str, command: str | None) -> None:
    """If neither the words nor the command are written there, the position stays unchanged."""
    at = Position(file, 3, 7, 7, 5)
    assert narrowed(at, ("three",), command) == at
    line = Position(file, 7, 7, 7, 24)
    assert narrowed(line, ("three",), "aws s3") == line


def test_a_file_that_cannot_be_read_changes_nothing(file: str) -> None:
    """Without the file's text, or without an end, the position stays unchanged."""
    at = Position("missing.yml", 3, 7, 7, 5)
    assert narrowed(at, ("two",)) == at
    assert narrowed(Position(file, 3), ("two",)) == Position(file, 3)
    assert narrowed(Position(file, 30, 1, 31, 2), ("two",)) == Position(file, 30, 1, 31, 2)


def test_a_file_is_read_again_only_after_it_changed(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many findings in one file read it once; given content is used in place of the file."""
    read: list[str] = []

    def recorded(path: str) -> bytes:
        read.append(path)
        return read_regular(path)

    monkeypatch.setattr(source_texts, "read_regular", recorded)
    for _ in range(3):
        assert narrowed(Position(file, 7, 7, 7, 24), ("two",)).column == 20
    assert read == [file]
    Path(file).write_text(TEXT.replace("é two", "two"), encoding="utf-8")
    assert narrowed(Position(file, 7, 7, 7, 22), ("two",)).column == 18
    assert read == [file, file]
    source_texts.give(file, TEXT.encode())
    assert narrowed(Position(file, 7, 7, 7, 24), ("two",)).column == 20
    source_texts.forget_given()
    assert read == [file, file]


def test_a_very_long_value_is_not_searched(tmp_path: Path) -> None:
    """The position of a value with more than 100,000 characters is that of the whole value."""
    path = tmp_path / "long.yml"
    path.write_text("x" * 100_001 + " two\n", encoding="utf-8")
    whole = Position(str(path), 1, 1, 1, 100_006)
    assert narrowed(whole, ("two",)) == whole
