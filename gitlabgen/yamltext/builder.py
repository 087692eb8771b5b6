"""Build a tree with positions from parser events: limits, aliases, merges and duplicate keys, without recursion.

The events are those of PyYAML, identified by their classes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import NoneType
from typing import Any, Final, NoReturn

import attrs

from gitlabgen.errors import Finding, YamlError
from gitlabgen.yamltext.nodes import Plain, Tagged
from gitlabgen.yamltext.notes import Margin
from gitlabgen.yamltext.positions import MapNode, Mark, ScalarMark, SeqNode, mark_of
from gitlabgen.yamltext.resolve import is_retyped, resolve, resolve_exactly
from gitlabgen.yamltext.tags import shorthand

_surrogate = re.compile("[\ud800-\udfff]").search
_MOST_NODES = 500_000
_DEEPEST = 100
TOO_DEEP = f"The parsed YAML is too big: nested deeper than {_DEEPEST} levels"
_KEYS: Final = (str, int, float, NoneType)
_UNTAGGED: Final = {"!!map": MapNode, "!!seq": SeqNode}


@attrs.frozen(kw_only=True)
class Document:
    """One document of a file.

    Args:
        tree: `MapNode`, `SeqNode`, `Tagged` or a scalar.
        mark: The position where the tree begins.
        aliased: The keys of the tree in whose values an alias elsewhere in the tree has its anchor.
        retyped: The text of each number and each boolean that GitLab would write in another way, such as `3.10`, by its position.
        warnings: What GitLab accepts but is a likely mistake, such as duplicate keys.
    """

    tree: Any
    mark: Mark
    aliased: frozenset[Any] = frozenset()
    retyped: dict[Mark, str] = attrs.field(factory=dict)
    warnings: list[Finding] = attrs.field(factory=list)


def refuse(message: str, filename: str | None, mark: Mark | None = None) -> NoReturn:
    """Raise the error for a text that cannot be read.

    Raises:
        YamlError: Always.
    """
    place = {} if mark is None else mark._asdict()
    raise YamlError(Finding(rule="invalid-yaml", message=message, file=filename, **place)) from None


class Builder:
    """Builds the documents of a text, one after the other.

    Args:
        filename: The file's name for findings.
        margin: Finds the comments of the text; None if it has no `#`.
    """

    def __init__(self, filename: str | None, margin: Margin | None = None) -> None:
        self.documents: list[Document] = []
        self._filename = filename
        self._key_notes = None if margin is None else margin.keys
        self._item_notes = None if margin is None else margin.items
        self._count = 0
        self._stack: list[_Map | _Seq] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._aliased: set[Any] = set()
        self._last: Mark | None = None
        self._retyped: dict[Mark, str] = {}
        self._warnings: list[Finding] = []
        from yaml import events  # imported here so that only reading loads PyYAML

        self._handlers = {
            events.AliasEvent: self._alias,
            events.DocumentStartEvent: self._start_document,
            events.MappingEndEvent: self._close,
            events.MappingStartEvent: self._start_mapping,
            events.ScalarEvent: self._scalar,
            events.SequenceEndEvent: self._close,
            events.SequenceStartEvent: self._start_sequence,
        }

    def feed(self, event: Any) -> None:
        """Process one event.

        Raises:
            YamlError: If GitLab would stop reading here.
        """
        if handle := self._handlers.get(type(event)):
            handle(event)

    def _start_document(self, _: Any) -> None:
        # An alias cannot refer to an earlier document.
        self._anchors = {}
        self._aliased = set()
        self._retyped = {}
        self._warnings = []

    def _scalar(self, event: Any) -> None:
        mark, text, tag = mark_of(event), event.value, event.tag
        plain = event.implicit[0] if tag is None else not event.style
        value: Any
        if tag is None:
            value = resolve(text) if plain else text
            if plain and value.__class__ is not str and is_retyped(text, value):
                mark = ScalarMark.of(mark, text)
                self._retyped[mark] = text
        elif (name := shorthand(tag)) == "!!str":
            value = text
        elif name == "!!merge" and text == "<<":
            value = Plain(text)
        else:
            value = Tagged(name, resolve_exactly(text) if plain else text)
        if not self._stack and not text and plain and tag is None and not event.anchor:
            # An empty document, as before a leading `---`, is skipped.
            return
        if event.style == '"' and _surrogate(text):
            # libyaml rejects the escape; PyYAML's Python parser does not.
            self._refuse("a lone surrogate", mark)
        self._count_nodes(1, mark)
        self._last = mark
        if event.anchor:
            self._anchors[event.anchor] = _Anchored(value, 1, 0, self._block())
        self._add(value, mark)

    def _alias(self, event: Any) -> None:
        mark = mark_of(event)
        if event.anchor not in self._anchors:
            self._refuse(f"unknown alias: {event.anchor}", mark)
        target = self._anchors[event.anchor]
        if target is None:
            self._refuse(f"alias {event.anchor} refers to itself", mark)
        self._count_nodes(target.size, mark)
        self._check_depth(target.height, mark)
        self._last = mark
        if target.block != self._block():
            self._aliased.add(target.block)
        self._add(target.value, mark, target.height)

    def _start_mapping(self, event: Any) -> None:
        mark = mark_of(event)
        self._open(_Map(MapNode(mark, self._key_notes), event.tag, event.anchor, self._count), mark)

    def _start_sequence(self, event: Any) -> None:
        mark = mark_of(event)
        self._open(_Seq(SeqNode(mark, self._item_notes), event.tag, event.anchor, self._count), mark)

    def _open(self, frame: _Map | _Seq, mark: Mark) -> None:
        self._count_nodes(1, mark)
        self._check_depth(1, mark)
        if frame.anchor:
            self._anchors[frame.anchor] = None
        self._stack.append(frame)

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        value: Any = frame.node
        if event.end_mark.index > event.start_mark.index:  # a bracket; a block ends where its last value ends
            self._last = mark_of(event)
        frame.node.last = self._last
        if frame.tag is not None and (tag := shorthand(frame.tag)) and _UNTAGGED.get(tag) is not type(value):
            value = Tagged(tag, value)
        if frame.anchor:
            self._anchors[frame.anchor] = _Anchored(value, self._count - frame.count, frame.height, self._block())
        self._add(value, frame.node.mark, frame.height)

    def _add(self, value: Any, mark: Mark, height: int = 0) -> None:
        if not self._stack:
            aliased = frozenset(self._aliased)
            self.documents.append(
                Document(tree=value, mark=mark, aliased=aliased, retyped=self._retyped, warnings=self._warnings)
            )
            return
        frame = self._stack[-1]
        if height >= frame.height:
            frame.height = height + 1
        if isinstance(frame, _Map) and frame.key_mark is None and not isinstance(value, _KEYS):
            self._refuse("a key must be a string, a number, a boolean or null", mark)
        for rule, message, position in frame.add(value, mark):
            self._warn(rule, message, position)

    def _block(self) -> Any:
        """Return the key of the tree whose value is being read; None at the key itself, and in a tree without keys."""
        top = self._stack[0] if self._stack else None
        return top.key if isinstance(top, _Map) and top.key_mark is not None else None

    def _warn(self, rule: str, message: str, position: Mark) -> None:
        found = Finding(rule=rule, message=message, severity="warning", file=self._filename, **position._asdict())
        self._warnings.append(found)

    def _count_nodes(self, size: int, mark: Mark) -> None:
        self._count += size
        if self._count > _MOST_NODES:
            too_many = f"more than {_MOST_NODES:,} nodes, with aliases expanded"
            self._refuse(f"The parsed YAML is too big: {too_many}", mark)

    def _check_depth(self, height: int, mark: Mark) -> None:
        if len(self._stack) + height > _DEEPEST:
            self._refuse(TOO_DEEP, mark)

    def _refuse(self, message: str, mark: Mark) -> NoReturn:
        refuse(message, self._filename, mark)


@attrs.frozen
class _Anchored:
    """The value of an anchor, with its number of nodes and levels, and the key of the tree that holds it."""

    value: Any
    size: int
    height: int
    block: Any


# Rule, message and position of a warning.
_Warning = tuple[str, str, Mark]


@attrs.define
class _Seq:
    """A list whose end has not been read yet."""

    node: SeqNode
    tag: str | None
    anchor: str | None
    count: int
    height: int = 1

    def add(self, value: Any, mark: Mark) -> Sequence[_Warning]:
        """Add the next item."""
        self.node.append(value)
        self.node.item_marks.append(mark)
        return ()


@attrs.define
class _Map:
    """A mapping whose end has not been read yet."""

    node: MapNode
    tag: str | None
    anchor: str | None
    count: int
    height: int = 1
    key: Any = None
    key_mark: Mark | None = None
    merged: set[Any] = attrs.field(factory=set)

    def add(self, value: Any, mark: Mark) -> Sequence[_Warning]:
        """Add the next key, or the value of the last key."""
        if self.key_mark is None:
            self.key, self.key_mark = value, mark
            return ()
        key, key_mark = self.key, self.key_mark
        self.key_mark = None
        if type(key) is Plain and key == "<<" and (sources := _sources(value)) is not None:
            return self._merge(sources, key_mark)
        warnings = self._duplicate(key, key_mark)
        if key in self.merged:
            self.merged.discard(key)
            self._replace(key, self.node)
        self._put(key, value, key_mark, mark)
        return warnings

    def _put(self, key: Any, value: Any, key_mark: Mark, value_mark: Mark) -> None:
        self.node[key] = value
        self.node.key_marks[key] = key_mark
        self.node.value_marks[key] = value_mark

    def _replace(self, key: Any, source: MapNode) -> None:
        """Note that a value from a mapping does not apply."""
        if self.node.replaced is None:
            self.node.replaced = {}
        self.node.replaced.setdefault(key, []).append((source[key], source.key_marks[key]))

    def _duplicate(self, key: Any, mark: Mark) -> Sequence[_Warning]:
        if key not in self.node or key in self.merged:
            return ()
        first = self.node.key_marks[key].line
        return [("duplicate-key", f"duplicate key {key!s}, first on line {first}; only the last one counts", mark)]

    def _merge(self, sources: list[MapNode], mark: Mark) -> Sequence[_Warning]:
        """Add the keys of other mappings: the first source wins, a later `<<` wins, an explicit key always wins."""
        incoming: dict[Any, MapNode] = {}
        for source in sources:
            for key in source:
                if incoming.setdefault(key, source) is not source:
                    self._replace(key, source)
        overridden = [key for key in incoming if key in self.node and key not in self.merged]
        for key, source in incoming.items():
            if key not in self.node or key in self.merged:
                if key in self.node:
                    self._replace(key, self.node)
                self._put(key, source[key], source.key_marks[key], source.value_marks[key])
                self.merged.add(key)
        # Psych merges at the position of `<<`; other parsers merge first.
        message = "GitLab takes the merged value of {}, because `<<` comes after the key; move `<<` to the top"
        return [("merge-order", message.format(key), mark) for key in overridden if self.node[key] != incoming[key][key]]


def _sources(value: Any) -> list[MapNode] | None:
    """Return the mappings to merge, or None if they cannot be merged and `<<` is an ordinary key."""
    if isinstance(value, Tagged):
        value = value.value
    sources = value if isinstance(value, SeqNode) else [value]
    return sources if all(isinstance(source, MapNode) for source in sources) else None
