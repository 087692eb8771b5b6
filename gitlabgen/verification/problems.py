"""What a tool of AWS finds, in the tool's own terms."""

from __future__ import annotations

from typing import NamedTuple

from gitlabgen.errors import Severity

__all__ = ["ToolProblem"]


class ToolProblem(NamedTuple):
    """A finding before anybody knows the user's line.

    Args:
        rule: The rule's name, as the tool calls it.
        message: What is wrong.
        path: The way to the value in the translated template.
        severity: How bad it is.
        url: The page that explains the rule.
    """

    rule: str
    message: str
    path: tuple[str | int, ...] = ()
    severity: Severity = "error"
    url: str | None = None
