"""Plain tree to model: the annotations of the model classes say what each value becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from gitlabgen.codec.encoding import bare, key_of
from gitlabgen.codec.remarks import note_at, noted_entries, noted_items, remarked
from gitlabgen.model import NULL, OWN_FIELDS, Model, construct, plan_of
from gitlabgen.shapes import Anything, Checked, FrozenDict, ItemsOf, MappingOf, ModelNamed, OneOf, Shape
from gitlabgen.source import Place, Position
from gitlabgen.yamltext.nodes import Plain, Tagged
from gitlabgen.yamltext.positions import MapNode, Mark, SeqNode

__all__ = ["Decoder", "NodePlace"]

# What is kept as a name or a text, what a tag stands for, and what comes from another library.
_NEVER_A_MAPPING: Final = frozenset(
    (
        "AWSHelperFn",
        "AWSObject",
        "BaseAWSObject",
        "BaseJob",
        "BaseResource",
        "Condition",
        "Hook",
        "Intrinsic",
        "Recipe",
        "Reference",
        "Stage",
        "TimeBasedCanary",
        "TimeBasedLinear",
        "Var",
    )
)


class NodePlace:
    """A node of a file: finds the line of each keyword when an error asks for it.

    Args:
        file: The file's name.
        nodes: The node; further ones hold keywords of the same model.
        key: The written key for a field's name.
        mark: Where the node stands, if it does not know.
    """

    __slots__ = ("_file", "_key", "_mark", "_nodes")

    def __init__(self, file: str, *nodes: Any, key: Callable[[str], str] = key_of, mark: Mark | None = None) -> None:
        self._file = file
        self._key = key
        self._mark = mark
        self._nodes = nodes

    def find(self, argument: Sequence[str | int]) -> Position:
        """Return where the value at this path stands, or what of the path there is."""
        steps = list(argument)
        if steps[:1] == ["extra"]:  # what is in `extra` stands beside the keywords
            del steps[0]
        elif steps:
            steps[0] = self._key(str(steps[0]))
        node = next((node for node in self._nodes if isinstance(node, dict) and steps and steps[0] in node), self._nodes[0])
        mark = getattr(node, "mark", self._mark)
        for step in steps:
            if isinstance(node, MapNode) and step in node:
                mark, inner = node.value_marks[step], node[step]
            elif isinstance(node, SeqNode) and isinstance(step, int) and step < len(node):
                mark, inner = node.item_marks[step], node[step]
            else:
                break
            node = bare(inner)
        return Position(self._file) if mark is None else Position(self._file, mark.line, mark.column)


class Decoder:
    """Turns trees into models; a file format registers what its own classes do.

    Args:
        file: The file's name for findings.
        name: The field's name for a written key.
        key: The written key for a field's name.
        special: Functions from a tree to a model, by the class's name, for classes that are not written field by field.
        adopt: Returns what a tagged value or a mapping stands for wherever it stands, or None.
        plain: What a plain scalar becomes on whose type parsers disagree.
        partial: Whether what is missing may stand elsewhere.
    """

    __slots__ = ("_adopt", "_file", "_key", "_name", "_partial", "_plain", "_special")

    def __init__(
        self,
        file: str,
        name: Callable[[str, frozenset[str]], str | None],
        *,
        adopt: Callable[[Any], Any],
        key: Callable[[str], str] = key_of,
        special: Mapping[str, Callable[[Any], Any]] | None = None,
        plain: Callable[[Plain], str] = lambda text: text,
        partial: bool = False,
    ) -> None:
        self._file = file
        self._name = name
        self._key = key
        self._special = special or {}
        self._adopt = adopt
        self._plain = plain
        self._partial = partial

    def value(self, shape: OneOf, node: Any) -> Any:
        """Return what a node becomes where this shape is expected; misfits are found when a model takes it."""
        adopted = self._adopted(node)
        if adopted is not None:
            return adopted
        if isinstance(node, dict):
            model = next(_models(shape), None)
            if model is not None:
                special = self._special.get(model.name)
                return special(node) if special else self.model(model.load(), node)
            mapping = next(_of(MappingOf, shape), None)
            if mapping is not None:
                return noted_entries({self._scalar(key): self.value(mapping.value, item) for key, item in node.items()}, node)
        if isinstance(node, list):
            items = next(_of(ItemsOf, shape), None)
            if items is not None:
                return noted_items([self.value(items.item, item) for item in node], node)
        # What does not fit is told without its comments.
        return self.raw(node, noted=isinstance(node, dict | list) and next(_of(Anything, shape), None) is not None)

    def raw(self, node: Any, *, noted: bool = True) -> Any:
        """Return a node as plain frozen data, with what has a meaning of its own as models.

        Args:
            node: The node.
            noted: Whether comments come along, for a model to take them out of the data.
        """
        adopted = self._adopted(node)
        if adopted is not None:
            return adopted
        if isinstance(node, Tagged):
            return Tagged(node.tag, self.raw(node.value, noted=False))
        if isinstance(node, dict):
            entries = {self._scalar(key): self.raw(item, noted=noted) for key, item in node.items()}
            return FrozenDict(noted_entries(entries, node) if noted else entries)
        if isinstance(node, list):
            values = [self.raw(item, noted=noted) for item in node]
            return tuple(noted_items(values, node) if noted else values)
        return self._scalar(node)

    def _adopted(self, node: Any) -> Any:
        if node is None:
            return NULL
        return self._adopt(node) if isinstance(node, dict | Tagged) else None

    def _scalar(self, value: Any) -> Any:
        return self._plain(value) if type(value) is Plain else value

    def model(self, cls: type[Model], node: Mapping[Any, Any], place: Place | None = None, **given: Any) -> Any:
        """Return a model from a mapping; keys that the class does not know go into `extra`.

        Args:
            cls: The model's class.
            node: The mapping.
            place: Where it stands, if not where the mapping does.
            given: Fields that do not stand in the mapping, such as its name.
        """
        plan = plan_of(cls)
        names = plan.names.difference(OWN_FIELDS, given)
        keywords: dict[str, Any] = dict(given)
        extra = {}
        noted = getattr(node, "notes", None)
        for key, item in node.items():
            name = self._name(key, names) if isinstance(key, str) else None
            value = self.raw(item) if name is None else self.value(plan.shapes[name], item)
            if noted:
                value = remarked(value, item, note_at(node, key))
            if name is None:
                extra[self._scalar(key)] = value
            else:
                keywords[name] = value
        if extra:
            keywords["extra"] = FrozenDict(extra)
        place = place or getattr(node, "place", None) or NodePlace(self._file, node, key=self._key)
        return construct(cls, (), keywords, place, partial=self._partial)


def _inner(shape: OneOf) -> Iterator[Shape]:
    for alternative in shape.shapes:
        if isinstance(alternative, Checked):
            yield from _inner(alternative.inner)
        else:
            yield alternative


def _of(kind: type[Any], shape: OneOf) -> Iterator[Any]:
    return (alternative for alternative in _inner(shape) if isinstance(alternative, kind))


def _models(shape: OneOf) -> Iterator[ModelNamed]:
    for alternative in _of(ModelNamed, shape):
        if alternative.name not in _NEVER_A_MAPPING:
            yield alternative
