"""Mappings and lists that know where they stand in the file."""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["MapNode", "Mark", "SeqNode"]


class Mark(NamedTuple):
    """A place in a text.

    Args:
        line: The line, counted from 1.
        column: The column, counted from 1.
    """

    line: int
    column: int


class MapNode(dict[Any, Any]):
    """A mapping as read; a merged key keeps the marks of the mapping it came from.

    Args:
        mark: Where the mapping begins.

    Attributes:
        key_marks: Where each key stands.
        value_marks: Where each value begins.
    """

    __slots__ = ("key_marks", "mark", "value_marks")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.key_marks: dict[Any, Mark] = {}
        self.value_marks: dict[Any, Mark] = {}


class SeqNode(list[Any]):
    """A list as read.

    Args:
        mark: Where the list begins.

    Attributes:
        item_marks: Where each item begins.
    """

    __slots__ = ("item_marks", "mark")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.item_marks: list[Mark] = []
