"""What the targets of a bootstrap template differ in: values that the template looks up by the prefix."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.sam.intrinsics import FindInMap, Ref, Sub

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

PREFIX: Final = "Prefix"
"""The parameter that selects the target."""

MAPPING: Final = "Targets"
"""The mapping with what the targets differ in."""

# IAM has variables, too, such as `${aws:username}`.
_VARIABLE: Final = re.compile(r"\$\{(?:AWS::\w+|DeployRole\.Arn|Prefix)\}")


class Fact(NamedTuple):
    """A value that differs between targets.

    Args:
        name: Its key in the mapping.
        values: The values, in the order of the targets.
    """

    name: str
    values: tuple[Any, ...]


def fact(targets: Sequence[DeployRoles], name: str, value: Callable[[DeployRoles], Any]) -> Any:
    """Return what a value is for all targets, or a `Fact` if they differ.

    Args:
        targets: The targets.
        name: The key in the mapping.
        value: Returns the value of a target; lists are lists of strings.
    """
    values = tuple(value(target) for target in targets)
    return values[0] if all(one == values[0] for one in values) else Fact(name, values)


class Place(NamedTuple):
    """A target in one of its regions, to compute how long a policy is there.

    Args:
        number: The target's position.
        variables: The values of variables such as `${Prefix}`.
    """

    number: int
    variables: Mapping[str, str]

    def resolved(self, value: Any) -> Any:
        """Return a value of a policy as it is at this place.

        Args:
            value: A string, list, mapping or `Fact`.
        """
        if isinstance(value, Fact):
            return self.resolved(value.values[self.number])
        if isinstance(value, str):
            for name, text in self.variables.items():
                value = value.replace(f"${{{name}}}", text)
            return value
        if isinstance(value, Mapping):
            return {key: self.resolved(inner) for key, inner in value.items()}
        return [self.resolved(item) for item in value] if isinstance(value, list | tuple) else value


def written(value: Any) -> Any:
    """Return a value as the template has it: a `Sub` for strings with variables, and a lookup for a `Fact`.

    Args:
        value: A string, list, mapping or `Fact`.
    """
    if isinstance(value, Fact):
        return FindInMap(MAPPING, Ref(PREFIX), value.name)
    if isinstance(value, str):
        return Sub(value) if _VARIABLE.search(value) else value
    if isinstance(value, Mapping):
        return {key: written(inner) for key, inner in value.items()}
    return [written(item) for item in value] if isinstance(value, list | tuple) else value


def facts_of(value: Any) -> dict[str, tuple[Any, ...]]:
    """Return the facts in a value, by name.

    Args:
        value: A list, mapping or `Fact`, or anything else.
    """
    if isinstance(value, Fact):
        return {value.name: value.values}
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return {name: values for item in items for name, values in facts_of(item).items()}
