"""Variables inside the values of variables and inside texts, replaced as GitLab does it before a runner has the job.

Source: https://docs.gitlab.com/ci/variables/where_variables_can_be_used/#expansion-mechanisms
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import count
from typing import Final, Literal, cast

import attrs

from gitlabgen.simulation.blank_texts import is_blank
from gitlabgen.simulation.unknown import Unknown, merged_reasons
from gitlabgen.simulation.variables import Value, Variable, VariableLayer, Variables, may_refer

__all__: list[str] = []

_MOST_KNOWN: Final = 1 << 14
_MOST_EXPANSIONS: Final = 64
_NAME: Final = "[a-zA-Z_][a-zA-Z0-9_]*"
# In the value of a variable, `$$` and `%%` protect what follows; in a text they do not.
_IN_VALUES: Final = re.compile(rf"\$\$|%%|\$({_NAME})|\$\{{({_NAME})\}}|%({_NAME})%")
_IN_TEXTS: Final = re.compile(rf"\$({_NAME})|\$\{{({_NAME})\}}|%({_NAME})%")


def expand_text(
    text: str, variables: Variables, *, unknown: Literal["keep", "blank"] = "keep", nested: bool = False
) -> str | Unknown:
    """Return a text with the values of the variables in it.

    Args:
        text: The text, such as a tag, a glob or the name of an environment.
        variables: The variables.
        unknown: What becomes of a variable that is not defined: it stays in the text, or is left out.
        nested: Whether variables in the values are replaced as well.
    """
    if "$" not in text and "%" not in text:
        return text
    look_up = _expansion(variables).get if nested else variables.get

    def value_of(name: str, written: str) -> Value:
        variable = look_up(name)
        value = None if variable is None else variable.value
        return written if value is None and unknown == "keep" else value

    return _replaced(_IN_TEXTS, text, value_of)


def expanded(variables: Variables) -> Variables:
    """Return variables with the values of others in theirs, each after those that it refers to.

    A variable that refers to itself gets the value of a lower level. If variables refer to each other in a circle, all stay
    unchanged.

    Args:
        variables: The variables.
    """
    return Variables([_Expansion(variables, [*variables]).layer])


def runner_values(variables: Variables) -> Variables:
    """Return variables as the runner gets them, which replaces the rest: what is not defined, or has a special kind.

    Args:
        variables: The variables.
    """
    return Variables([_Expansion(variables, [*variables], is_for_runner=True).layer])


def circles(variables: Variables) -> tuple[tuple[str, ...], ...]:
    """Return the names of variables that refer to each other, by circle.

    Args:
        variables: The variables; also those that others override count.
    """
    return _expansion(variables).circles


def circle_message(variables: Variables) -> str:
    """Return GitLab's message about variables that refer to each other; "" if no variables do.

    Args:
        variables: The variables; also those that others override count.
    """
    shown = ("[" + ", ".join(f'"{name}"' for name in names) + "]" for names in circles(variables))
    found = ", ".join(shown)
    return f"circular variable reference detected: {found}" if found else ""


class _Expansion:
    """The values of variables after expansion.

    Args:
        variables: The variables.
        nodes: Those that are sorted, in order: at least all with the names of variables that may refer to others.
        is_for_runner: Whether undefined variables, those of files and those that stay unchanged are left to the runner.
    """

    def __init__(self, variables: Variables, nodes: Sequence[Variable], *, is_for_runner: bool = False) -> None:
        self._variables = variables
        self._nodes = nodes
        self._is_for_runner = is_for_runner
        self._places: dict[str, list[int]] = {}
        for place, node in enumerate(nodes):
            self._places.setdefault(node.key, []).append(place)
        needed = [[place for name in _names(node) for place in self._places.get(name, ())] for node in nodes]
        self._order = [*_components(needed)]

    @cached_property
    def circles(self) -> tuple[tuple[str, ...], ...]:
        """The names of variables that refer to each other, by circle."""
        return tuple(tuple(self._nodes[place].key for place in found) for found in self._order if len(found) > 1)

    @cached_property
    def layer(self) -> VariableLayer:
        """The variables, each after those that it refers to, unless there is a circle."""
        if self.circles:
            return VariableLayer(self._nodes)
        done: dict[str, Variable] = {}
        return VariableLayer([self._with_values(self._nodes[place], done) for (place,) in self._order])

    def get(self, name: str) -> Variable | None:
        """Return the variable of a name.

        Args:
            name: The name.
        """
        return self.layer.get(name) if name in self._places else self._variables.get(name)

    def _with_values(self, node: Variable, done: dict[str, Variable]) -> Variable:
        """Return a variable with the values of others in its own, and add it to those that are done."""

        def value_of(name: str, written: str) -> Value:
            other = done.get(name) if name in self._places else self._variables.get(name)
            if self._is_for_runner and (other is None or other.file or other.raw):
                return written
            return None if other is None else other.value

        if may_refer(node):
            node = attrs.evolve(node, value=_replaced(_IN_VALUES, cast("str", node.value), value_of))
        done[node.key] = node
        return node


@lru_cache(_MOST_EXPANSIONS)
def _expansion(variables: Variables) -> _Expansion:
    """Return the expansion of the variables that may refer to others; jobs share the variables of their pipeline."""
    keys = {variable.key for layer in variables.layers for variable in layer.referring}
    return _Expansion(variables, [variable for variable in variables if variable.key in keys] if keys else [])


def _names(variable: Variable) -> tuple[str, ...]:
    return _names_in(cast("str", variable.value)) if may_refer(variable) else ()


@lru_cache(_MOST_KNOWN)
def _names_in(value: str) -> tuple[str, ...]:
    return tuple(match[match.lastindex] for match in _IN_VALUES.finditer(value) if match.lastindex)


def _replaced(pattern: re.Pattern[str], text: str, value_of: Callable[[str, str], Value]) -> str | Unknown:
    """Return a text with values instead of names.

    Args:
        pattern: Finds the names; what it finds without a name stays.
        text: The text.
        value_of: Returns the value of a name; the second argument is the text that it replaces.
    """
    parts: list[Value] = []
    position = 0
    for match in pattern.finditer(text):
        parts.append(text[position : match.start()])
        parts.append(value_of(match[match.lastindex], match[0]) if match.lastindex else match[0])
        position = match.end()
    parts.append(text[position:])
    unknowns = [part for part in parts if isinstance(part, Unknown)]
    if not unknowns:
        return "".join(part for part in parts if isinstance(part, str))
    is_present = any(part.is_present if isinstance(part, Unknown) else not is_blank(part or "") for part in parts)
    return Unknown(merged_reasons(unknowns), is_present)


def _components(needed: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of a graph, each after those that it needs; those that need each other are together.

    This is Tarjan's algorithm, in the order of Ruby's `tsort`. It does not call itself, because chains can be long.

    Args:
        needed: The places that each place needs.
    """
    numbers = [0] * len(needed)  # the order of the visits, from 1
    lowest = [0] * len(needed)  # the lowest number that can be reached
    next_number = count(1)
    waiting: list[int] = []  # visited, but not yielded
    path: list[tuple[int, Iterator[int]]] = []

    def visit(place: int) -> None:
        waiting.append(place)
        numbers[place] = lowest[place] = next(next_number)
        path.append((place, iter(needed[place])))

    for root in range(len(needed)):
        if not numbers[root]:
            visit(root)
        while path:
            place, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[place])
                if lowest[place] == numbers[place]:
                    found = [waiting.pop()]
                    while found[-1] != place:
                        found.append(waiting.pop())
                    for done in found:
                        lowest[done] = len(needed) + 1
                    yield found[::-1]
            elif not numbers[following]:
                visit(following)
            else:
                lowest[place] = min(lowest[place], lowest[following])
