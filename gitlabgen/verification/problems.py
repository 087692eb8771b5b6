"""A problem as an AWS tool reports it."""

from __future__ import annotations

from typing import NamedTuple

from gitlabgen.errors import Severity

__all__ = ["ToolProblem"]


class ToolProblem(NamedTuple):
    """A problem before the user's line is known.

    Args:
        rule: The tool's name of the rule.
        message: What is wrong.
        path: The path to the value in the translated template.
        severity: The severity.
        url: The page that explains the rule.
        hint: How to fix the problem.
    """

    rule: str
    message: str
    path: tuple[str | int, ...] = ()
    severity: Severity = "error"
    url: str | None = None
    hint: str | None = None
