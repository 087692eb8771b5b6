"""Iterate over all values inside a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.problems import Path

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


def models_in(value: Any, without: Collection[str] = ()) -> Iterator[tuple[tuple[str, ...], Model]]:
    """Yield a model and all models inside it, in order, each with the keys that lead to it.

    Args:
        value: A model, or a value of a model.
        without: Fields of models to skip.
    """
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while waiting:
        path, found = waiting.pop()
        if type(found) is tuple:
            waiting += [(path, item) for item in found[::-1] if type(item) not in _SIMPLE]
        elif isinstance(found, Model):
            yield path, found
            keys = plan_of(type(found)).key
            inner = [((*path, keys(name)), item) for name, item in vars(found).items() if name not in without]
            waiting += [entry for entry in reversed(inner) if type(entry[1]) not in _SIMPLE]
        elif isinstance(found, Mapping):
            waiting += [((*path, str(key)), item) for key, item in [*found.items()][::-1] if type(item) not in _SIMPLE]


def texts_in(model: Model, without: Collection[str] = ()) -> Iterator[tuple[Path, str]]:
    """Yield all texts inside a model, in order, each with its path.

    Args:
        model: The model.
        without: Fields of models to skip.
    """
    waiting: list[tuple[Path, Any]] = [((), model)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, str):
            yield path, found
        elif type(found) is tuple:
            waiting += [((*path, index), item) for index, item in reversed([*enumerate(found)])]
        elif isinstance(found, Model):
            inner = [(name, item) for name, item in vars(found).items() if name not in OWN_FIELDS and name not in without]
            waiting += [((*path, name), item) for name, item in reversed(inner)]
        elif isinstance(found, Mapping):
            waiting += [((*path, key), item) for key, item in reversed([*found.items()])]
