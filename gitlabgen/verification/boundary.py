"""The permissions boundary of a project's bootstrap template: which actions it allows on what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias

from gitlabgen.sam.bootstrapping.facts import PREFIX
from gitlabgen.verification.names import ACCOUNT

__all__ = ["Answer", "Boundary", "boundary_in", "many"]

Answer: TypeAlias = Literal["allowed", "partly", "blocked"]
"""Whether a boundary allows a grant: all of it, a part, or nothing."""


class Boundary(NamedTuple):
    """A permissions boundary.

    Args:
        prefix: The prefix of the target that it is for.
        statements: Its statements.
    """

    prefix: str
    statements: Sequence[Mapping[str, Any]]

    def answer(self, action: str, resource: str) -> Answer:
        """Return whether the boundary allows an action on a resource; both may have wildcards.

        Args:
            action: The action.
            resource: The ARN.
        """
        found = [(one["Effect"], *_relation(one, action.lower(), resource)) for one in self.statements]
        if any(effect == "Deny" and covers for effect, covers, _ in found):
            return "blocked"
        allowing = [(covers, overlaps) for effect, covers, overlaps in found if effect == "Allow"]
        if any(covers for covers, _ in allowing):
            return "allowed"
        return "partly" if any(overlaps for _, overlaps in allowing) else "blocked"

    def mentions(self, resource: str) -> bool:
        """Return whether the boundary allows anything at all on exactly these resources.

        Args:
            resource: The ARN.
        """
        allowing = [one for one in self.statements if one["Effect"] == "Allow"]
        return any(_in_parts(_covers, arn, resource) for one in allowing for arn in many(one.get("Resource")) if arn != "*")


def boundary_in(tree: Mapping[str, Any], partition: str) -> Boundary | None:
    """Return the boundary that a bootstrap template makes; None if it makes none.

    It is the same for all targets, except for the prefix; that of the last one, production, is used.

    Args:
        tree: The template with functions in their long forms.
        partition: The partition of AWS.
    """
    parameter = (tree.get("Parameters") or {}).get(PREFIX) or {}
    made = (tree.get("Resources") or {}).get("Boundary") or {}
    prefixes = parameter.get("AllowedValues") if isinstance(parameter, Mapping) else None
    if not prefixes or made.get("Type") != "AWS::IAM::ManagedPolicy":
        return None
    known = {PREFIX: str(prefixes[-1]), "AWS::Partition": partition, "AWS::AccountId": ACCOUNT}
    document = _resolved(made["Properties"]["PolicyDocument"], tree.get("Mappings") or {}, known)
    return Boundary(known[PREFIX], document["Statement"])


def _resolved(value: Any, mappings: Mapping[str, Any], known: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_resolved(item, mappings, known) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Ref"}:
        return known.get(value["Ref"], value)
    if value.keys() == {"Fn::Sub"}:
        return re.sub(r"\$\{([^}]+)\}", lambda found: known.get(found[1], found[0]), str(value["Fn::Sub"]))
    if value.keys() == {"Fn::FindInMap"}:
        name, first, second = (_resolved(item, mappings, known) for item in value["Fn::FindInMap"])
        return mappings[name][first][second]
    return {key: _resolved(inner, mappings, known) for key, inner in value.items()}


def _relation(statement: Mapping[str, Any], action: str, resource: str) -> tuple[bool, bool]:
    """Return whether a statement covers all of a grant, and whether it covers a part."""
    actions = [pattern.lower() for pattern in many(statement.get("Action"))]
    resources = many(statement.get("Resource"))
    covers = any(_covers(one, action) for one in actions) and any(_in_parts(_covers, one, resource) for one in resources)
    overlaps = any(_overlap(one, action) for one in actions) and any(_in_parts(_overlap, one, resource) for one in resources)
    return covers, overlaps


def many(value: Any) -> list[Any]:
    """Return a list, or a list with the single value.

    Args:
        value: A value of a policy.
    """
    return value if isinstance(value, list) else [] if value is None else [value]


def _in_parts(compare: Callable[[str, str], bool], pattern: str, resource: str) -> bool:
    """Return whether all parts of an ARN fit those of a pattern: a star for the region stands for no more than the region."""
    parts, others = pattern.split(":", 5), resource.split(":", 5)
    if len(parts) == len(others) == 6:
        return all(compare(*pair) for pair in zip(parts, others, strict=True))
    return compare(pattern, resource)


def _covers(pattern: str, text: str) -> bool:
    """Return whether a pattern matches all that a text with wildcards matches."""
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "[^*]")
    return re.fullmatch(escaped, text, re.DOTALL) is not None


@lru_cache(maxsize=4096)
def _overlap(one: str, other: str) -> bool:
    """Return whether any text matches both of two patterns."""
    # The suffixes of `other` that can be left after the part of `one` that is read, as their positions.
    left = {0}
    for char in one:
        if char == "*":
            left = {later for start in _skipped(left, other) for later in range(start, len(other) + 1)}
        else:
            left = {after for start in _skipped(left, other) for after in _after(other, start, char)}
    return len(other) in _skipped(left, other)


def _skipped(left: set[int], text: str) -> set[int]:
    """Return positions, and those after stars, which may match nothing."""
    found = set(left)
    for start in left:
        position = start
        while text[position : position + 1] == "*":
            position += 1
            found.add(position)
    return found


def _after(text: str, start: int, char: str) -> list[int]:
    here = text[start : start + 1]
    if here == "*":
        return [start]
    return [start + 1] if here and (here == char or "?" in (here, char)) else []
