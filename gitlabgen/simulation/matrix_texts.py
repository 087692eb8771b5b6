"""A matrix of jobs and events as lines of text, in pieces that reports show in different colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from gitlabgen.codec.headers import printable
from gitlabgen.modeling.printing import text_width
from gitlabgen.simulation.simulated import OUTCOME_TEXTS, Outcome
from gitlabgen.simulation.unknown import Unknown

if TYPE_CHECKING:
    from gitlabgen.simulation.matrices import Cell, EventMatrix

__all__: list[str] = []

Kind: TypeAlias = Literal["title", "name", "runs", "waits", "absent", "unknown", "failed", "note"]
Line: TypeAlias = tuple["Piece", ...]

_GAP: Final = 2
_MOST_JOBS: Final = 5
"""The number of jobs that a reason names."""
_WITHOUT_MARK: Final = ("manual", "delayed", "on_failure")
"""When a job does not start at once: the word says it."""


class Piece(NamedTuple):
    """A part of a line.

    Args:
        text: The text.
        kind: What it is.
    """

    text: str
    kind: Kind = "note"


class ColumnNote(NamedTuple):
    """What events do instead of creating a pipeline.

    Args:
        titles: The titles of the events.
        text: What GitLab does.
        messages: GitLab's messages.
        job: The job that starts the pipeline, if it is a child pipeline; otherwise empty.
    """

    titles: tuple[str, ...]
    text: str
    messages: tuple[str, ...]
    job: str

    @property
    def subject(self) -> str:
        """The events, and the child pipeline."""
        child = f", child pipeline of {printable(self.job)}" if self.job else ""
        return f"{', '.join(map(printable, self.titles))}{child}"


def mark_of(cell: Cell) -> str:
    """Return a cell as text: `●` if the job runs, `·` if it is absent, `?` if that is unknown, `✗` if GitLab creates nothing.

    Args:
        cell: The cell.
    """
    if cell.presence is False:
        return "✗" if cell.is_failed else "·"
    words = ", ".join(_words(cell))
    if cell.presence is True and isinstance(cell.when, str) and cell.when in _WITHOUT_MARK:
        return words
    mark = "●" if cell.presence is True else "?"
    return f"{mark} {words}" if words else mark


def _words(cell: Cell) -> Iterator[str]:
    """Yield what is special about a job; if its presence is unknown, only what is known."""
    if isinstance(cell.when, Unknown):
        if cell.presence is True:
            yield "starts ?"
        return
    if cell.when != "on_success":
        yield str(cell.when)
    if cell.exit_codes:
        yield f"may fail with {', '.join(map(str, cell.exit_codes))}"
    elif isinstance(cell.allow_failure, Unknown):
        if cell.presence is True:
            yield "may fail ?"
    elif cell.when == "manual":
        # A manual job is optional unless it must not fail; then the pipeline waits for it.
        if not cell.allow_failure:
            yield "blocks"
    elif cell.allow_failure:
        yield "may fail"


def kind_of(cell: Cell) -> Kind:
    """Return how a cell is shown.

    Args:
        cell: The cell.
    """
    if cell.presence is False:
        return "failed" if cell.is_failed else "absent"
    if cell.reasons:
        return "unknown"
    return "waits" if cell.when in _WITHOUT_MARK else "runs"


def column_notes(matrix: EventMatrix) -> list[ColumnNote]:
    """Return what is to be said about the events that create no pipeline; those with the same answer share it.

    Args:
        matrix: The matrix.
    """
    found: dict[tuple[str, Outcome, tuple[str, ...]], list[str]] = {}
    for column in matrix.columns:
        for job, outcome, errors in (("", column.outcome, column.errors), *column.children):
            if outcome != "created":
                found.setdefault((job, outcome, errors), []).append(column.title)
    notes = []
    for (job, outcome, errors), titles in found.items():
        subjects = ("all events",) if len(titles) == len(matrix.columns) > 1 else tuple(titles)
        messages = tuple(line for error in errors for line in error.split("\n"))
        notes.append(ColumnNote(subjects, OUTCOME_TEXTS[outcome], messages, job))
    return notes


def reasons_of(matrix: EventMatrix) -> dict[str, list[str]]:
    """Return why cells are unknown, each reason once, with the rows that it is about.

    Args:
        matrix: The matrix.
    """
    found: dict[str, list[str]] = {}
    for row in matrix.rows:
        for reason in dict.fromkeys(reason for cell in row.cells for reason in cell.reasons):
            found.setdefault(reason, []).append(row.name)
    return found


def jobs_text(names: Sequence[str], count: int, form: Callable[[str], str] = str) -> str:
    """Return the names of rows; of many, the first ones.

    Args:
        names: The names.
        count: The number of rows of the matrix.
        form: How a name is written.
    """
    if len(names) == count > 1:
        return "all jobs"
    more = len(names) - _MOST_JOBS
    shown = names if more <= 1 else names[:_MOST_JOBS]
    text = ", ".join(map(form, shown))
    return text if more <= 1 else f"{text} and {more} more"


def matrix_lines(matrix: EventMatrix) -> Iterator[Line]:
    """Yield the lines: the table, the events without a pipeline, what is unknown, and what was not read.

    Args:
        matrix: The matrix.
    """
    yield from _table(matrix)
    for note in column_notes(matrix):
        yield Piece(note.subject, "title"), Piece(f": {note.text}")
        yield from ((Piece(f"  {printable(message)}"),) for message in note.messages)
    for reason, names in reasons_of(matrix).items():
        yield Piece("?", "unknown"), Piece(f" {printable(reason)} ({jobs_text(names, len(matrix.rows), printable)})")
    yield from ((Piece(f"not read: include {printable(label)}"),) for label in matrix.unread)


def _table(matrix: EventMatrix) -> Iterator[Line]:
    # Equal cells of a column are one object, so a large matrix has few.
    cells = {id(cell): cell for row in matrix.rows for cell in row.cells}
    marks = {key: Piece(mark_of(cell), kind_of(cell)) for key, cell in cells.items()}
    head = (Piece("job", "title"), *(Piece(printable(column.title), "title") for column in matrix.columns))
    rows = [(Piece(printable(row.label), "name"), *(marks[id(cell)] for cell in row.cells)) for row in matrix.rows]
    table = [head, *rows]
    lengths = {piece: text_width(piece.text) for line in table for piece in line}
    widths = [max(map(lengths.__getitem__, column)) + _GAP for column in zip(*table, strict=True)]
    spaces = [Piece(" " * width) for width in range(max(widths) + 1)]
    for line in table:
        padded = (part for piece, width in zip(line, widths, strict=True) for part in (piece, spaces[width - lengths[piece]]))
        yield tuple(padded)[:-1]
