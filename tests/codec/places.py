"""Wrap a model of any class in a pipeline or a template, found by the shapes of the keywords.

New classes work automatically, unless the class around the model requires another keyword: add that to COMPANIONS.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any, NamedTuple, TypeAlias

from gitlabgen import KeywordError, gitlab, sam
from gitlabgen.modeling.fields import OWN_FIELDS, fields_of
from gitlabgen.modeling.kinds import Checked, ItemsOf, MappingOf, ModelNamed, OneOf, Scalar, Shape, Word
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import plan_of

_Wrap: TypeAlias = Callable[[Any], Any]

# Keywords that a class requires only together with another keyword.
COMPANIONS: dict[tuple[type[Model], str], dict[str, Any]] = {
    (gitlab.Kubernetes, "dashboard"): {"agent": "a"},  # only an agent has a dashboard
    (gitlab.Kubernetes, "managed_resources"): {"agent": "a"},  # only an agent manages resources
    (gitlab.Secret, "gcp_secret_manager"): {"token": "$T"},  # Google Cloud authenticates the job
    (gitlab.Trigger, "forward"): {"project": "a/b"},  # a trigger needs a project or an `include`
}


class Step(NamedTuple):
    """A keyword of a class that accepts another class, with the lists and mappings around it."""

    holder: type[Model]
    name: str
    wrap: _Wrap


def home(model: Model) -> gitlab.Pipeline:
    """Return a pipeline that contains the model."""
    block = _wrapped(model, _path_in_pipeline(type(model)))
    return block if isinstance(block, gitlab.Pipeline) else gitlab.Pipeline(jobs=[block])


def template(model: Model) -> sam.Template:
    """Return a template that contains the model."""
    block = _wrapped(model, _path_in_template(type(model)))
    return block if isinstance(block, sam.Template) else sam.Template(resources=[block])


def has_home(cls: type[Model]) -> bool:
    """Return whether a pipeline can contain a class."""
    return _path_in_pipeline(cls) is not None


def has_template(cls: type[Model]) -> bool:
    """Return whether a template can contain a class."""
    return _path_in_template(cls) is not None


@cache
def _path_in_pipeline(cls: type[Model]) -> list[Step] | None:
    if issubclass(cls, gitlab.BaseJob | gitlab.Pipeline):
        return []
    # Only variables of pipelines have descriptions and options. Otherwise prefer jobs: workflow rules allow fewer words.
    starts: tuple[type[Model], ...] = (gitlab.Job, gitlab.TriggerJob, gitlab.Pipeline)
    return _first_path(starts[-1:] if issubclass(cls, gitlab.Variable) else starts, cls)


@cache
def _path_in_template(cls: type[Model]) -> list[Step] | None:
    if issubclass(cls, sam.BaseResource | sam.Template):
        return []
    # Start at functions, because properties in `Globals` are merged into them.
    return _first_path([sam.Function, sam.Template], cls)


def _first_path(starts: Sequence[type[Model]], cls: type[Model]) -> list[Step] | None:
    # A subclass of a user is accepted wherever its base is.
    paths = (_shortest_path(start, base) for base in cls.__mro__ if issubclass(base, Model) for start in starts)
    return next((path for path in paths if path is not None), None)


def _shortest_path(start: type[Model], target: type[Model]) -> list[Step] | None:
    """Return the shortest path from a class to a keyword that accepts another class, or None."""
    waiting: deque[tuple[type[Model], list[Step]]] = deque([(start, [])])
    seen = {start}
    while waiting:
        holder, path = waiting.popleft()
        for step, cls in _steps(holder):
            if cls is target:
                return [*path, step]
            if cls not in seen:
                seen.add(cls)
                waiting.append((cls, [*path, step]))
    return None


def _steps(holder: type[Model]) -> Iterator[tuple[Step, type[Model]]]:
    """Yield each keyword of a class that accepts models, with their classes."""
    names = [field.name for field in fields_of(holder) if field.name not in OWN_FIELDS]
    for name in names:
        for cls, wrap in _links(plan_of(holder).shapes[name], _unwrapped):
            yield Step(holder, name, wrap), cls


def _links(shape: OneOf, wrap: _Wrap) -> Iterator[tuple[type[Model], _Wrap]]:
    """Yield each model class that a shape accepts, with the lists and mappings around it."""
    for alternative in shape.shapes:
        match alternative:
            case Checked():
                yield from _links(alternative.inner, wrap)
            case ItemsOf():
                yield from _links(alternative.item, partial(_in_list, wrap))
            case MappingOf():
                yield from _links(alternative.value, partial(_in_mapping, wrap))
            case ModelNamed():
                cls = alternative.load()
                if cls is not None and issubclass(cls, Model):
                    yield cls, wrap


def _unwrapped(value: Any) -> Any:
    return value


def _in_list(wrap: _Wrap, value: Any) -> Any:
    return wrap([value])


def _in_mapping(wrap: _Wrap, value: Any) -> Any:
    return wrap({"A": value})


def _wrapped(model: Model, path: list[Step] | None) -> Any:
    assert path is not None, f"no keyword accepts {type(model).__name__}"
    block = model
    for step in reversed(path):
        block = _holder(step, block)
    return block


def _holder(step: Step, block: Model) -> Model:
    """Return a minimal model that holds another model in a keyword."""
    needed = {name: _minimal(plan_of(step.holder).shapes[name].shapes[0]) for name in plan_of(step.holder).required}
    companions = COMPANIONS.get((step.holder, step.name), {})
    try:
        return construct(step.holder, (), {**needed, **companions, step.name: step.wrap(block)}, None)
    except KeywordError as error:
        where = f"({step.holder.__name__}, {step.name!r})"
        error.add_note(f"If this class requires another keyword too, add {where} to COMPANIONS in tests/codec/places.py.")
        raise


def _minimal(shape: Shape) -> Any:
    """Return a minimal value for a required keyword."""
    match shape:
        case Checked():
            return _minimal(shape.inner.shapes[0])
        case Word():
            return shape.words[0]
        case Scalar():
            return {str: "a", int: 1, float: 1.0, bool: True}[shape.type]
        case ItemsOf():
            return [_minimal(shape.item.shapes[0])]
        case MappingOf():
            return {"A": _minimal(shape.value.shapes[0])}
    return _minimal_model(shape)


def _minimal_model(shape: Shape) -> Any:
    cls = shape.load() if isinstance(shape, ModelNamed) else None
    if cls is None or not issubclass(cls, Model):
        return "a"
    return construct(cls, (), {name: _minimal(plan_of(cls).shapes[name].shapes[0]) for name in plan_of(cls).required}, None)
