"""Comments of a file, moved into the models: as comments around values, and as the comment of a block."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gitlabgen.codec.headers import FINGERPRINT, GENERATED
from gitlabgen.modeling.kinds import Remark
from gitlabgen.yamltext.nodes import Tagged
from gitlabgen.yamltext.notes import Note
from gitlabgen.yamltext.positions import MapNode, Mark

__all__ = [
    "block_comment",
    "file_note",
    "joined_notes",
    "merged_entries",
    "note_at",
    "split_note",
    "with_comment",
    "with_entry_comments",
    "with_item_comments",
]


def with_comment(value: Any, node: Any, note: Note | None) -> Any:
    """Return a value with its comment, if it has one.

    Args:
        value: The value decoded from the node.
        node: The node as read.
        note: The comments at the node.
    """
    if note is None or not any(note):
        return value
    text = _text(note)
    # `dumps` writes a single line next to a scalar that has room for it, unless it ends with a line break.
    above = note.above and "\n" not in text and _is_scalar(node)
    return Remark(value, f"{text}\n" if above else text)


def with_entry_comments(entries: dict[Any, Any], node: Any) -> dict[Any, Any]:
    """Return the decoded entries of a mapping, in the same order, with their comments.

    Args:
        entries: The decoded entries.
        node: The mapping as read.
    """
    if not getattr(node, "notes", None):
        return entries
    pairs = zip(entries.items(), node.items(), strict=True)
    return {name: with_comment(value, item, note_at(node, key)) for (name, value), (key, item) in pairs}


def with_item_comments(items: list[Any], node: Any) -> list[Any]:
    """Return the decoded items of a list with their comments.

    Args:
        items: The decoded items.
        node: The list as read.
    """
    notes = getattr(node, "notes", None)
    if not notes:
        return items
    return [with_comment(value, item, notes.get(mark)) for value, item, mark in zip(items, node, node.item_marks, strict=True)]


def note_at(node: Any, key: Any) -> Note | None:
    """Return the comments at a key.

    Args:
        node: The mapping, which has comments if it was read from a file.
        key: The key; the mapping need not have it.
    """
    notes = getattr(node, "notes", None)
    return notes.get(node.key_marks.get(key)) if notes else None


def joined_notes(*notes: Note | None) -> Note | None:
    """Return the comments of several keys as one note, or None if there are no comments.

    Args:
        notes: The comments of each key.
    """
    found = [note for note in notes if note is not None]
    above = tuple(line for note in found for line in note.above)
    trailing = tuple(line for note in found for line in note.trailing)
    return Note(above, trailing) if found else None


def block_comment(note: Note | None) -> dict[str, Any]:
    """Return the comment of a block as a keyword argument; empty without a comment, since a model holds only what was given.

    Args:
        note: The comments at the block.
    """
    return {} if note is None or not any(note) else {"comment": _text(note)}


def split_note(node: Any, note: Note | None) -> tuple[Note | None, Note | None]:
    """Return the comments of a block, and those of its content if that is a scalar with comments on its line.

    Args:
        node: The content of the block.
        note: The comments at the block.
    """
    if note is None or not _is_scalar(node):
        return note, None
    return note._replace(trailing=()), note._replace(above=())


def _is_scalar(node: Any) -> bool:
    return not isinstance(node, dict | list | Tagged)


def merged_entries(*nodes: Any, without: Collection[Any] = ()) -> MapNode:
    """Return the entries of several mappings as one mapping, with their positions and comments.

    Args:
        nodes: The mappings; a later one wins.
        without: Keys to leave out.
    """
    part = MapNode(nodes[0].mark, next((node.notes for node in nodes if node.notes), None))
    for node in nodes:
        for key in node:
            if key not in without:
                part[key], part.key_marks[key] = node[key], node.key_marks[key]
    return part


def file_note(tree: MapNode, *, begins_with_block: bool) -> tuple[Note, Mapping[Mark, Note]]:
    """Return the comments about the whole file, and the notes without them.

    They end at the last blank line that has a comment below, or else at the blank line above the first key. Without such a
    blank line, they are all the comments above the first key, unless that key begins a block, which keeps its comments. The
    header of a generated file is not a comment.

    Args:
        tree: The file's first mapping.
        begins_with_block: Whether the first key is that of a job.
    """
    notes, mark = dict(tree.notes or {}), next(iter(tree.key_marks.values()), None)
    note = None if mark is None else notes.pop(mark, None)
    if mark is None or note is None:
        return Note(), notes
    lines = _without_header(note.above)
    otherwise = 0 if begins_with_block and lines[-1:] != (None,) else len(lines)
    end = max((count for count, line in enumerate(lines[:-1], 1) if line is None), default=otherwise)
    if lines[end:] or note.trailing:
        notes[mark] = note._replace(above=lines[end:])
    return Note(lines[:end]), notes


def _without_header(lines: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Return comment lines without the header of a generated file."""
    if len(lines) > 2 and str(lines[0]).startswith(GENERATED) and str(lines[2]).startswith(FINGERPRINT):
        return lines[4:] if lines[3:4] == (None,) else lines[3:]
    return lines


def _text(note: Note) -> str:
    """Return comments as one text with a line for each; a final empty line keeps a blank line between comment and value."""
    lines = [*note.above, *note.trailing]
    # A last line of one space is not empty, and a line break keeps it from being stripped.
    last = "\n" if lines[-1] is None else lines[-1] or " "
    return "\n".join([*(line or "" for line in lines[:-1]), last])
