"""The variables that a configuration sets, as values that conditions read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.reference import Reference
from gitlabgen.gitlab.variables import Variable as YamlVariable
from gitlabgen.resolution.configuration import Resolution
from gitlabgen.simulation.unknown import Unknown
from gitlabgen.simulation.variables import Variable

__all__: list[str] = []


def yaml_variables(values: Any, origin: str, resolution: Resolution) -> Iterator[Variable]:
    """Yield the variables of a block `variables`, in order.

    Args:
        values: The block; what is no mapping has no variables.
        origin: The path of the block in GitLab's words, such as `jobs:deploy:variables`.
        resolution: The configuration, which knows the texts that depend on unknown inputs.
    """
    for key, value in values.items() if isinstance(values, Mapping) else ():
        raw = False
        content = value
        if isinstance(value, YamlVariable):
            content, raw = value.value, value.expand is False
        yield Variable(key, text_of(content, resolution), origin, raw)


def text_of(value: Any, resolution: Resolution) -> str | Unknown:
    """Return a value in the form in which GitLab sends it to runners.

    Args:
        value: The value of a variable; null is an empty text.
        resolution: The configuration, which knows the texts that depend on unknown inputs.
    """
    if isinstance(value, str):
        return Unknown((f"`{value}` has an input without a value",)) if resolution.is_unknown(value) else value
    if not is_set(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Reference):
        return Unknown((f"`{value}` is in a file that was not read",))
    return str(value)
