"""The classes of templates, from the index, so that new classes are tested automatically."""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen import sam
from gitlabgen.modeling.kinds import MappingOf, ModelNamed, OneOf
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from gitlabgen.sam.class_index import RESOURCE_CLASSES

_FOUND = [getattr(sam, name) for name in sam.__all__]
CLASSES: list[type[Model]] = [cls for cls in _FOUND if isinstance(cls, type) and issubclass(cls, Model)]
# By their type; `sam.Resource` can have any type.
RESOURCES: dict[str, type[sam.BaseResource]] = {kind: getattr(sam, name) for kind, name in RESOURCE_CLASSES.items()}


def models_in(shape: OneOf) -> Iterator[type[Model]]:
    """Yield the models that a keyword accepts."""
    for alternative in shape.shapes:
        cls = alternative.load() if isinstance(alternative, ModelNamed) else None
        if cls is not None and issubclass(cls, Model) and cls is not sam.Intrinsic:
            yield cls


# The classes of the sections of `Globals`, by keyword.
SECTIONS: dict[str, type[Model]] = {
    name: cls for name in sorted(plan_of(sam.Globals).names) for cls in models_in(plan_of(sam.Globals).shapes[name])
}


def events_of(cls: type[Model]) -> list[type[Model]]:
    """Return the classes of events of a function or a state machine, including routes."""
    (mapping,) = (shape for shape in plan_of(cls).shapes["events"].shapes if isinstance(shape, MappingOf))
    return sorted(models_in(mapping.value), key=lambda event: event.__name__)
