"""Client request tokens: the same request, sent again, has no second effect.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.errors import RefusedError
from tests.patterns.cloudformation.stacks import Stack


def _call(operation: str, given: Mapping[str, Any]) -> str:
    return json.dumps([operation, given], sort_keys=True)


def repeated(stack: Stack, operation: str, given: Mapping[str, Any]) -> bool:
    """Return whether this very request was accepted before."""
    token = given.get("ClientRequestToken")
    if token not in stack.tokens:
        return False
    if stack.tokens[token] != _call(operation, given):
        raise RefusedError(f"The client request token {token} was used for another request", "TokenAlreadyExistsException")
    return True


def accept(stack: Stack, operation: str, given: Mapping[str, Any]) -> None:
    """Remember an accepted request; events of its operation have its token."""
    stack.token = given.get("ClientRequestToken")
    if stack.token is not None:
        stack.tokens[stack.token] = _call(operation, given)
