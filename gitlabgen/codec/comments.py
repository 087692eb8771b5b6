"""Comments of a file, on their way into the models: as remarks around values, and as the text of a block's comment."""

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
    "note_at",
    "noted_entries",
    "noted_items",
    "part_of",
    "parted",
    "remarked",
    "together",
]


def remarked(value: Any, node: Any, note: Note | None) -> Any:
    """Return a value with its comment, if it has one.

    Args:
        value: What the node has become.
        node: What was read.
        note: The comments that stand at it.
    """
    if note is None or not any(note):
        return value
    text = _text(note)
    # `dumps` puts one line beside a scalar that has room for it, unless a line break ends it.
    above = note.above and "\n" not in text and _is_scalar(node)
    return Remark(value, f"{text}\n" if above else text)


def noted_entries(entries: dict[Any, Any], node: Any) -> dict[Any, Any]:
    """Return what the entries of a mapping have become, in the same order, with their comments.

    Args:
        entries: The new entries.
        node: The mapping.
    """
    if not getattr(node, "notes", None):
        return entries
    pairs = zip(entries.items(), node.items(), strict=True)
    return {name: remarked(value, item, note_at(node, key)) for (name, value), (key, item) in pairs}


def noted_items(items: list[Any], node: Any) -> list[Any]:
    """Return what the items of a list have become, with their comments.

    Args:
        items: The new items.
        node: The list.
    """
    notes = getattr(node, "notes", None)
    if not notes:
        return items
    return [remarked(value, item, notes.get(mark)) for value, item, mark in zip(items, node, node.item_marks, strict=True)]


def note_at(node: Any, key: Any) -> Note | None:
    """Return the comments that stand at a key.

    Args:
        node: The mapping, which has comments if it was read from a file.
        key: The key, or one that the mapping does not have.
    """
    notes = getattr(node, "notes", None)
    return notes.get(node.key_marks.get(key)) if notes else None


def together(*notes: Note | None) -> Note | None:
    """Return the comments of some keys as those of one, or None if there are none.

    Args:
        notes: The comments of each.
    """
    found = [note for note in notes if note is not None]
    above = tuple(line for note in found for line in note.above)
    behind = tuple(line for note in found for line in note.behind)
    return Note(above, behind) if found else None


def block_comment(note: Note | None) -> dict[str, Any]:
    """Return the comment of a block as a keyword, if there is one: a model holds only what was given.

    Args:
        note: The comments that stand at the block.
    """
    return {} if note is None or not any(note) else {"comment": _text(note)}


def parted(node: Any, note: Note | None) -> tuple[Note | None, Note | None]:
    """Return the comments of a block, and those of what it holds if that is a scalar with comments beside it.

    Args:
        node: What the block holds.
        note: The comments that stand at the block.
    """
    if note is None or not _is_scalar(node):
        return note, None
    return note._replace(behind=()), note._replace(above=())


def _is_scalar(node: Any) -> bool:
    return not isinstance(node, dict | list | Tagged)


def part_of(*nodes: Any, without: Collection[Any] = ()) -> MapNode:
    """Return the entries of mappings as one mapping, with their places and comments.

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
    """Return the comments that are about all of a file, and the notes without them.

    They end with the last blank line that has a comment below, or else with that above the first key. If there is none,
    they are all above the first key, unless that key begins a block, which has comments of its own. The header of a generated
    file is no comment.

    Args:
        tree: The file's first mapping.
        begins_with_block: Whether the first key is that of a job.
    """
    notes, mark = dict(tree.notes or {}), next(iter(tree.key_marks.values()), None)
    note = None if mark is None else notes.pop(mark, None)
    if mark is None or note is None:
        return Note(), notes
    lines = _unsigned(note.above)
    otherwise = 0 if begins_with_block and lines[-1:] != (None,) else len(lines)
    end = max((count for count, line in enumerate(lines[:-1], 1) if line is None), default=otherwise)
    if lines[end:] or note.behind:
        notes[mark] = note._replace(above=lines[end:])
    return Note(lines[:end]), notes


def _unsigned(lines: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Return comment lines without the header of a generated file."""
    if len(lines) > 2 and str(lines[0]).startswith(GENERATED) and str(lines[2]).startswith(FINGERPRINT):
        return lines[4:] if lines[3:4] == (None,) else lines[3:]
    return lines


def _text(note: Note) -> str:
    """Return comments as one text of their lines; an empty last one parts them from what they stand above."""
    lines = [*note.above, *note.behind]
    # A blank as the last line is no empty one, and a line break keeps that from getting lost.
    last = "\n" if lines[-1] is None else lines[-1] or " "
    return "\n".join([*(line or "" for line in lines[:-1]), last])
