"""Mappings and lists that know their positions in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gitlabgen.yamltext.notes import Note

__all__ = ["MapNode", "Mark", "SeqNode"]


class Mark(NamedTuple):
    """A position in a text.

    Args:
        line: The line, counted from 1.
        column: The column, counted from 1.
    """

    line: int
    column: int


def mark_of(event: Any) -> Mark:
    """Return the position where a parser event begins."""
    return Mark(event.start_mark.line + 1, event.start_mark.column + 1)


class MapNode(dict[Any, Any]):
    """A mapping as read; a merged key keeps the marks of the mapping it came from.

    Args:
        mark: The position where the mapping begins.
        notes: The comments of all keys of the file, by their marks.

    Attributes:
        key_marks: The position of each key.
        value_marks: The position where each value begins.
    """

    __slots__ = ("key_marks", "mark", "notes", "value_marks")

    def __init__(self, mark: Mark, notes: Mapping[Mark, Note] | None = None) -> None:
        super().__init__()
        self.mark = mark
        self.notes = notes
        self.key_marks: dict[Any, Mark] = {}
        self.value_marks: dict[Any, Mark] = {}


class SeqNode(list[Any]):
    """A list as read.

    Args:
        mark: The position where the list begins.
        notes: The comments of all list items of the file, by their marks.

    Attributes:
        item_marks: The position where each item begins.
    """

    __slots__ = ("item_marks", "mark", "notes")

    def __init__(self, mark: Mark, notes: Mapping[Mark, Note] | None = None) -> None:
        super().__init__()
        self.mark = mark
        self.notes = notes
        self.item_marks: list[Mark] = []
