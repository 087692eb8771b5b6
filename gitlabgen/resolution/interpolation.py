"""Interpolation of blocks such as `$[[ inputs.name | truncate(0, 8) ]]`, which GitLab does before it reads keywords."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from gitlabgen.errors import Finding
from gitlabgen.modeling.callsites import Position
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.modeling.reporting import located
from gitlabgen.modeling.spellings import spelled
from gitlabgen.resolution.block_expressions import UNKNOWN, as_text, evaluated
from gitlabgen.resolution.origins import Block, Items, Origin
from gitlabgen.yamltext.nodes import Tagged
from gitlabgen.yamltext.positions import MapNode, Mark, SeqNode

_URL: Final = "https://docs.gitlab.com/ci/inputs/"

# GitLab reads past a second `$[[`, and then rejects the block; stopping there keeps the search linear.
BLOCK: Final = r"(?a)\$\[\[\s*((?!\$\[\[)\S(?:(?!\$\[\[).)*?\S)\s*\]\]"
"""A block, as a regular expression with its expression as a group."""

_MOSTBLOCKS: Final = 10_000
# GitLab limits the size of the whole configuration; this limits one file.
_LARGEST: Final = 2 * 1024 * 1024


Where: TypeAlias = Origin | Mark | None
"""Where a value was written: its origin in a model, or its mark in a file."""


def blocks_in(text: str) -> Iterator[str]:
    """Yield the expressions of the blocks in a text.

    Args:
        text: The text.
    """
    for block in re.finditer(BLOCK, text):
        yield block[1]


class WrittenBlock(NamedTuple):
    """A block in a file or in a pipeline.

    Args:
        expression: Its expression, such as `inputs.name | truncate(0, 8)`.
        where: Where it was written.
        filename: The name of the file.
    """

    expression: str
    where: Where
    filename: str

    @property
    def position(self) -> Position | None:
        """The position in the user's file."""
        return self.where.position() if isinstance(self.where, Origin) else Position(self.filename, *(self.where or ()))


class Interpolation:
    """The interpolation of a file or a pipeline.

    A string that is a single block is replaced by the value with its type; in a longer string, the value becomes text, and in
    a list, the items of an array replace the block. Like GitLab, this leaves `!reference` unchanged.

    Args:
        contexts: The values by context and name; `UNKNOWN` for unknown values.
        filename: The name of a file whose values have marks, for findings.
    """

    def __init__(self, contexts: Mapping[str, Any], filename: str | None = None) -> None:
        self.findings: list[Finding] = []
        self.blocks: list[WrittenBlock] = []
        """The blocks that were found."""
        self._contexts = contexts
        self._filename = filename
        self._values: dict[str, Any] = {}
        self._size = 0

    def tree(self, node: Any, where: Where) -> Any:
        """Return a tree with its blocks replaced.

        Args:
            node: A tree of a file or of a model.
            where: Where it was written.
        """
        if isinstance(node, MapNode):
            return self._mapping(node)
        if isinstance(node, SeqNode):
            return self._list(node)
        if isinstance(node, Block):
            return self._block(node)
        if isinstance(node, Items):
            return self._items(node)
        if isinstance(node, Tagged):
            return node if node.tag == "!reference" else Tagged(node.tag, self.tree(node.value, where))
        return self._scalar(node, where) if isinstance(node, str) and "$[[" in node else node

    def key(self, key: Any, where: Where) -> Any:
        """Return a key with its blocks replaced; a list or a mapping becomes text.

        Args:
            key: The key.
            where: Where it was written.
        """
        made = self.tree(key, where)
        return as_text(made) if isinstance(made, list | dict) else made

    def _mapping(self, node: MapNode) -> MapNode:
        made = MapNode(node.mark, node.notes)
        made.last, made.replaced = node.last, node.replaced
        for key, item in node.items():
            new = self.key(key, node.key_marks[key])
            made[new] = self.tree(item, node.value_marks[key])
            made.key_marks[new] = node.key_marks[key]
            made.value_marks[new] = node.value_marks[key]
        return made

    def _list(self, node: SeqNode) -> SeqNode:
        made = SeqNode(node.mark, node.notes)
        made.last = node.last
        for item, mark in zip(node, node.item_marks, strict=True):
            items = self._spliced(item, mark)
            made.extend(items)
            made.item_marks.extend([mark] * len(items))
        return made

    def _block(self, node: Block) -> Block:
        made = Block(node.own)
        for key, item in node.items():
            origin = node.origins[key]
            made.put(self.key(key, origin), self.tree(item, origin), origin)
        return made

    def _items(self, node: Items) -> Items:
        made = Items()
        for item, origin in zip(node, node.origins, strict=True):
            for new in self._spliced(item, origin):
                made.put(new, origin)
        return made

    def _spliced(self, item: Any, where: Where) -> list[Any]:
        """Return what replaces an item of a list."""
        new = self.tree(item, where)
        return new if isinstance(item, str) and isinstance(new, list) else [new]

    def _scalar(self, text: str, where: Where) -> Any:
        blocks = list(re.finditer(BLOCK, text))
        if len(blocks) == 1 and blocks[0].group() == text:
            value = self._value(blocks[0], where)
            return text if value is UNKNOWN or self._is_too_large(as_text(value), where) else _placed(value, where)
        parts, end = [], 0
        for block in blocks:
            value = self._value(block, where)
            new = block.group() if value is UNKNOWN else as_text(value)
            if self._is_too_large(new, where):
                return text
            parts += [text[end : block.start()], new]
            end = block.end()
        return "".join((*parts, text[end:]))

    def _value(self, block: re.Match[str], where: Where) -> Any:
        written = block.group()
        self.blocks.append(WrittenBlock(block[1], where, self._filename or ""))
        if written in self._values:
            return self._values[written]
        if len(self._values) == _MOSTBLOCKS:
            plain = f"the file has more than {_MOSTBLOCKS} different blocks `$[[ … ]]`"
            self._report(Problem("too many interpolation blocks", plain=plain), where)
            return UNKNOWN
        try:
            value = evaluated(block[1], self._contexts)
        except InvalidValue as error:
            # Not cached, so that each occurrence of the block is reported.
            self._report(error.problem, where)
            return UNKNOWN
        self._values[written] = value
        return value

    def _is_too_large(self, text: str, where: Where) -> bool:
        self._size += len(text)
        if self._size > _LARGEST >= self._size - len(text):
            self._report(Problem("config too large", plain="the values of the inputs make the file larger than 2 MiB"), where)
        return self._size > _LARGEST

    def _report(self, problem: Problem, where: Where) -> None:
        found = Finding(
            rule="invalid-interpolation",
            message=spelled(problem.plain, "yaml") or problem.text,
            hint=spelled(problem.hint, "yaml"),
            url=_URL,
            facts=(problem.text,),
            gitlab=problem.text,
        )
        self.findings.append(located(found, self._position(where)))

    def _position(self, where: Where) -> Position | None:
        return WrittenBlock("", where, self._filename or "").position


def _placed(value: Any, where: Where) -> Any:
    """Return a value as a part of the tree; all of it has the block's position."""
    if isinstance(where, Origin):
        return _traced(value, where)
    mark = where or Mark(1, 1)
    if isinstance(value, list | tuple):
        items = SeqNode(mark)
        items.extend(_placed(item, mark) for item in value)
        items.item_marks = [mark] * len(items)
        return items
    if isinstance(value, dict):
        mapping = MapNode(mark)
        for key, item in value.items():
            mapping[key] = _placed(item, mark)
            mapping.key_marks[key] = mapping.value_marks[key] = mark
        return mapping
    return value


def _traced(value: Any, origin: Origin) -> Any:
    if isinstance(value, list | tuple):
        items = Items()
        for item in value:
            items.put(_traced(item, origin), origin)
        return items
    if isinstance(value, dict):
        block = Block(origin)
        for key, item in value.items():
            block.put(key, _traced(item, origin), origin)
        return block
    return value
