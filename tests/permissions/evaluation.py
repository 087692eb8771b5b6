"""Evaluate policies as IAM does: explicit denials, then what is allowed, then the permissions boundary.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

Context = Mapping[str, Any]


class Request(NamedTuple):
    """A request to AWS.

    Args:
        action: The action, such as `lambda:CreateFunction`.
        resource: The ARN that it is called on; `*` if IAM knows no resource of the action.
        context: The values of condition keys.
    """

    action: str
    resource: str = "*"
    context: Context = MappingProxyType({})


def is_allowed(policies: Iterable[Mapping[str, Any]], request: Request, boundary: Mapping[str, Any] | None = None) -> bool:
    """Return whether the policies of a role allow a request, and its boundary too.

    Args:
        policies: The documents of all policies of the role.
        request: The request.
        boundary: The document of the permissions boundary.
    """
    statements = [statement for policy in policies for statement in policy["Statement"]]
    effects = {statement["Effect"] for statement in statements if applies(statement, request)}
    limits = {"Allow"} if boundary is None else {one["Effect"] for one in boundary["Statement"] if applies(one, request)}
    return "Deny" not in effects | limits and "Allow" in effects & limits


def applies(statement: Mapping[str, Any], request: Request) -> bool:
    """Return whether a statement is about a request.

    Args:
        statement: The statement.
        request: The request.
    """
    assert {*statement} <= {"Sid", "Effect", "Action", "NotAction", "Resource", "Condition"}, statement
    actions = [pattern.lower() for pattern in many(statement.get("Action", statement.get("NotAction")))]
    is_named = any(matches(pattern, request.action.lower()) for pattern in actions)
    return (
        is_named is ("Action" in statement)
        and any(matches(pattern, request.resource) for pattern in many(statement["Resource"]))
        and all(
            _holds(operator, key, [str(value) for value in many(values)], request.context)
            for operator, block in statement.get("Condition", {}).items()
            for key, values in block.items()
        )
    )


def _holds(operator: str, key: str, wanted: Sequence[str], context: Context) -> bool:
    given = context.get(key)
    if operator == "Null":
        return wanted == [str(given is None).lower()]
    name, optional = operator.removesuffix("IfExists"), operator.endswith("IfExists")
    is_negated = "Not" in name
    if given is None:
        return optional or is_negated
    if name.startswith("ForAnyValue:"):
        return any(value in wanted for value in many(given))
    same = {"StringEquals": _equals, "StringLike": matches, "ArnLike": _like_arn, "ArnEquals": _like_arn, "Bool": _equals}[
        name.replace("Not", "")
    ]
    return any(same(pattern, str(given)) for pattern in wanted) is not is_negated


def _equals(pattern: str, text: str) -> bool:
    return pattern.lower() == text.lower() if pattern in ("true", "false") else pattern == text


def _like_arn(pattern: str, text: str) -> bool:
    # Each of the six parts is compared alone.
    pairs = zip(pattern.split(":", 5), text.split(":", 5), strict=False)
    return pattern.count(":") >= 5 and all(matches(*pair) for pair in pairs)


def matches(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern with `*` and `?`.

    Args:
        pattern: The pattern.
        text: The text.
    """
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, text, re.DOTALL) is not None


def many(value: Any) -> list[Any]:
    """Return a list, or the list with a single value.

    Args:
        value: The value.
    """
    return [*value] if isinstance(value, list | tuple) else [value]
