"""An evaluator of GitLab's expression language that is independent of gitlabgen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

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


class FaultError(Exception):
    """GitLab's code fails when it evaluates the expression, so that the expression does not hold."""


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

    def __init__(self, text: str, variables: Mapping[str, str | None]) -> None:
        self.rest = tokens(text)
        self.variables = variables
        self.skipped = 0

    def kind(self) -> str:
        return self.rest[0][0] if self.rest else "end"

    def disjunction(self) -> Value:
        return self.joined("or", self.conjunction)

    def conjunction(self) -> Value:
        return self.joined("and", self.comparison)

    def joined(self, kind: str, part: Callable[[], Value]) -> Value:
        left = part()
        while self.kind() == kind:
            del self.rest[0]
            decides = (left is None or left is False) is (kind == "and")
            # Ruby does not evaluate the right side if the left side decides.
            self.skipped += decides
            right = part()
            self.skipped -= decides
            left = left if decides else right
        return left

    def comparison(self) -> Value:
        left = self.unary()
        while self.kind() == "compare":
            operator = self.rest.pop(0)[1]
            right = self.unary()
            left = None if self.skipped else compare(operator, left, right)
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
        if isinstance(left, re.Pattern) and not isinstance(right, re.Pattern):
            raise FaultError
        if {type(left), type(right)} == {bool, str}:
            left, right = ruby_text(left), ruby_text(right)
        return (left == right) is (operator == "==")
    if right is None or right is False:
        return operator == "!~"
    if right is True:
        raise FaultError
    pattern = regex(right) if isinstance(right, str) and re.fullmatch(r"/.+/[ismU]*", right) else right
    found = pattern.search(ruby_text(left)) is not None if isinstance(pattern, re.Pattern) else ruby_text(left) in pattern
    return found is (operator == "=~")


def ruby_text(value: Value) -> str:
    """Return the text of a value in Ruby."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else "#<Gitlab::UntrustedRegexp>" if value else ""


def holds(text: str, variables: Mapping[str, str | None]) -> bool:
    """Return whether a rule with this text applies in GitLab."""
    parser = _Parser(text, variables)
    try:
        value = parser.disjunction()
    except FaultError:
        return False
    if parser.rest:
        raise InvalidExpressionError(f"unexpected tokens: {parser.rest}")
    return is_present(value)
