"""Iterate over all values inside a model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, Final

from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.problems import Path

_TEXTLESS: Final = frozenset((int, float, bool, type(None)))
_SIMPLE: Final = _TEXTLESS | {str}


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


def joined_texts(values: Iterable[Any]) -> str:
    """Return the texts inside many values, one per line, without their places, and so in little time.

    Args:
        values: Models, or values of models.
    """
    texts: list[str] = []
    waiting: list[list[Any]] = [[*values]]
    while waiting:
        group = waiting.pop()
        for kind in {*map(type, group)} - _TEXTLESS:  # a loop over the values would take several times as long
            same: list[Any] = [value for value in group if type(value) is kind]
            if issubclass(kind, str):
                texts += same
            elif kind is tuple:
                waiting.append([*chain.from_iterable(same)])
            elif issubclass(kind, Model):
                waiting.append([*chain.from_iterable(model.__dict__.values() for model in same)])
            elif issubclass(kind, Mapping):
                waiting.append([*chain.from_iterable(mapping.values() for mapping in same)])
    return "\n".join(texts)


def texts_in(model: Model, part: str, without: Collection[str] = ()) -> Iterator[tuple[Path, str]]:
    """Yield all texts inside a model that have a part, in order, each with its path.

    Args:
        model: The model.
        part: The part.
        without: Fields of models to skip.
    """
    waiting: list[tuple[Path, Any]] = [((), model)]
    while waiting:
        path, found = waiting.pop()
        if isinstance(found, str):
            yield path, found
            continue
        entries: Iterable[tuple[str | int, Any]]
        if type(found) is tuple:
            entries = enumerate(found)
        elif isinstance(found, Model):
            entries = ((name, item) for name, item in vars(found).items() if name not in OWN_FIELDS and name not in without)
        elif isinstance(found, Mapping):
            entries = found.items()
        else:
            continue
        # Most values are short texts without the part: they get no path.
        kept = [(key, item) for key, item in entries if (part in item if type(item) is str else type(item) not in _SIMPLE)]
        waiting += [((*path, key), item) for key, item in reversed(kept)]
