"""Convert a model to a plain tree: each keyword that is set, under GitLab's name, with its comment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final, TypeAlias

from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.kinds import FrozenDict, Null
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.problems import Path
from gitlabgen.yamltext.nodes import Commented, Entries, Tagged

__all__ = ["Encoder", "annotate", "bare", "commented"]

_PLAIN: Final = frozenset((str, int, float, bool, type(None)))
_BESIDE: Final = frozenset(OWN_FIELDS)
# A comment goes above its line if the line would be longer than this.
_WIDTH: Final = 100


_Order: TypeAlias = tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]], bool]
"""Keys in output order, a getter for their values, and whether comments or entries of `extra` must be added."""


class _EncodingPlan:
    """How to write a class, computed once: each field's key by its name, in output order."""

    __slots__ = ("fields", "orders", "special")

    # Programs use few combinations of keywords; this limits the memory for an input with many.
    _MOST_ORDERS = 1000

    def __init__(self, cls: type[Model], special: Callable[[Any], Any] | None) -> None:
        self.special = special
        self.fields = plan_of(cls).keys
        self.orders: dict[tuple[str, ...], _Order] = {}

    def order(self, given: tuple[str, ...]) -> _Order:
        """Return how to write a combination of fields; cached for later models with the same fields."""
        names = tuple(name for name in self.fields if name in given)
        order = tuple(self.fields[name] for name in names), _getter(names), not _BESIDE.isdisjoint(given)
        if len(self.orders) < self._MOST_ORDERS:
            self.orders[given] = order
        return order


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return itemgetter(*names) if len(names) > 1 else lambda given: tuple(given[name] for name in names)


class Encoder:
    """Converts models to trees; a file format registers how to convert its own classes.

    Args:
        special: Functions from a model to its tree by the class's `form`, for classes that are not written as mappings.
        foreign: Converts a value of another library to plain data.
    """

    __slots__ = ("_foreign", "_plans", "_special")

    def __init__(
        self,
        special: Mapping[str, Callable[[Any], Any]] | None = None,
        foreign: Callable[[Any], Any] = lambda value: value,
    ) -> None:
        self._foreign = foreign
        self._special = special or {}
        self._plans: dict[type, _EncodingPlan] = {}

    def tree(self, value: Any) -> Any:
        """Return the tree of any value that a model can hold."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        plan = self._plans.get(kind)
        if plan is not None:
            tree = self.mapping(value) if plan.special is None else plan.special(value)
            if value.__dict__.get("comment") is None:
                return tree
            return commented(tree, value.comment) if type(tree) is Commented else Commented(tree, before=value.comment)
        if kind is tuple or kind is list:
            return [item if type(item) is str else self.tree(item) for item in value]
        if kind is FrozenDict or kind is dict:
            return {key: item if type(item) is str else self.tree(item) for key, item in value.items()}
        if kind is Null:
            return None
        if isinstance(value, Model):
            self._plans[kind] = self._plan(kind)
            return self.tree(value)
        if isinstance(value, Tagged):
            return Tagged(value.tag, self.tree(value.value))
        return self._foreign(value)

    def level(self, value: Any) -> Any:
        """Return a value as a tree that may contain models, for a writer that converts level by level.

        Args:
            value: Any value that a model can hold.
        """
        plan = self._plans.get(type(value))
        if plan is None or plan.special is not None:
            return self.tree(value)
        given = value.__dict__
        combination = tuple(given)
        keys, values, has_more = plan.orders.get(combination) or plan.order(combination)
        # A comment may belong to a deeply nested value.
        return self.tree(value) if has_more else Entries(keys, values(given))

    def mapping(self, model: Model) -> dict[Any, Any]:
        """Return a model's keywords as a mapping with their comments."""
        plan = self._plans.get(type(model))
        if plan is None:
            plan = self._plans[type(model)] = self._plan(type(model))
        tree: dict[Any, Any] = {}
        given = model.__dict__
        combination = tuple(given)
        keys, values, _ = plan.orders.get(combination) or plan.order(combination)
        for key, value in zip(keys, values(given)):  # noqa: B905 - they are as many
            kind = type(value)
            if kind is str:
                tree[key] = value
            elif kind is tuple:
                tree[key] = [item if type(item) is str else self.tree(item) for item in value]
            elif value is not None:
                tree[key] = self.tree(value)
        if "extra" in given and model.extra is not None:
            for key, value in model.extra.items():
                tree[key] = self.tree(value)
        if "comments" in given:
            for path, text in model.comments.items():
                # The entries of `extra` are written next to the keywords.
                annotate(tree, path[1:] if path[:1] == ("extra",) else (plan_of(type(model)).key(str(path[0])), *path[1:]), text)
        return tree

    def _plan(self, cls: type[Model]) -> _EncodingPlan:
        return _EncodingPlan(cls, self._special.get(cls.form))


def commented(value: Any, text: str) -> Commented:
    """Return a value with its comment: on the same line if there is room, else above it."""
    if isinstance(value, Commented):
        before = value.before
        return Commented(value.value, before=text.removesuffix("\n") + f"\n{before}" if before else text, after=value.after)
    one_line = type(value) in _PLAIN and "\n" not in f"{value}{text}"
    if one_line and len(f"{value}{text}") < _WIDTH:
        return Commented(value, after=text)
    return Commented(value, before=text)


def annotate(tree: Any, path: Path, text: str) -> None:
    """Add a comment to the value at a path of a tree; do nothing if the path does not exist.

    Args:
        tree: The tree, changed in place.
        path: Keys and indexes.
        text: The comment.
    """
    parent = tree
    for step in path:
        parent = bare(tree)
        if not _holds(parent, step):
            return
        tree = parent[step]
    if path:
        parent[path[-1]] = commented(tree, text)


def bare(tree: Any) -> Any:
    """Return a tree without its outer comments and tag."""
    while isinstance(tree, Commented | Tagged):
        tree = tree.value
    return tree


def _holds(tree: Any, step: str | int) -> bool:
    if isinstance(tree, dict):
        return step in tree
    return isinstance(tree, list) and isinstance(step, int) and step < len(tree)
