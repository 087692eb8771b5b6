"""Places for models: a pipeline or a template around a model of any class, found by the shapes of the keywords.

A new class needs no line here. Only where a holder wants another keyword beside the one that is looked for, BESIDE has it.
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

# What a holder must have beside a keyword, though it is not required elsewhere.
BESIDE: dict[tuple[type[Model], str], dict[str, Any]] = {
    (gitlab.Kubernetes, "dashboard"): {"agent": "a"},  # only an agent has a dashboard
    (gitlab.Kubernetes, "managed_resources"): {"agent": "a"},  # only an agent manages resources
    (gitlab.Secret, "gcp_secret_manager"): {"token": "$T"},  # Google Cloud asks who the job is
    (gitlab.Trigger, "forward"): {"project": "a/b"},  # a trigger starts a project or an `include`
}


class Step(NamedTuple):
    """A keyword of a class that takes another class, and the lists and mappings around it there."""

    holder: type[Model]
    name: str
    wrap: _Wrap


def home(made: Model) -> gitlab.Pipeline:
    """Return a pipeline in which a model stands at a place that takes its class."""
    block = _inside(made, _in_pipeline(type(made)))
    return block if isinstance(block, gitlab.Pipeline) else gitlab.Pipeline(jobs=[block])


def template(made: Model) -> sam.Template:
    """Return a template in which a model stands at a place that takes its class."""
    block = _inside(made, _in_template(type(made)))
    return block if isinstance(block, sam.Template) else sam.Template(resources=[block])


def has_home(cls: type[Model]) -> bool:
    """Return whether a pipeline has a place for a class."""
    return _in_pipeline(cls) is not None


def has_template(cls: type[Model]) -> bool:
    """Return whether a template has a place for a class."""
    return _in_template(cls) is not None


@cache
def _in_pipeline(cls: type[Model]) -> list[Step] | None:
    if issubclass(cls, gitlab.BaseJob | gitlab.Pipeline):
        return []
    # A job's variable has no description and no options. Elsewhere, jobs take the most: a workflow's rules know fewer words.
    starts: tuple[type[Model], ...] = (gitlab.Job, gitlab.TriggerJob, gitlab.Pipeline)
    return _first_way(starts[-1:] if issubclass(cls, gitlab.Variable) else starts, cls)


@cache
def _in_template(cls: type[Model]) -> list[Step] | None:
    if issubclass(cls, sam.BaseResource | sam.Template):
        return []
    # What stands in `Globals` as well becomes each function's own.
    return _first_way([sam.Function, sam.Template], cls)


def _first_way(starts: Sequence[type[Model]], cls: type[Model]) -> list[Step] | None:
    # A subclass that a user writes stands where its base does.
    ways = (_way(start, base) for base in cls.__mro__ if issubclass(base, Model) for start in starts)
    return next((way for way in ways if way is not None), None)


def _way(start: type[Model], wanted: type[Model]) -> list[Step] | None:
    """Return the shortest way from a class to a keyword that takes another one; None if there is none."""
    waiting: deque[tuple[type[Model], list[Step]]] = deque([(start, [])])
    seen = {start}
    while waiting:
        holder, way = waiting.popleft()
        for step, cls in _steps(holder):
            if cls is wanted:
                return [*way, step]
            if cls not in seen:
                seen.add(cls)
                waiting.append((cls, [*way, step]))
    return None


def _steps(holder: type[Model]) -> Iterator[tuple[Step, type[Model]]]:
    """Yield each keyword of a class that takes models, with their classes."""
    names = [field.name for field in fields_of(holder) if field.name not in OWN_FIELDS]
    for name in names:
        for cls, wrap in _links(plan_of(holder).shapes[name], _bare):
            yield Step(holder, name, wrap), cls


def _links(shape: OneOf, wrap: _Wrap) -> Iterator[tuple[type[Model], _Wrap]]:
    """Yield each class of ours that a shape takes, with the lists and mappings around it."""
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


def _bare(value: Any) -> Any:
    return value


def _in_list(wrap: _Wrap, value: Any) -> Any:
    return wrap([value])


def _in_mapping(wrap: _Wrap, value: Any) -> Any:
    return wrap({"A": value})


def _inside(made: Model, way: list[Step] | None) -> Any:
    assert way is not None, f"no keyword takes {type(made).__name__}"
    block = made
    for step in reversed(way):
        block = _holder(step, block)
    return block


def _holder(step: Step, block: Model) -> Model:
    """Return the smallest model of a class that holds another model in a keyword."""
    needed = {name: _least(plan_of(step.holder).shapes[name].shapes[0]) for name in plan_of(step.holder).required}
    beside = BESIDE.get((step.holder, step.name), {})
    try:
        return construct(step.holder, (), {**needed, **beside, step.name: step.wrap(block)}, None)
    except KeywordError as error:
        where = f"({step.holder.__name__}, {step.name!r})"
        error.add_note(f"If this holder wants another keyword beside it, add {where} to BESIDE in tests/codec/places.py.")
        raise


def _least(shape: Shape) -> Any:
    """Return a small value for a keyword that must be there."""
    match shape:
        case Checked():
            return _least(shape.inner.shapes[0])
        case Word():
            return shape.words[0]
        case Scalar():
            return {str: "a", int: 1, float: 1.0, bool: True}[shape.type]
        case ItemsOf():
            return [_least(shape.item.shapes[0])]
        case MappingOf():
            return {"A": _least(shape.value.shapes[0])}
    return _least_model(shape)


def _least_model(shape: Shape) -> Any:
    cls = shape.load() if isinstance(shape, ModelNamed) else None
    if cls is None or not issubclass(cls, Model):
        return "a"
    return construct(cls, (), {name: _least(plan_of(cls).shapes[name].shapes[0]) for name in plan_of(cls).required}, None)
