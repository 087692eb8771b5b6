"""Iterate over all values inside a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from gitlabgen.modeling.model import Model

_SIMPLE: Final = frozenset((str, int, float, bool, type(None)))


def values_in(value: Any, without: Collection[str] = ()) -> Iterator[Any]:
    """Yield a value and all values inside it, in order.

    Args:
        value: A model, or a value of a model.
        without: Fields of models to skip.
    """
    waiting = [value]
    while waiting:
        found = waiting.pop()
        yield found
        kind = type(found)
        if kind in _SIMPLE:
            continue
        if kind is tuple:
            waiting += found[::-1]
        elif isinstance(found, Model):
            waiting += [inner for name, inner in reversed(vars(found).items()) if name not in without]
        elif isinstance(found, Mapping):
            waiting += [*found.values()][::-1]
