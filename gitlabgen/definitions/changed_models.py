"""Find models that were changed after they were made, which their classes prevent, but Python allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlabgen.definitions.careful import attempt
from gitlabgen.errors import Finding, collecting
from gitlabgen.modeling.callsites import position
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.reporting import located

__all__ = ["changed_models"]

_MOST_MODELS = 100_000


def changed_models(project: Model) -> Iterator[Finding]:
    """Yield a finding for each model in a project that could not have been made with its present values.

    Args:
        project: The project.
    """
    waiting: list[Any] = [project]
    seen: set[int] = set()
    while waiting and len(seen) < _MOST_MODELS:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Model):
            waiting += vars(value).values()
            if not attempt(lambda value=value: _is_whole(value), False):  # type: ignore[misc]
                yield _finding(value)
        elif isinstance(value, Mapping):
            waiting += dict(value).values()
        elif isinstance(value, tuple | list):
            waiting += value


def _is_whole(model: Model) -> bool:
    values = dict(vars(model))
    with collecting() as findings:
        made = construct(type(model), (), dict(values), location_of(model), partial=True)
    return not findings and vars(made).keys() == values.keys() and all(vars(made)[name] == values[name] for name in values)


def _finding(model: Model) -> Finding:
    message = f"a {type(model).__name__} was changed after it was made, and has a value that it cannot have"
    found = Finding("definition-fails", message, hint="make a new one with `evolve`")
    where = attempt(lambda: position(location_of(model)), None)
    return found if where is None else located(found, where)
