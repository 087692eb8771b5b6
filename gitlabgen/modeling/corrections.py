"""What the user probably meant by a value of the wrong type: only values that the keyword accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.errors import collecting
from gitlabgen.modeling.kinds import UNNAMED, Checked, FitResult, ItemsOf, ModelNamed, OneOf, alternatives_of
from gitlabgen.modeling.plans import ClassPlan, plan_of
from gitlabgen.modeling.problems import Path, Problem
from gitlabgen.modeling.spellings import Edit, Hint, Language, Made, Spelling, as_flow, spelled

__all__ = ["correction"]

_LONGEST: Final = 100
_MOST_DIGITS: Final = 18
_PLAIN: Final = (str, int, float, bool)
_BOOLEANS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_AS_LIST: Final = "write it as a list"
_COLON: Final = "put it in quotes: YAML reads a colon and a space as a mapping"
_NO_OPERATORS: Final = "Python evaluates `in`, `is` and `not` itself; write .is_in(…), == and ~"


def correction(plan: ClassPlan, problem: Problem, language: Language, text: str | None) -> Hint | None:
    """Return a hint for a value of the wrong type: a value to write instead, or advice; None if nothing is likely.

    Args:
        plan: The plan of the class that has the keyword.
        problem: The problem.
        language: The language of the file.
        text: The value as written, if that is known.
    """
    if problem.kind == "key":
        # A keyword of a job that is not a string is no keyword, even in quotes.
        return Edit(text) if text and language == "yaml" and not (plan.cls.is_job and problem.path[0] == "extra") else None
    shape: OneOf | None = problem.shape
    if shape is None:
        return None
    for value in _candidates(shape, problem, language, text):
        if _is_plain(value, language) and _is_accepted(plan, problem, value):
            edit = _edit(plan, problem.path, value)
            if len(spelled(edit, language) or "") <= _LONGEST:
                return edit
    return _advice(plan, problem)


def _edit(plan: ClassPlan, path: Path, value: Any) -> Edit:
    name = path[-1]
    if not isinstance(name, str):
        return Edit(value)
    return Edit(value, name, plan.key(name) if len(path) == 1 else None)


def _candidates(shape: OneOf, problem: Problem, language: Language, text: str | None) -> Iterator[Any]:
    got = problem.got
    if isinstance(got, bool):
        # A keyword that takes a name is not called `True`.
        if language == "yaml" or len(problem.path) > 1:
            yield text or str(got).lower()
    elif isinstance(got, int | float):
        if not _has_units(shape):
            yield text or str(got)
    elif isinstance(got, str):
        yield from _for_string(shape, got)
    elif isinstance(got, list | tuple):
        if len(got) == 1:
            yield got[0]
        if got and all(isinstance(item, Mapping) for item in got):
            merged = {key: value for item in got for key, value in item.items()}
            if len(merged) == sum(map(len, got)):
                yield merged
    elif isinstance(got, Mapping):
        yield from _for_mapping(shape, got, language)


def _for_string(shape: OneOf, got: str) -> Iterator[Any]:
    if got.lower() in _BOOLEANS:
        yield _BOOLEANS[got.lower()]
    if len(got) <= _MOST_DIGITS and got.isascii() and got.isdigit() and str(int(got)) == got:
        yield int(got)
    yield [got]
    for items in alternatives_of(ItemsOf, shape):
        for model in _models(items.item):
            yield from ([made] for made in _made(model, got))
    for model in _models(shape):
        yield from (*_made(model, got), *_made(model, [got]))


def _for_mapping(shape: OneOf, got: Mapping[Any, Any], language: Language) -> Iterator[Any]:
    if language == "yaml" and len(got) == 1:
        ((key, value),) = got.items()
        # A command has words or quotes.
        if isinstance(value, str | int | float) and not isinstance(value, bool) and re.search(r"[\s'\"]", str(key).strip()):
            yield f"{key}: {value}"
    yield [got]
    for items in alternatives_of(ItemsOf, shape):
        for model in _models(items.item):
            yield from ([made] for made in _from_mapping(model, got))
    for model in _models(shape):
        yield from _from_mapping(model, got)


def _models(shape: OneOf) -> list[type[Any]]:
    """Return the classes of models that are written as mappings, except those that are accepted for many values."""
    found = [named.load() for named in alternatives_of(ModelNamed, shape) if named.name not in UNNAMED]
    return [cls for cls in found if cls is not None and getattr(cls, "from_mapping", False)]


def _made(cls: type[Any], value: Any) -> Iterator[Made]:
    """Yield the model with the value as its main keyword, if it has one."""
    plan = plan_of(cls)
    if plan.first is not None:
        yield Made(cls, (value,), {}, {plan.key(plan.first): value})
    elif cls.main is not None:
        yield Made(cls, (), {cls.main: value}, {plan.key(cls.main): value})


def _from_mapping(cls: type[Any], given: Mapping[Any, Any]) -> Iterator[Made]:
    plan = plan_of(cls)
    named = {plan.name(str(key)) or str(key): value for key, value in given.items()}
    if plan.names.issuperset(named):
        yield Made(cls, (), named, given)


def _is_plain(value: Any, language: Language) -> bool:
    """Return whether a hint can show a value: in Python, other objects than these may not be code."""
    if isinstance(value, Made):
        return _is_plain(value.keys, language)
    if isinstance(value, Mapping):
        return all(_is_plain(part, language) for entry in value.items() for part in entry)
    if isinstance(value, list | tuple):
        return all(_is_plain(item, language) for item in value)
    return type(value) in _PLAIN or (language == "yaml" and as_flow(value) is not None)


def _is_accepted(plan: ClassPlan, problem: Problem, value: Any) -> bool:
    """Return whether the keyword accepts a value, and the model does, too, as far as that depends on no other keyword."""
    result, path = FitResult(), problem.path
    with collecting() as findings:
        built = _built(value)
        problem.shape.fit(built, path, result)
    if findings or result.problems or len(path) > 1:
        return not findings and not result.problems
    with collecting() as findings:
        plan.cls(**{str(path[0]): built})
    return not any(finding.path and finding.path.rpartition(":")[2] == plan.key(str(path[0])) for finding in findings)


def _built(value: Any) -> Any:
    """Return a value with its models created; their problems are reported."""
    if isinstance(value, Made):
        return value.cls(*map(_built, value.positional), **{name: _built(item) for name, item in value.named.items()})
    return [*map(_built, value)] if isinstance(value, list) else value


def _has_units(shape: OneOf) -> bool:
    """Return whether the keyword takes durations: a number alone counts seconds, which is rarely meant."""
    return any(isinstance(part, Checked) and getattr(part.check, "has_units", False) for part in shape.shapes)


def _advice(plan: ClassPlan, problem: Problem) -> Hint | None:
    shape, got = problem.shape, problem.got
    if isinstance(got, bool):
        return Spelling(_NO_OPERATORS, "") if "Condition" in shape.models else None
    if isinstance(got, int | float) and _has_units(shape):
        return Spelling("write the unit, too, such as '10 minutes'", "write the unit, too, such as `10 minutes`")
    models = [name for name in shape.models if name not in UNNAMED and name != "Intrinsic"]
    if isinstance(got, type):
        of_keyword = any(issubclass(got, named.loaded or ()) for named, _ in shape.models.values())
        return f"write {got.__name__}(…)" if of_keyword else None
    if isinstance(got, Mapping):
        if len(problem.path) == 1 and _is_accepted(plan, problem, [got]):
            return _AS_LIST
        is_text = len(got) == 1 and str in shape.kinds
        return Spelling(f"write {models[0]}(…)" if models else "", _COLON if is_text else "")
    return _AS_LIST if hasattr(type(got), "from_mapping") and _is_accepted(plan, problem, [got]) else None
