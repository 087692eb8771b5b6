"""Find the comments of a text, and the key or item that each belongs to.

A parser does not report comments. But its events have the positions of scalars, and between these are only indicators, spaces
and comments.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from gitlabgen.yamltext.positions import Mark, mark_of

# The line breaks of YAML 1.1.
_BREAKS: Final = "\n\r\x85\u2028\u2029"
_comments = re.compile(rf"(?<!\S)#[ ]?([^{_BREAKS}]*)").finditer
_line_break = re.compile(f"[{_BREAKS}]").search
_dash = re.compile(r"(?<!\S)-(?!\S)").search
# The first line of a block scalar, up to its comment.
_block_head = re.compile(rf"(?:[!&]\S*[ \t]+)*[|>][-+0-9]*[ \t]+#[ ]?([^{_BREAKS}]*)").match


class Note(NamedTuple):
    """The comments of one key or item.

    Args:
        above: The lines above it; None is one or more blank lines after one of these lines.
        trailing: The comments at the ends of its lines.
    """

    above: tuple[str | None, ...] = ()
    trailing: tuple[str, ...] = ()


# The dict for the note of a key or item, and the event with which it begins.
_Entry = tuple[dict[Mark, Note], Any]


class _Frame:
    """A mapping or list whose end has not been read yet.

    Args:
        entry: The key or item that it belongs to.
        flow: Whether it is in flow style.
        mapping: Whether it is a mapping.
    """

    __slots__ = ("at_key", "entry", "flow", "mapping")

    def __init__(self, entry: _Entry | None, *, flow: bool, mapping: bool) -> None:
        self.entry = entry
        self.flow = flow
        self.mapping = mapping
        self.at_key = mapping


class Margin:
    """Finds the comments of a text while the parser's events are processed.

    A comment on a separate line belongs to the next key or item; a comment at the end of a line belongs to the key or item on
    that line. The key `<<` is not in the tree, so its comments belong to the key or item of the mapping. Comments after the
    last key or item of the text are dropped.

    Args:
        text: The text.

    Attributes:
        keys: The notes of keys by their marks.
        items: The notes of list items by their marks.
    """

    def __init__(self, text: str) -> None:
        self.keys: dict[Mark, Note] = {}
        self.items: dict[Mark, Note] = {}
        self._text = text
        self._position = 0
        self._above: list[str | None] = []
        # Comments after a dash: they belong to the first key of the item, if it has keys.
        self._inside: list[str | None] = []
        self._entry: _Entry | None = None
        self._stack: list[_Frame] = []
        from yaml import events  # imported here so that only reading loads PyYAML

        self._mapping_start = events.MappingStartEvent
        self._starts = frozenset((events.DocumentStartEvent, events.MappingStartEvent, events.SequenceStartEvent))
        self._handlers = {
            events.AliasEvent: self._value,
            events.DocumentStartEvent: self._start_document,
            events.MappingEndEvent: self._end,
            events.MappingStartEvent: self._start,
            events.ScalarEvent: self._value,
            events.SequenceEndEvent: self._end,
            events.SequenceStartEvent: self._start,
        }

    def feed(self, event: Any) -> None:
        """Process one event, and the comments between the previous event and this one."""
        kind = type(event)
        if handle := self._handlers.get(kind):
            start = event.start_mark.index
            if self._text.find("#", self._position, start) >= 0:
                self._read(start)
            # The span of a start event may include comments: after a directive, or after the tag or anchor of a block.
            end = start if kind in self._starts else event.end_mark.index
            self._position = max(self._position, end)
            handle(event)

    def _read(self, start: int) -> None:
        text, end, lines = self._text, self._position, self._above
        # A block scalar ends at the start of the next line.
        on_same_line = self._entry is not None and text[end - 1] not in _BREAKS
        for found in _comments(text, end, start):
            comment, begin = found.group(1).rstrip(), found.start()
            if dash := _dash(text, end, begin):
                self._add_blank_line(lines, end, dash.start())
                lines, on_same_line, end = self._inside, False, dash.end()
            if on_same_line and not _line_break(text, end, begin):
                self._add(trailing=comment)
            else:
                self._add_blank_line(lines, end, begin)
                lines.append(comment)
            end, on_same_line = found.end(), False
        dash = _dash(text, end, start)
        self._add_blank_line(lines, end, dash.start() if dash else start)

    def _add_blank_line(self, lines: list[str | None], start: int, end: int) -> None:
        """Note a blank line after the last comment line, if this part of the text has one."""
        if lines and lines[-1] is not None and self._text.count("\n", start, end) > 1:
            lines.append(None)

    def _start_document(self, _: Any) -> None:
        self._entry = None

    def _value(self, event: Any) -> None:
        self._begin(event)
        self._take(inside=True)
        if getattr(event, "style", None) in {"|", ">"} and (found := _block_head(self._text, event.start_mark.index)):
            self._add(trailing=found.group(1).rstrip())

    def _start(self, event: Any) -> None:
        self._begin(event)
        if event.flow_style:
            self._take(inside=True)
        elif self._stack and not self._stack[-1].mapping:
            self._take(inside=False)
        mapping = type(event) is self._mapping_start
        self._stack.append(_Frame(self._entry, flow=event.flow_style, mapping=mapping))

    def _end(self, _: Any) -> None:
        frame = self._stack.pop()
        if frame.flow:
            self._entry = frame.entry

    def _begin(self, event: Any) -> None:
        """Begin a key or item, unless the event is the value of a key."""
        frame = self._stack[-1] if self._stack else None
        if frame is None:
            self._entry = None
        elif not frame.mapping:
            self._entry = self.items, event
        else:
            if frame.at_key:
                self._entry = frame.entry if _is_merge(event) else (self.keys, event)
            frame.at_key = not frame.at_key

    def _take(self, *, inside: bool) -> None:
        """Add the collected lines to the current key or item.

        Args:
            inside: Whether the lines after the dash belong to the item itself.
        """
        if self._entry is None or not (self._above or self._inside):
            return
        lines = [*self._above, *self._inside] if inside else self._above
        self._above, self._inside = [] if inside else self._inside, []
        self._add(above=lines)

    def _add(self, *, above: Sequence[str | None] = (), trailing: str = "") -> None:
        """Add comments to the current key or item."""
        if self._entry and (above or trailing):
            notes, event = self._entry
            mark = mark_of(event)
            note = notes.get(mark, Note())
            notes[mark] = Note((*note.above, *above), (*note.trailing, *filter(None, [trailing])))


def _is_merge(event: Any) -> bool:
    return getattr(event, "value", None) == "<<" and event.implicit[0]
