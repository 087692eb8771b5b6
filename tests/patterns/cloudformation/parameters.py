"""Parameters: what a request gives, what the template allows, and what a stack shows.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from tests.patterns.cloudformation.errors import NotEmulatedError, RefusedError

STORED = re.compile(r"AWS::SSM::Parameter::Value<(?P<type>.+)>")
PLAIN = {"String", "Number", "CommaDelimitedList", "List<Number>", "AWS::SSM::Parameter::Name"}
SIZE_LIMIT = 4_096
MASK = "****"


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A parameter of a stack.

    Attributes:
        value: What was given, or the default.
        resolved: The value in the parameter store, for the types that name one.
        secret: Whether it is `NoEcho`.
        many: Whether it is a list.
    """

    value: str
    resolved: str | None = None
    secret: bool = False
    many: bool = False

    @property
    def effective(self) -> str | list[str]:
        """What `Ref` returns."""
        text = self.value if self.resolved is None else self.resolved
        return [each.strip() for each in text.split(",")] if self.many else text

    def shown(self, name: str) -> dict[str, Any]:
        """Return it as the API shows it."""
        shown = {"ParameterKey": name, "ParameterValue": MASK if self.secret else self.value}
        return shown if self.resolved is None else {**shown, "ResolvedValue": self.resolved}


def settle(
    declared: Mapping[str, Any],
    given: Iterable[Mapping[str, Any]],
    before: Mapping[str, Parameter] | None,
    stored: Callable[[str], str | None],
) -> dict[str, Parameter]:
    """Return the parameters of a stack.

    Args:
        declared: The template's parameters.
        given: The request's.
        before: Those of the stack that is updated.
        stored: Returns a value of the parameter store.
    """
    asked = {each["ParameterKey"]: each for each in given}
    if foreign := [name for name in asked if name not in declared]:
        raise RefusedError(f"Parameters: [{', '.join(foreign)}] do not exist in the template")
    found, missing = {}, []
    for name, rule in declared.items():
        request = asked.get(name, {})
        if request.get("UsePreviousValue"):
            wrong = f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true"
            if "ParameterValue" in request:
                raise RefusedError(f"{wrong} and non empty value for a parameter")
            if before is None or name not in before:
                raise RefusedError(f"{wrong} for a parameter key not in the previous template")
            value: str | None = before[name].value
        else:
            value = request.get("ParameterValue", rule.get("Default"))
        if value is None:
            missing.append(name)
            continue
        found[name] = _parameter(name, rule, str(value), stored)
    if missing:
        raise RefusedError(f"Parameters: [{', '.join(missing)}] must have values")
    return found


def _parameter(name: str, rule: Mapping[str, Any], value: str, stored: Callable[[str], str | None]) -> Parameter:
    secret = str(rule.get("NoEcho", "false")).lower() == "true"
    if len(value.encode()) > SIZE_LIMIT:
        raise RefusedError(f"Parameter '{name}' must be less than or equal to {SIZE_LIMIT} bytes")
    if match := STORED.fullmatch(rule["Type"]):
        resolved = stored(value)
        if resolved is None:
            raise RefusedError(f"Unable to fetch parameters [{value}] from parameter store for this account.")
        return Parameter(value, resolved, secret, match["type"].startswith(("List", "CommaDelimited")))
    if rule["Type"] not in PLAIN and not re.fullmatch(r"(List<)?AWS::[\w:]+>?", rule["Type"]):
        raise RefusedError(f"Template format error: Unrecognized parameter type: {rule['Type']}")
    if rule["Type"].startswith(("AWS::EC2::", "AWS::Route53::", "List<AWS::")):
        raise NotEmulatedError(f"parameters of the type {rule['Type']}")
    many = rule["Type"] in {"CommaDelimitedList", "List<Number>"}
    for item in [each.strip() for each in value.split(",")] if many else [value]:
        _check(name, rule, item)
    return Parameter(value, None, secret, many)


def _check(name: str, rule: Mapping[str, Any], value: str) -> None:
    words = rule.get("ConstraintDescription")

    def refuse(why: str) -> None:
        raise RefusedError(f"Parameter {name} failed to satisfy constraint: {words or why}")

    allowed = [str(each) for each in rule.get("AllowedValues", ())]
    if allowed and value not in allowed:
        raise RefusedError(
            f"Parameter '{name}' must be one of AllowedValues"
            if not words
            else f"Parameter '{name}' failed to satisfy constraint: {words}"
        )
    if "AllowedPattern" in rule and not re.fullmatch(rule["AllowedPattern"], value):
        raise RefusedError(
            f"Parameter {name} failed to satisfy constraint: {words}"
            if words
            else f"Parameter '{name}' must match pattern {rule['AllowedPattern']}"
        )
    if "Number" in rule["Type"]:
        try:
            number = float(value)
        except ValueError:
            raise RefusedError(f"Parameter '{name}' must be a number.") from None
        if "MinValue" in rule and number < float(rule["MinValue"]):
            refuse(f"Parameter '{name}' must be a number not less than {rule['MinValue']}")
        if "MaxValue" in rule and number > float(rule["MaxValue"]):
            refuse(f"Parameter '{name}' must be a number not greater than {rule['MaxValue']}")
    if "MinLength" in rule and len(value) < int(rule["MinLength"]):
        raise RefusedError(f"Parameter '{name}' must contain at least {rule['MinLength']} characters")
    if "MaxLength" in rule and len(value) > int(rule["MaxLength"]):
        raise RefusedError(f"Parameter '{name}' must contain at most {rule['MaxLength']} characters")
