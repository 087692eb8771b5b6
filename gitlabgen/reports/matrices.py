"""A matrix of jobs and events as text for a terminal, as Markdown for comments, and as data for programs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.reports.simulations import plain_event
from gitlabgen.reports.styles import PLAIN, Look, Span, printable
from gitlabgen.simulation.matrices import Cell, ChildPipeline, Column, EventMatrix, Row
from gitlabgen.simulation.matrix_texts import Kind, column_notes, jobs_text, mark_of, matrix_lines, reasons_of
from gitlabgen.simulation.unknown import Unknown

__all__ = ["matrix_markdown", "matrix_text", "plain_matrix"]

_STYLES: Final[Mapping[Kind, str]] = {
    "title": "rule",
    "name": "",
    "runs": "good",
    "waits": "info",
    "absent": "quiet",
    "unknown": "changed",
    "failed": "bad",
    "note": "",
}


def matrix_text(matrix: EventMatrix, look: Look = PLAIN) -> str:
    """Return a matrix as text.

    Args:
        matrix: The matrix.
        look: What the stream can show.
    """
    lines = (look.line(*(Span(piece.text, _STYLES[piece.kind]) for piece in line)) for line in matrix_lines(matrix))
    return "".join(f"{line}\n" for line in lines)


def matrix_markdown(matrix: EventMatrix) -> str:
    """Return a matrix as Markdown. All names and messages are code, so that none of them is read as Markdown.

    Args:
        matrix: The matrix.
    """
    lines = [*_markdown_table(matrix), *_markdown_notes(matrix)]
    return "".join(f"{line}\n" for line in lines)


def _markdown_table(matrix: EventMatrix) -> Iterator[str]:
    yield _markdown_row("job", *(_title(column.title) for column in matrix.columns))
    yield _markdown_row(":--", *(":-:" for _ in matrix.columns))
    for row in matrix.rows:
        count = "" if row.label == row.name else row.label.removeprefix(row.name)
        yield _markdown_row(f"{_code(row.name)}{count}", *map(mark_of, row.cells))


def _markdown_row(*cells: str) -> str:
    # A bar ends a cell, in code too.
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _title(title: str) -> str:
    return title if re.fullmatch(r"[\w +-]+", title) and "_" not in title else _code(title)


def _markdown_notes(matrix: EventMatrix) -> Iterator[str]:
    notes = [*column_notes(matrix)]
    reasons = reasons_of(matrix)
    if notes or reasons or matrix.unread:
        yield ""
    for note in notes:
        child = f", child pipeline of {_code(note.job)}" if note.job else ""
        yield f"- {', '.join(map(_title, note.titles))}{child}: {note.text}"
        yield from (f"  - {_code(message)}" for message in note.messages)
    for reason, names in reasons.items():
        yield f"- ? {_code(reason)} ({jobs_text(names, len(matrix.rows), _code)})"
    yield from (f"- not read: include {_code(label)}" for label in matrix.unread)


def _code(text: str) -> str:
    """Return text as code, between more backticks than it has in a row."""
    text = printable(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if "`" in text else ""
    return f"{fence}{space}{text}{space}{fence}"


def plain_matrix(matrix: EventMatrix) -> dict[str, Any]:
    """Return a matrix as plain data. What is unknown is null; `unknown` says why.

    Args:
        matrix: The matrix.
    """
    names = [column.name for column in matrix.columns]
    return {
        "events": {column.name: _plain_column(column) for column in matrix.columns},
        "jobs": [_plain_row(row, names) for row in matrix.rows],
        "unread": [*matrix.unread],
    }


def _plain_column(column: Column) -> dict[str, Any]:
    return {
        "title": column.title,
        "event": plain_event(column.event),
        "outcome": column.outcome,
        "reason": column.reason,
        "errors": [*column.errors],
        "children": [*map(_plain_child, column.children)],
    }


def _plain_child(child: ChildPipeline) -> dict[str, Any]:
    return {"job": child.job, "outcome": child.outcome, "errors": [*child.errors]}


def _plain_row(row: Row, names: list[str]) -> dict[str, Any]:
    cells = zip(names, row.cells, strict=True)
    return {
        "name": row.name,
        "stage": row.stage,
        "jobs": [*row.jobs],
        "cells": {name: _plain_cell(cell) for name, cell in cells},
    }


def _plain_cell(cell: Cell) -> dict[str, Any]:
    values = {"presence": cell.presence, "when": cell.when, "allow_failure": cell.allow_failure}
    return {
        "mark": mark_of(cell),
        **{name: None if isinstance(value, Unknown) else value for name, value in values.items()},
        "exit_codes": [*cell.exit_codes],
        "unknown": [*cell.reasons],
    }
