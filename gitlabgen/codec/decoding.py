"""Convert a plain tree to a model: the annotations of the model classes define what each value becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gitlabgen.codec.comments import note_at, with_comment, with_entry_comments, with_item_comments
from gitlabgen.codec.encoding import bare
from gitlabgen.errors import collecting, report
from gitlabgen.modeling.callsites import Location, Position
from gitlabgen.modeling.kinds import Anything, FrozenDict, ItemsOf, MappingOf, ModelNamed, OneOf, alternatives_of
from gitlabgen.modeling.model import NULL, Model, construct
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.reporting import named
from gitlabgen.yamltext.nodes import Plain, Tagged
from gitlabgen.yamltext.positions import MapNode, Mark, SeqNode, span_of

__all__ = ["Decoder", "FileLocation", "NodeLocation"]


class NodeLocation:
    """A node of a file. Finds the line of each keyword when an error needs it.

    Args:
        file: The file's name.
        nodes: The node, and further nodes with keywords of the same model.
        key: Returns the key in the file for a field's name.
        name: The position of the key whose value the node is.
        inlined: Fields whose entries are in the file next to the keywords.
    """

    __slots__ = ("_file", "_inlined", "_key", "_name", "_nodes")

    def __init__(
        self,
        file: str,
        *nodes: Any,
        key: Callable[[str], str] = Model.written_name,
        name: Mark | None = None,
        inlined: Sequence[str] = ("extra",),
    ) -> None:
        self._file = file
        self._inlined = inlined
        self._key = key
        self._name = name
        self._nodes = nodes

    def find(self, argument: Sequence[str | int], *, at_key: bool = False) -> Position:
        """Return the position of the value at this path, or of its key; of the part of the path that exists."""
        steps = list(argument)
        if steps == ["name"] and self._name is not None:
            return Position(self._file, *self._name)
        if steps and steps[0] in self._inlined:
            del steps[0]
        elif steps:
            steps[0] = self._key(str(steps[0]))
        node = next((node for node in self._nodes if isinstance(node, dict) and steps and steps[0] in node), self._nodes[0])
        mark, key = self._name or getattr(node, "mark", None), None
        for field in steps:
            step = field
            if isinstance(node, MapNode) and field not in node and isinstance(field, str):
                step = Model.written_name(field)  # a path has names in Python, such as `if_`
            if isinstance(node, MapNode) and step in node:
                mark, key, inner = node.value_marks[step], node.key_marks[step], node[step]
            elif isinstance(node, SeqNode) and isinstance(step, int) and step < len(node):
                mark, key, inner = node.item_marks[step], None, node[step]
            else:
                key = None
                break
            node = bare(inner)
        if mark is None:
            return Position(self._file)
        found = key if at_key and key is not None else span_of(node, mark)
        return Position(self._file, *found, text=getattr(found, "text", None))

    def replaced(self, key: str) -> list[tuple[Any, Position]]:
        """Return the values that `<<` brings for a key and that do not apply, each with the position of its key.

        Args:
            key: The key.
        """
        found = (getattr(self._nodes[0], "replaced", None) or {}).get(key, ())
        return [(value, Position(self._file, *mark)) for value, mark in found]


class FileLocation(NodeLocation):
    """The mappings of a file.

    Args:
        file: The file's name.
        nodes: The mappings.
        aliased: The keys in whose values an alias elsewhere has its anchor.
        retyped: The text of each scalar that GitLab would write in another way, by its position.
    """

    __slots__ = ("_retyped", "aliased")

    def __init__(self, file: str, *nodes: Any, aliased: frozenset[Any], retyped: Mapping[Mark, str]) -> None:
        super().__init__(file, *nodes)
        self.aliased = aliased
        self._retyped = retyped

    def retyped(self) -> Iterator[tuple[tuple[Any, ...], str, Any, Position]]:
        """Yield each scalar that GitLab would write in another way: its path in the file, its text, its value, its position."""
        waiting: list[tuple[tuple[Any, ...], Any, Mark | None]] = [((), self._nodes[0], None)] if self._retyped else []
        while waiting:
            path, node, mark = waiting.pop()
            if isinstance(node, MapNode):
                waiting += [((*path, key), bare(node[key]), node.value_marks[key]) for key in reversed([*node])]
            elif isinstance(node, SeqNode):
                waiting += [((*path, index), bare(item), node.item_marks[index]) for index, item in reversed([*enumerate(node)])]
            elif mark is not None and mark in self._retyped:
                yield path, self._retyped[mark], node, Position(self._file, *mark)


class Decoder:
    """Converts trees to models; a file format registers how to convert its own classes.

    Args:
        file: The file's name for findings.
        special: Functions from a tree to a model by the class's `form`, for classes that are not written as mappings.
        adopt: Returns the value that a tagged value or a mapping means anywhere in the file, or None.
        plain: Converts a plain scalar on whose type parsers disagree.
        partial: Whether another file or block may supply what is missing.
    """

    __slots__ = ("_adopt", "_file", "_partial", "_plain", "_special")

    def __init__(
        self,
        file: str,
        *,
        adopt: Callable[[Any], Any],
        special: Mapping[str, Callable[[Any], Any]] | None = None,
        plain: Callable[[Plain], str] = lambda text: text,
        partial: bool = False,
    ) -> None:
        self._file = file
        self._special = special or {}
        self._adopt = adopt
        self._plain = plain
        self._partial = partial

    def value(self, shape: OneOf, node: Any) -> Any:
        """Return the value of a node where this shape is expected; problems are found when a model validates the value."""
        adopted = self._adopted(node)
        if adopted is not None:
            return adopted
        if isinstance(node, dict):
            model = next(_models(shape), None)
            if model is not None:
                special = self._special.get(model.form)
                return special(node) if special else self.model(model, node)
            mapping = next(alternatives_of(MappingOf, shape), None)
            if mapping is not None:
                entries = {self._scalar(key): self._entry(mapping.value, key, item) for key, item in node.items()}
                return with_entry_comments(entries, node)
        if isinstance(node, list):
            items = next(alternatives_of(ItemsOf, shape), None)
            if items is not None:
                return with_item_comments([self.value(items.item, item) for item in node], node)
        # A problem shows the value without its comments.
        is_open = any(True for _ in alternatives_of(Anything, shape))
        return self.raw(node, keep_comments=isinstance(node, dict | list) and is_open)

    def _entry(self, shape: OneOf, key: Any, node: Any) -> Any:
        """Return the value of an entry of a mapping; findings about a model name the key."""
        model = next(_models(shape), None) if isinstance(node, dict) else None
        if model is None:
            return self.value(shape, node)
        with collecting() as findings:
            value = self.value(shape, node)
        for finding in findings:
            report(named(finding, str(key), model))
        return value

    def raw(self, node: Any, *, keep_comments: bool = True) -> Any:
        """Return a node as plain frozen data, with models for what the file format defines.

        Args:
            node: The node.
            keep_comments: Whether to keep comments, for a model to take them out of the data.
        """
        adopted = self._adopted(node)
        if adopted is not None:
            return adopted
        if isinstance(node, Tagged):
            return Tagged(node.tag, self.raw(node.value, keep_comments=False))
        if isinstance(node, dict):
            entries = {self._scalar(key): self.raw(item, keep_comments=keep_comments) for key, item in node.items()}
            return FrozenDict(with_entry_comments(entries, node) if keep_comments else entries)
        if isinstance(node, list):
            values = [self.raw(item, keep_comments=keep_comments) for item in node]
            return tuple(with_item_comments(values, node) if keep_comments else values)
        return self._scalar(node)

    def _adopted(self, node: Any) -> Any:
        if node is None:
            return NULL
        return self._adopt(node) if isinstance(node, dict | Tagged) else None

    def _scalar(self, value: Any) -> Any:
        return self._plain(value) if type(value) is Plain else value

    def model(self, cls: type[Model], node: Mapping[Any, Any], location: Location | None = None, **given: Any) -> Any:
        """Return a model from a mapping; unknown keys go into `extra`.

        Args:
            cls: The model's class.
            node: The mapping.
            location: The model's location, if it is not that of the mapping.
            given: Fields that are not in the mapping, such as the name.
        """
        plan = plan_of(cls)
        keywords: dict[str, Any] = dict(given)
        extra = {}
        notes = getattr(node, "notes", None)
        for key, item in node.items():
            name = plan.name(key) if isinstance(key, str) else None
            if name in given:
                name = None
            value = self.raw(item) if name is None else self.value(plan.shapes[name], item)
            if notes:
                value = with_comment(value, item, note_at(node, key))
            if name is None:
                extra[self._scalar(key)] = value
            else:
                keywords[name] = value
        if extra:
            keywords["extra"] = FrozenDict(extra)
        location = location or getattr(node, "place", None) or NodeLocation(self._file, node, key=plan.key)
        return construct(cls, (), keywords, location, partial=self._partial)


def _models(shape: OneOf) -> Iterator[type[Model]]:
    """Yield the model classes that are written as mappings."""
    for alternative in alternatives_of(ModelNamed, shape):
        cls = alternative.load()
        if cls is not None and issubclass(cls, Model) and cls.from_mapping:
            yield cls
