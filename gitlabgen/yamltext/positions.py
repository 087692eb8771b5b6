"""Mappings and lists that know their positions in the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from gitlabgen.yamltext.notes import Note

__all__ = ["MapNode", "Mark", "ScalarMark", "SeqNode"]


class Mark(NamedTuple):
    """A position in a text, and where the token there ends.

    Args:
        line: The line, counted from 1.
        column: The column, counted from 1.
        end_line: The line in which the token ends; None if it is not known.
        end_column: The column after the token.
    """

    line: int
    column: int
    end_line: int | None = None
    end_column: int | None = None


class ScalarMark(Mark):
    """The position of a scalar whose value does not show how it is written, such as `3.10` and `on`.

    Attributes:
        text: The scalar as written.
    """

    text: str

    @classmethod
    def of(cls, mark: Mark, text: str) -> ScalarMark:
        """Return a mark with the text there."""
        made = cls(*mark)
        made.text = text
        return made


def mark_of(event: Any) -> Mark:
    """Return the position of a parser event; of a mapping or a list, that of its first token."""
    start, end = event.start_mark, event.end_mark
    return Mark(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


class MapNode(dict[Any, Any]):
    """A mapping as read; a merged key keeps the marks of the mapping it came from.

    Args:
        mark: The position where the mapping begins.
        notes: The comments of all keys of the file, by their marks.

    Attributes:
        key_marks: The position of each key.
        last: The position of its last token; None if it is not known.
        replaced: The values that `<<` brings and that do not apply, by key, each with its key's position; None without any.
        value_marks: The position where each value begins.
    """

    __slots__ = ("key_marks", "last", "mark", "notes", "replaced", "value_marks")

    def __init__(self, mark: Mark, notes: Mapping[Mark, Note] | None = None) -> None:
        super().__init__()
        self.mark = mark
        self.notes = notes
        self.last: Mark | None = None
        self.replaced: dict[Any, list[tuple[Any, Mark]]] | None = None
        self.key_marks: dict[Any, Mark] = {}
        self.value_marks: dict[Any, Mark] = {}


class SeqNode(list[Any]):
    """A list as read.

    Args:
        mark: The position where the list begins.
        notes: The comments of all list items of the file, by their marks.

    Attributes:
        item_marks: The position where each item begins.
        last: The position of its last token; None if it is not known.
    """

    __slots__ = ("item_marks", "last", "mark", "notes")

    def __init__(self, mark: Mark, notes: Mapping[Mark, Note] | None = None) -> None:
        super().__init__()
        self.mark = mark
        self.notes = notes
        self.last: Mark | None = None
        self.item_marks: list[Mark] = []


def span_of(node: Any, mark: Mark) -> Mark:
    """Return the position of a value from its first to its last character.

    Args:
        node: The value.
        mark: Where it begins; for an alias, where the alias is.
    """
    last = node.last if isinstance(node, MapNode | SeqNode) and node.mark == mark else None
    return mark if last is None else mark._replace(end_line=last.end_line, end_column=last.end_column)
