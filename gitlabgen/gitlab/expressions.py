"""GitLab's condition language: the text of `rules:if` as a tree, for checks and for simulation.

`!` binds tightest, then comparisons, `&&`, and `||`; operators of equal precedence are joined from left to right.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias, cast

import attrs

from gitlabgen.gitlab._regular_expressions import literal_problem, pattern_of
from gitlabgen.gitlab.limits import MAX_TOKENS
from gitlabgen.modeling.fields import Version
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.wording import cut

__all__: list[str] = []

Comparator: TypeAlias = Literal["==", "!=", "=~", "!~"]
Connective: TypeAlias = Literal["&&", "||"]

_MOST_KNOWN: Final = 1 << 14
_LONGEST: Final = 200
_SPACE: Final = " \t\r\n\f\v"
_LEXEME: Final = r"""(?x)
    [ \t\r\n\f\v]*+
    (?: (?P<open>\() | (?P<close>\))
    | (?P<input>\$\[\[\s*inputs\.[A-Za-z0-9_-]+\s*\]\]) | (?P<variable>\$[A-Za-z0-9_]+)
    | (?P<text>"[^"\n]*"|'[^'\n]*') | (?P<pattern>/(?:[^/]|\\/)+[^\\]/[ismU]*)
    | (?P<null>null) | (?P<boolean>\b(?:true|false)\b)
    | (?P<binary>&&|\|\||==|=~|!=|!~) | (?P<not>!) )
    """
# The tighter an operator binds, the lower its number is.
_PRECEDENCE: Final[Mapping[str, int]] = {"!": 1, "==": 10, "!=": 10, "=~": 10, "!~": 10, "&&": 11, "||": 12}
_CORRECTIONS: Final = {r"=(?![=~])": "==", r"&(?!&)|and\b": "&&", r"\|(?!\|)|or\b": "||", r"not\b": "!", r"~=": "=~"}


@attrs.frozen
class Variable:
    """A variable, such as `$CI_COMMIT_BRANCH`.

    Args:
        written: The part of the condition's text. Nodes are equal if they mean the same, however they are written.
        name: The name without `$`.
    """

    written: str = attrs.field(eq=False)
    name: str


@attrs.frozen
class Text:
    """A text between quotes.

    Args:
        written: The part of the condition's text.
        value: The text without quotes.
    """

    written: str = attrs.field(eq=False)
    value: str


@attrs.frozen
class Pattern:
    """A regular expression between slashes.

    Args:
        written: The part of the condition's text.
    """

    written: str


@attrs.frozen
class Null:
    """The value of a variable that is not defined.

    Args:
        written: The part of the condition's text.
    """

    written: str = attrs.field(eq=False)


@attrs.frozen
class Boolean:
    """`true` or `false`.

    Args:
        written: The part of the condition's text.
        value: The value.
    """

    written: str = attrs.field(eq=False)
    value: bool


@attrs.frozen
class Input:
    """An input whose value is not known yet, such as `$[[ inputs.region ]]`.

    Args:
        written: The part of the condition's text.
        name: The input's name.
    """

    written: str = attrs.field(eq=False)
    name: str


@attrs.frozen
class Not:
    """`!`, which holds if its operand is undefined, blank or false.

    Args:
        written: The part of the condition's text.
        operand: What it negates.
    """

    written: str = attrs.field(eq=False)
    operand: Expression


@attrs.frozen
class Comparison:
    """A comparison of two values.

    Args:
        written: The part of the condition's text, with the parentheses of its sides.
        left: The left side.
        operator: The operator.
        right: The right side.
    """

    written: str = attrs.field(eq=False)
    left: Expression
    operator: Comparator
    right: Expression


@attrs.frozen
class Logical:
    """Two conditions joined by `&&` or `||`; its value is that of one of them.

    Args:
        written: The part of the condition's text, with the parentheses of its sides.
        left: The left side.
        operator: The operator.
        right: The right side, which counts only if the left side does not decide.
    """

    written: str = attrs.field(eq=False)
    left: Expression
    operator: Connective
    right: Expression


Expression: TypeAlias = Variable | Text | Pattern | Null | Boolean | Input | Not | Comparison | Logical

PARTS_SINCE: Final[Mapping[type, tuple[str, Version]]] = {
    Boolean: ("`true` or `false` in a condition", (18, 11)),
    Not: ("`!` in a condition", (18, 11)),
}
"""A description of a part of the language and the GitLab version that introduced it, by its class."""


class ConditionError(ValueError):
    """A text that GitLab cannot read as a condition.

    Args:
        message: The problem.
        hint: What to write instead.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@lru_cache(_MOST_KNOWN)
def parse(text: str) -> Expression:
    """Return the tree of a condition. Each text is read only once.

    Args:
        text: The condition.

    Raises:
        ConditionError: If GitLab cannot read it.
    """
    return _Parser(text).tree()


def parsed_or_none(text: object) -> Expression | None:
    """Return the tree of a condition; None if GitLab cannot read it, or if it is no text, such as an unresolved reference.

    Args:
        text: The condition.
    """
    try:
        return parse(text) if isinstance(text, str) else None
    except ConditionError:
        return None


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield a node and all nodes in it: an operator before its operands, and these from left to right."""
    waiting = [expression]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Not):
            waiting.append(node.operand)
        elif isinstance(node, Comparison | Logical):
            waiting += (node.right, node.left)


def newer_syntax(text: object) -> dict[str, Version]:
    """Return the parts of a condition that older versions of GitLab cannot read, each with the version that introduced it.

    Args:
        text: The condition; without parts if GitLab cannot read it.
    """
    expression = parsed_or_none(text)
    return dict(PARTS_SINCE[type(node)] for node in walk(expression) if type(node) in PARTS_SINCE) if expression else {}


def check_length(text: str) -> None:
    """Refuse a condition with more tokens than GitLab reads.

    Args:
        text: The condition.

    Raises:
        ConditionError: If it is too long.
    """
    # A token has at least one character.
    count = sum(1 for _ in _tokens(text)) if len(text) > MAX_TOKENS else 0
    if count > MAX_TOKENS:
        raise ConditionError(
            f"The condition has {count} tokens, and GitLab reads at most {MAX_TOKENS}: {text[:60]}…",
            "set a variable in an earlier rule or a workflow rule, match one regular expression, or split the rule",
        )


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a text, to its end or to the first place that GitLab cannot read."""
    match = re.compile(_LEXEME).match
    position = 0
    while token := match(text, position):
        yield token
        position = token.end()


class _Operator(NamedTuple):
    """An operator that waits for its right side, or an open parenthesis.

    Args:
        symbol: The operator, or `(`.
        start: Where it is in the text.
    """

    symbol: str
    start: int


class _Operand(NamedTuple):
    """A node, and where it begins and ends in the text, with the parentheses around it."""

    node: Expression
    start: int
    end: int


class _Parser:
    """Reads a condition from left to right; operators wait until one that binds less tightly follows."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._operands: list[_Operand] = []
        self._waiting: list[_Operator] = []
        self._depth = 0

    def tree(self) -> Expression:
        """Return the tree of the whole text."""
        position = 0
        is_complete = False  # whether there is a value before the position
        for token in _tokens(self._text):
            kind = token.lastgroup or ""
            follows_value = kind in ("binary", "close")
            if follows_value is not is_complete or (kind == "close" and not self._depth):
                break
            self._read(kind, token[kind], token.start(kind), token.end())
            is_complete = kind not in ("binary", "not", "open")
            position = token.end()
        self._check_end(self._text[position:].strip(_SPACE), is_complete=is_complete)
        check_length(self._text)
        self._apply(_PRECEDENCE["||"])
        return self._operands[0].node

    def _read(self, kind: str, word: str, start: int, end: int) -> None:
        match kind:
            case "open":
                self._depth += 1
                self._waiting.append(_Operator(word, start))
            case "close":
                self._depth -= 1
                self._apply(_PRECEDENCE["||"])
                node = self._operands.pop().node
                self._operands.append(_Operand(node, self._waiting.pop().start, end))
            case "binary":
                self._apply(_PRECEDENCE[word])
                self._waiting.append(_Operator(word, start))
            case "not":
                self._waiting.append(_Operator(word, start))
            case _:
                self._operands.append(_Operand(_value(kind, word), start, end))

    def _apply(self, precedence: int) -> None:
        """Give their operands to the operators that bind at least as tightly, back to the last open parenthesis."""
        while self._waiting and _PRECEDENCE.get(self._waiting[-1].symbol, precedence + 1) <= precedence:
            operator = self._waiting.pop()
            right = self._operands.pop()
            if operator.symbol == "!":
                node: Expression = Not(self._text[operator.start : right.end], right.node)
                self._operands.append(_Operand(node, operator.start, right.end))
                continue
            left = self._operands.pop()
            written = self._text[left.start : right.end]
            if operator.symbol in ("&&", "||"):
                node = Logical(written, left.node, cast("Connective", operator.symbol), right.node)
            else:
                node = Comparison(written, left.node, cast("Comparator", operator.symbol), right.node)
            self._operands.append(_Operand(node, left.start, right.end))

    def _check_end(self, rest: str, *, is_complete: bool) -> None:
        shown = cut(self._text, _LONGEST)
        if rest:
            better = _correction(rest)
            raise ConditionError(
                f"GitLab cannot read `{cut(rest, _LONGEST)}` in the condition `{shown}`{better and f'; write {better}'}",
                "conditions have $VARIABLES, 'strings', /regular expressions/, null, ==, !=, =~, !~, &&, || and parentheses",
            )
        if self._depth or not is_complete:
            message = f"GitLab cannot read `{shown}`, which is not complete"
            raise ConditionError(message, "close each parenthesis, and end with a value")


def _correction(rest: str) -> str:
    """Return what to write in place of the first part of a text that GitLab cannot read; "" if that is not known."""
    if found := re.match(r"\$\{(\w+)\}", rest):
        return f"`${found[1]}`"
    for wrong, right in _CORRECTIONS.items():
        if re.match(wrong, rest):
            return f"`{right}`"
    found = re.match(r"[A-Za-z][\w./-]*(?=\s*(?:$|&&|\|\||\)))", rest)
    return f'`"{found[0]}"`' if found else ""


def _value(kind: str, word: str) -> Expression:
    match kind:
        case "variable":
            return Variable(word, word[1:])
        case "text":
            return Text(word, word[1:-1])
        case "pattern":
            _check_pattern(word)
            return Pattern(word)
        case "null":
            return Null(word)
        case "boolean":
            return Boolean(word, word == "true")
        case _:
            return Input(word, word[3:-2].strip().removeprefix("inputs."))


def _check_pattern(literal: str) -> None:
    unescaped = literal.replace("\\/", "/")
    if pattern_of(unescaped) is None and not is_interpolated(literal):
        raise ConditionError(f"The regular expression {cut(literal, _LONGEST)!r} has a line break", r"write \n")
    problem = literal_problem(unescaped)
    if problem:
        raise ConditionError(*problem)
