"""Trees that keep the original model of each value when they are merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from gitlabgen.gitlab.reference import Reference
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import language_of, location_of, plan_of
from gitlabgen.modeling.problems import Path
from gitlabgen.modeling.spellings import Language

__all__ = ["Origin"]


class Origin(NamedTuple):
    """Where a value was written.

    Args:
        name: The job or the top-level keyword that contains the value.
        model: The model that has the value.
        path: The path from the model to the value.
    """

    name: str
    model: Model
    path: Path = ()

    def position(self, *, at_key: bool = False) -> Position:
        """Return the position in the user's file.

        Args:
            at_key: Whether to return the position of the value's key.
        """
        names = plan_of(type(self.model)).signature_names
        return position(location_of(self.model), self.path, names, at_key=at_key) or Position("")


Tree: TypeAlias = Any
"""A block, a list, a scalar, NULL, or an unresolved reference."""


class _BlockLocation:
    """The location of a block, whose parts may be in several files."""

    __slots__ = ("_block",)

    def __init__(self, block: Block) -> None:
        self._block = block

    def find(self, argument: Sequence[str | int], *, at_key: bool = False) -> Position:
        """Return the position of the value at this path, or of its key; of its nearest existing parent."""
        if tuple(argument) == ("name",):
            return self._block.own._replace(path=("name",)).position()
        origin = self._block.origin(argument)
        if origin is self._block.own:  # its own model may know more, such as a header
            origin = origin._replace(path=(*origin.path, *argument))
        return origin.position(at_key=at_key)

    @property
    def language(self) -> Language:
        """The language of the file in which the block itself was written."""
        return language_of(self._block.own.model)


class Block(dict[str, Any]):
    """A mapping whose values may come from several models.

    Args:
        own: Where the mapping itself was written.
    """

    __slots__ = ("origins", "own")

    def __init__(self, own: Origin) -> None:
        super().__init__()
        self.own = own
        self.origins: dict[str, Origin] = {}

    @property
    def place(self) -> _BlockLocation:
        """The location for a model that is made from the mapping."""
        return _BlockLocation(self)

    def put(self, key: str, value: Any, origin: Origin) -> None:
        """Set a value with its origin."""
        self[key] = value
        self.origins[key] = origin

    def origin(self, path: Sequence[str | int]) -> Origin:
        """Return the origin of the value at this path, or of its nearest existing parent."""
        found = self.own
        node: Tree = self
        for index, step in enumerate(path):
            if isinstance(node, Model) and location_of(node) is not None:  # a setting that was decoded knows its own parts
                return found._replace(model=node, path=tuple(path[index:]))
            key: Any = Model.written_name(step) if isinstance(step, str) else step
            inside = (
                key in node if isinstance(node, Block) else isinstance(node, Items) and isinstance(key, int) and key < len(node)
            )
            if inside:
                found = node.origins[key]
            elif step == "extra":  # the keys of `extra` are in the block itself
                continue
            else:
                break
            node = node[key]
        return found


class Items(list[Any]):
    """A list whose items may come from several models."""

    __slots__ = ("origins",)

    def __init__(self) -> None:
        super().__init__()
        self.origins: list[Origin] = []

    def put(self, value: Any, origin: Origin) -> None:
        """Add an item with its origin."""
        self.append(value)
        self.origins.append(origin)


def traced(value: Any, origin: Origin) -> Tree:
    """Return a model's value as a tree with the origins of its parts.

    Args:
        value: The model's value.
        origin: Where it was written.
    """
    if isinstance(value, Reference):
        return value
    if isinstance(value, Model):
        return _block_of(value, Origin(origin.name, value))
    if isinstance(value, Mapping):
        block = Block(origin)
        for key, item in value.items():
            inner = origin._replace(path=(*origin.path, key))
            block.put(key, traced(item, inner), inner)
        return block
    if isinstance(value, tuple):
        items = Items()
        for index, item in enumerate(value):
            inner = origin._replace(path=(*origin.path, index))
            items.put(traced(item, inner), inner)
        return items
    return value


def _block_of(model: Model, origin: Origin) -> Block:
    block = Block(origin)
    for name, value in vars(model).items():
        if name not in OWN_FIELDS and value is not None:
            inner = origin._replace(path=(name,))
            block.put(plan_of(type(model)).key(name), traced(value, inner), inner)
    for name, value in (model.extra or {}).items():
        inner = origin._replace(path=("extra", name))
        block.put(name, traced(value, inner), inner)
    return block


def merged(lower: Tree, upper: Tree) -> Tree:
    """Return two values merged like in GitLab: mappings are merged, and other values are replaced.

    Args:
        lower: The value of the parent, or of the included file.
        upper: The value that wins.
    """
    if not (isinstance(lower, Block) and isinstance(upper, Block)):
        return upper
    block = Block(upper.own)
    for key, value in lower.items():
        block.put(key, value, lower.origins[key])
    for key, value in upper.items():
        block.put(key, merged(block[key], value) if key in block else value, upper.origins[key])
    return block
