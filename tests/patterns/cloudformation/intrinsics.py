"""Evaluates the intrinsic functions of a template.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.patterns.cloudformation.errors import NotEmulatedError, RefusedError

NO_VALUE = object()
HOLE = re.compile(r"\$\{(!?)([^}]*)\}")
KNOWN = {"Base64", "FindInMap", "GetAtt", "If", "Join", "Select", "Split", "Sub", "GetAZs"}


class Scope:
    """What names mean in a template.

    Args:
        template: The template.
        values: The values of parameters and pseudo parameters.
        look: Returns a resource's `Ref`, or an attribute of it. If it returns None, the function that asks is left unchanged.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        values: Mapping[str, Any],
        look: Callable[[str, str | None], Any] = lambda *_: None,
    ) -> None:
        self.template, self.values, self.look = template, values, look

    def holds(self, name: str) -> bool:
        """Return whether a condition is true."""
        conditions = self.template.get("Conditions", {})
        if name not in conditions:
            raise RefusedError(
                f"Template format error: Unresolved condition dependency {name} in the Resources block of the template"
            )
        return self._true(conditions[name])

    def _true(self, tree: Any) -> bool:
        ((function, given),) = tree.items()
        if function == "Condition":
            return self.holds(given)
        if function == "Fn::Equals":
            left, right = (self.resolve(each) for each in given)
            return _text(left) == _text(right)
        if function == "Fn::Not":
            return not self._true(given[0])
        if function in {"Fn::And", "Fn::Or"}:
            return (all if function == "Fn::And" else any)(self._true(each) for each in given)
        raise NotEmulatedError(f"the condition function {function}")

    def resolve(self, tree: Any) -> Any:
        """Return a value with its functions evaluated as far as possible."""
        found = self._resolve(tree)
        return None if found is NO_VALUE else found

    def _resolve(self, tree: Any) -> Any:
        if isinstance(tree, list):
            return [found for each in tree if (found := self._resolve(each)) is not NO_VALUE]
        if not isinstance(tree, dict):
            return tree
        if len(tree) == 1:
            ((key, given),) = tree.items()
            if key == "Ref":
                return self._ref(given)
            if key.startswith("Fn::"):
                return self._function(key, given)
        return {key: found for key, each in tree.items() if (found := self._resolve(each)) is not NO_VALUE}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.values:
            return self.values[name]
        found = self.look(name, None)
        return {"Ref": name} if found is None else found

    def _function(self, key: str, given: Any) -> Any:
        name = key.removeprefix("Fn::")
        if name not in KNOWN:
            raise NotEmulatedError(f"the function {key}")
        if name == "If":
            condition, yes, no = given
            return self._resolve(yes if self.holds(condition) else no)
        if name == "GetAtt":
            resource, attribute = attribute_of(given)
            found = self.look(resource, attribute)
            return {key: [resource, attribute]} if found is None else found
        if name == "Sub":
            return self._sub(given)
        if name == "GetAZs":
            return [f"{self.values['AWS::Region']}{zone}" for zone in "abc"]
        values = self._resolve(given)
        if _open(values):
            return {key: values}
        if name == "Join":
            return str(values[0]).join(_text(each) for each in values[1])
        if name == "Split":
            return values[1].split(values[0])
        if name == "Select":
            return values[1][int(values[0])]
        if name == "FindInMap":
            try:
                return self.template["Mappings"][values[0]][values[1]][values[2]]
            except KeyError:
                raise RefusedError(f"Template error: Unable to get mapping for {'::'.join(map(str, values))}") from None
        return base64.b64encode(values.encode()).decode()

    def _sub(self, given: Any) -> Any:
        text, own = (given, {}) if isinstance(given, str) else given
        own = {name: self._resolve(each) for name, each in own.items()}
        unknown: dict[str, Any] = {}

        def fill(hole: re.Match[str]) -> str:
            name = hole[2].strip()
            if hole[1]:
                return "${" + hole[2] + "}"
            if name in own:
                found = own[name]
            elif "." in name:
                found = self.look(*name.split(".", 1))
                found = {"Fn::GetAtt": name.split(".", 1)} if found is None else found
            else:
                found = self._ref(name)
            if _open(found):
                unknown[name] = found
                return "${" + name + "}"
            return _text(found)

        filled = HOLE.sub(fill, text)
        return {"Fn::Sub": [filled, unknown]} if unknown else filled


def attribute_of(given: Any) -> tuple[str, str]:
    """Return the resource and the attribute of an `Fn::GetAtt`."""
    resource, attribute = given.split(".", 1) if isinstance(given, str) else given
    return resource, attribute


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _open(value: Any) -> bool:
    """Return whether a value still has a function in it."""
    if isinstance(value, dict):
        return any(key == "Ref" or key.startswith("Fn::") or _open(each) for key, each in value.items())
    return isinstance(value, list) and any(_open(each) for each in value)


def mentions(tree: Any) -> Iterator[tuple[str, str | None]]:
    """Yield each name that a value refers to, with the attribute if it is one."""
    if isinstance(tree, list):
        for each in tree:
            yield from mentions(each)
    if isinstance(tree, dict):
        for key, given in tree.items():
            if key == "Ref" and isinstance(given, str):
                yield given, None
            elif key == "Fn::GetAtt":
                yield attribute_of(given)
            elif key == "Fn::Sub":
                text, own = (given, {}) if isinstance(given, str) else given
                for hole in HOLE.finditer(text):
                    name = hole[2].strip()
                    if not hole[1] and name not in own:
                        yield (name.split(".", 1)[0], name.split(".", 1)[1]) if "." in name else (name, None)
                yield from mentions(own)
            elif key == "Fn::If":
                yield from mentions(given[1:])
            else:
                yield from mentions(given)
