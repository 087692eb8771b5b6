"""An evaluator of GitLab's expression language that is independent of gitlabgen."""

from __future__ import annotations

import re
from collections.abc import Mapping

Value = str | bool | re.Pattern[str] | None

KINDS = (
    ("(", r"\("),
    (")", r"\)"),
    ("input", r"\$\[\[\s*inputs\.\w+\s*\]\]"),
    ("variable", r"\$\w+"),
    ("string", r"(\".*?\")|('.*?')"),
    ("regex", r"/([^/]|\\/)+[^\\]/[ismU]*"),
    ("null", r"null"),
    ("boolean", r"\b(true|false)\b"),
    ("compare", r"==|=~|!=|!~"),
    ("and", r"&&"),
    ("or", r"\|\|"),
    ("not", r"!"),
)


class InvalidExpressionError(Exception):
    """GitLab refuses the expression."""


def tokens(text: str) -> list[tuple[str, str]]:
    """Return the kind and the text of each token, within GitLab's limit of a hundred steps."""
    found: list[tuple[str, str]] = []
    position = 0
    for _ in range(100):
        while position < len(text) and text[position] in " \t\r\n\f\v":
            position += 1
        if position == len(text):
            return found
        for kind, pattern in KINDS:
            if match := re.compile(pattern, re.ASCII).match(text, position):
                found.append((kind, match[0]))
                position = match.end()
                break
        else:
            raise InvalidExpressionError(f"unknown token: {text[position:]}")
    raise InvalidExpressionError("too many tokens")


def is_present(value: Value) -> bool:
    """Return the result of Rails' `present?`."""
    return bool(value.strip()) if isinstance(value, str) else bool(value)


class _Parser:
    """A recursive-descent parser; `!` binds tightest, then comparisons, `&&` and `||`, all left-associative."""

    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        self.rest = tokens(text)
        self.variables = variables

    def kind(self) -> str:
        return self.rest[0][0] if self.rest else "end"

    def disjunction(self) -> Value:
        left = self.conjunction()
        while self.kind() == "or":
            del self.rest[0]
            right = self.conjunction()
            left = right if left is None or left is False else left
        return left

    def conjunction(self) -> Value:
        left = self.comparison()
        while self.kind() == "and":
            del self.rest[0]
            right = self.comparison()
            left = left if left is None or left is False else right
        return left

    def comparison(self) -> Value:
        left = self.unary()
        while self.kind() == "compare":
            operator = self.rest.pop(0)[1]
            left = compare(operator, left, self.unary())
        return left

    def unary(self) -> Value:
        if self.kind() == "not":
            del self.rest[0]
            return not is_present(self.unary())
        if not self.rest:
            raise InvalidExpressionError("a value is missing")
        kind, text = self.rest.pop(0)
        if kind == "(":
            value = self.disjunction()
            if self.kind() != ")":
                raise InvalidExpressionError("a parenthesis is not closed")
            del self.rest[0]
            return value
        if kind == "variable":
            return self.variables.get(text[1:])
        if kind == "string":
            return text[1:-1]
        if kind == "regex":
            return regex(text)
        if kind == "null":
            return None
        if kind == "boolean":
            return text == "true"
        raise InvalidExpressionError(f"not a value: {text}")


def regex(literal: str) -> re.Pattern[str]:
    """Compile a literal whose pattern means the same in RE2 and Python."""
    body, _, flags = literal[1:].rpartition("/")
    return re.compile(f"(?{flags})" * bool(flags) + body.replace("\\/", "/"), re.ASCII)


def compare(operator: str, left: Value, right: Value) -> bool:
    """Return the result of a comparison operator."""
    if operator in ("==", "!="):
        return (left == right) is (operator == "==")
    if right is None:
        return operator == "!~"
    text = left if isinstance(left, str) else ""
    found = right.search(text) is not None if isinstance(right, re.Pattern) else text in str(right)
    return found is (operator == "=~")


def holds(text: str, variables: Mapping[str, str]) -> bool:
    """Return whether a rule with this text applies in GitLab."""
    parser = _Parser(text, variables)
    value = parser.disjunction()
    if parser.rest:
        raise InvalidExpressionError(f"unexpected tokens: {parser.rest}")
    return is_present(value)
