"""The variables of a pipeline or a job, in levels of precedence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Protocol, TypeAlias, cast

import attrs

from gitlabgen.resolution.origins import Origin
from gitlabgen.simulation.unknown import Unknown

__all__ = ["Variable", "Variables"]

Value: TypeAlias = str | Unknown | None
"""The value of a variable; None if the variable is defined, but has no value, so that conditions see `null`."""


@attrs.frozen
class Variable:
    """A variable with its value.

    Args:
        key: The name.
        value: The value, before other variables in it are expanded.
        origin: Where the value comes from: the model that sets it, or words such as `predefined`.
        raw: Whether variables in the value stay as they are (`expand: false`).
        file: Whether the runner writes the value to a file.
        masked: Whether job logs hide the value.
    """

    key: str
    value: Value
    origin: str | Origin = ""
    raw: bool = False
    file: bool = False
    masked: bool = False


def may_refer(variable: Variable) -> bool:
    """Return whether the value of a variable may contain other variables.

    Args:
        variable: The variable.
    """
    value = variable.value
    return isinstance(value, str) and ("$" in value or "%" in value) and not variable.raw


class Layer(Protocol):
    """The variables of one level of precedence. Its variables may be made when they are first asked for."""

    def get(self, key: str, /) -> Variable | None:
        """Return the variable of a name.

        Args:
            key: The name.
        """

    def __iter__(self) -> Iterator[Variable]:
        """Yield the variables in order, also those that later ones of the level override."""

    @property
    def referring(self) -> Iterable[Variable]:
        """The variables whose values may contain other variables, in order."""


class VariableLayer:
    """The variables of one level of precedence.

    Args:
        variables: The variables; of equal names, the last counts. They are read when a variable is first asked for.
    """

    def __init__(self, variables: Iterable[Variable]) -> None:
        self._source = variables

    @cached_property
    def _variables(self) -> tuple[Variable, ...]:
        return tuple(self._source)

    @cached_property
    def _by_key(self) -> dict[str, Variable]:
        return {variable.key: variable for variable in self._variables}

    def get(self, key: str) -> Variable | None:
        """Return the variable of a name."""
        return self._by_key.get(key)

    def __iter__(self) -> Iterator[Variable]:
        """Yield the variables in order, also those that later ones override."""
        return iter(self._variables)

    @cached_property
    def referring(self) -> tuple[Variable, ...]:
        """The variables whose values may contain other variables, in order."""
        return tuple(variable for variable in self._variables if may_refer(variable))


class Variables:
    """Variables in levels of precedence; those of later levels count.

    Levels are shared, not copied: a job adds its own to those of its pipeline.

    Args:
        layers: The levels, from the lowest to the highest; each is a `Layer` or consists of variables.
    """

    __slots__ = ("layers",)

    def __init__(self, layers: Iterable[Layer | Iterable[Variable]] = ()) -> None:
        self.layers: tuple[Layer, ...] = tuple(map(_as_layer, layers))

    def with_layer(self, variables: Layer | Iterable[Variable]) -> Variables:
        """Return the variables with a further level above all others.

        Args:
            variables: The level.
        """
        return Variables((*self.layers, variables))

    def get(self, key: str) -> Variable | None:
        """Return the variable of a name, as the highest level sets it; None if no level has it.

        Args:
            key: The name.
        """
        for layer in reversed(self.layers):
            variable = layer.get(key)
            if variable is not None:
                return variable
        return None

    def seen_by_if(self, key: str) -> Value:
        """Return the value that conditions read: not expanded, and None if the variable is not defined.

        Args:
            key: The variable's name.
        """
        variable = self.get(key)
        return None if variable is None else variable.value

    def __iter__(self) -> Iterator[Variable]:
        """Yield all variables from the lowest level to the highest, also those that others override."""
        for layer in self.layers:
            yield from layer


def _as_layer(variables: Layer | Iterable[Variable]) -> Layer:
    return cast("Layer", variables) if hasattr(variables, "get") else VariableLayer(variables)
