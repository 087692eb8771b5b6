"""Conversion of mappings of keywords to models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from gitlabgen.modeling.callsites import caller
from gitlabgen.modeling.kinds import ItemsOf, MappingOf, ModelNamed, OneOf
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import plan_of

__all__ = ["model_of"]

_M = TypeVar("_M", bound=Model)


def model_of(cls: type[_M], given: Mapping[Any, Any]) -> _M:
    """Return a mapping of keywords as a model; keys that the class does not know go into `extra`.

    Args:
        cls: The model's class.
        given: The keywords of the file, with frozen values.
    """
    plan = plan_of(cls)
    names = {key: plan.name(key) for key in given if isinstance(key, str)}
    keywords = {name: _value(plan.shapes[name], given[key]) for key, name in names.items() if name is not None}
    extra = {key: value for key, value in given.items() if names.get(key) is None}
    return construct(cls, (), {**keywords, "extra": extra} if extra else keywords, caller())


def _value(shape: OneOf, value: Any) -> Any:
    """Return a value with each mapping converted to a model where the shape requires one."""
    for alternative in shape.shapes:
        cls = alternative.load() if isinstance(alternative, ModelNamed) else None
        if isinstance(value, dict) and cls is not None and issubclass(cls, Model) and cls.from_mapping:
            return model_of(cls, value)
        if isinstance(value, dict) and isinstance(alternative, MappingOf):
            return {key: _value(alternative.value, inner) for key, inner in value.items()}
        if isinstance(value, tuple) and isinstance(alternative, ItemsOf):
            return [_value(alternative.item, item) for item in value]
    return value
