"""Whether a condition of `rules:if` holds, as GitLab decides it.

A value is a text, `null`, a boolean or a regular expression. What cannot be known is the set of the values that are possible,
so that an answer is certain only if each of them gives it. The answer does not depend on the same variable being read twice.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache
from itertools import chain, product
from types import NoneType
from typing import Final, NamedTuple, TypeAlias

from gitlabgen.errors import KeywordError
from gitlabgen.gitlab._regular_expressions import condition_problem, pattern_of
from gitlabgen.gitlab.conditions import Condition, Var, as_condition
from gitlabgen.gitlab.expressions import (
    Boolean,
    Comparison,
    ConditionError,
    Connective,
    Expression,
    Logical,
    Not,
    Null,
    Pattern,
    Text,
    Variable,
    parse,
)
from gitlabgen.matching.searching import checked, is_found
from gitlabgen.matching.syntax import RegexError
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.simulation.arguments import check_argument
from gitlabgen.simulation.blank_texts import is_blank, is_found_in_all, is_found_in_all_present
from gitlabgen.simulation.unknown import Truth, Unknown

__all__ = ["ExpressionError", "evaluate"]

LookUp: TypeAlias = Callable[[str], str | Unknown | None]
"""Returns the value of a variable by its name: not expanded, and None if the variable is not defined."""


class ExpressionError(KeywordError):
    """A text that GitLab rejects as a condition."""


class Verdict(NamedTuple):
    """Whether a condition holds.

    Args:
        truth: The answer.
        operands: The names of the variables that were read, in order.
    """

    truth: Truth
    operands: tuple[str, ...]


class _Regex(NamedTuple):
    """A regular expression as a value.

    Args:
        source: Its pattern, with the flags at the beginning.
    """

    source: str

    def __str__(self) -> str:
        return "#<Gitlab::UntrustedRegexp>"  # Ruby's text also has an address


class _Special(Enum):
    """Values that are known only in part."""

    ANY = "any text"
    PRESENT = "any text with more than white space"
    # GitLab's Ruby fails, so that the whole condition does not hold.
    FAULT = "fault"


_Value: TypeAlias = str | bool | _Regex | _Special | None


class _Values(NamedTuple):
    """The values that are possible if a value is not known.

    Args:
        values: At least one.
        reasons: Why it is not known which.
        excluded: Texts that are not possible.
    """

    values: tuple[_Value, ...]
    reasons: tuple[str, ...]
    excluded: tuple[str, ...] = ()


_Result: TypeAlias = _Value | _Values

_MOST_KNOWN: Final = 4096
_FALSE, _TRUE, _EITHER = (False,), (True,), (True, False)
_FAULT: Final = (_Special.FAULT,)


def verdict(expression: Expression, look_up: LookUp) -> Verdict:
    """Return whether a condition holds, and what it has read. What cannot change the answer is not read.

    Args:
        expression: The condition; inputs in it have no known value.
        look_up: Returns the value of a variable.
    """
    names: dict[str, None] = {}

    def read(name: str) -> str | Unknown | None:
        names[name] = None
        return look_up(name)

    answer = _lifted(_presence, _Evaluation(read).result(expression))
    return Verdict(Unknown(answer.reasons) if isinstance(answer, _Values) else answer is True, tuple(names))


def evaluate(expression: str | Condition | Var, variables: Mapping[str, str | None]) -> bool:
    """Return whether a condition of `rules:if` holds, as GitLab decides it.

    Args:
        expression: The condition, such as `$CI_COMMIT_BRANCH == "main"`.
        variables: The values of the variables, by name without `$`. Others are not defined.

    Raises:
        ExpressionError: If GitLab rejects the condition.
        ArgumentError: If an argument is of another kind.
    """
    check_argument(variables, "the variables of evaluate", Mapping)
    for name, value in variables.items():
        check_argument(value, f"the value of ${name}", str, NoneType)
    text = expression if isinstance(expression, str) else as_condition(expression).text
    try:
        tree = parse(text)
    except ConditionError as error:
        raise ExpressionError(*condition_problem(error.message, error.hint).findings) from None
    evaluation = _Evaluation(variables.get, has_inputs=False)
    return _lifted(_presence, evaluation.result(tree)) is True


class _Evaluation:
    """Computes the values that are possible.

    Args:
        look_up: Returns the value of a variable.
        has_inputs: Whether inputs have values, which are not known. Otherwise they are `null`, and text does not change.
    """

    def __init__(self, look_up: LookUp, *, has_inputs: bool = True) -> None:
        self._look_up = look_up
        self._has_inputs = has_inputs

    def result(self, node: Expression) -> _Result:
        """Return the value of a node, or the values that it can have.

        Args:
            node: The node.
        """
        match node:
            case Variable():
                return _known_or_not(self._look_up(node.name))
            case Text():
                return self._of_input(node.value) if is_interpolated(node.value) else node.value
            case Comparison():
                left, right = self.result(node.left), self.result(node.right)
                if node.operator in ("==", "!=") and (_excludes(left, right) or _excludes(right, left)):
                    return node.operator == "!="
                return _lifted(_COMPARISONS[node.operator], left, right)
            case Logical():
                return self._joined(node)
            case Not():
                return _lifted(_absence, self.result(node.operand))
            case Pattern():
                return self._of_input(node.written) if is_interpolated(node.written) else _regex(node.written)
            case Boolean():
                return node.value
            case Null():
                return None
            case _:  # an input
                return self._of_input(None)

    def _of_input(self, otherwise: str | None) -> _Result:
        return _Values((_Special.ANY,), ("an input has no value",)) if self._has_inputs else otherwise

    def _joined(self, node: Logical) -> _Result:
        left = self.result(node.left)
        values = left.values if isinstance(left, _Values) else (left,)
        deciding = tuple(value for value in values if _decides(value, node.operator))
        if len(deciding) == len(values):
            return left
        right = self.result(node.right)
        if not deciding:
            return right
        others = right.values if isinstance(right, _Values) else (right,)
        return _merged((*deciding, *others), (left, right))


def _decides(left: _Value, operator: Connective) -> bool:
    """Return whether the right side of `&&` or `||` is not read."""
    return left is _Special.FAULT or (left is None or left is False) is (operator == "&&")


def _known_or_not(value: str | Unknown | None) -> _Result:
    if not isinstance(value, Unknown):
        return value
    return _Values((_Special.PRESENT,) if value.is_present else (None, _Special.ANY), value.reasons, value.excluded)


def _excludes(one: _Result, other: _Result) -> bool:
    return isinstance(one, _Values) and other in one.excluded


def _lifted(function: Callable[..., tuple[_Value, ...]], *operands: _Result) -> _Result:
    """Return the result of a function, or its results for all values that its operands can have."""
    if not any(isinstance(operand, _Values) for operand in operands):
        return function(*operands)[0]
    values = (operand.values if isinstance(operand, _Values) else (operand,) for operand in operands)
    return _merged(tuple(result for chosen in product(*values) for result in function(*chosen)), operands)


def _merged(results: tuple[_Value, ...], sources: tuple[_Result, ...]) -> _Result:
    different = tuple(dict.fromkeys(results))
    if len(different) == 1 and different[0] not in (_Special.ANY, _Special.PRESENT):
        return different[0]
    reasons = chain.from_iterable(source.reasons for source in sources if isinstance(source, _Values))
    return _Values(different, tuple(dict.fromkeys(reasons)))


def _presence(value: _Value) -> tuple[_Value, ...]:
    """Return whether a value is what Ruby on Rails calls present; a fault is not."""
    match value:
        case _Special.ANY:
            return _EITHER
        case str():
            return _FALSE if is_blank(value) else _TRUE
        case _:
            return _FALSE if value is None or value is False or value is _Special.FAULT else _TRUE


def _absence(value: _Value) -> tuple[_Value, ...]:
    return _FAULT if value is _Special.FAULT else tuple(not result for result in _presence(value))


def _equal(left: _Value, right: _Value) -> tuple[_Value, ...]:
    if left is _Special.FAULT or right is _Special.FAULT:
        return _FAULT
    if isinstance(left, _Special) or isinstance(right, _Special):
        other = right if isinstance(left, _Special) else left
        if other is None or isinstance(other, _Regex):
            return _FALSE
        is_blank_text = isinstance(other, str) and is_blank(other)
        return _FALSE if is_blank_text and _Special.PRESENT in (left, right) else _EITHER
    if isinstance(left, _Regex):
        # Ruby then asks the other side for its pattern.
        return (left == right,) if isinstance(right, _Regex) else _FAULT
    # GitLab compares booleans and texts as texts.
    if isinstance(left, bool) and isinstance(right, str):
        return (_text_of(left) == right,)
    if isinstance(left, str) and isinstance(right, bool):
        return (left == _text_of(right),)
    return (left == right,)


def _found(left: _Value, right: _Value) -> tuple[_Value, ...]:
    if left is _Special.FAULT or right is _Special.FAULT or right is True:
        return _FAULT
    if right is None or right is False:
        return _FALSE
    if isinstance(right, _Special):
        return _EITHER
    pattern = right if isinstance(right, _Regex) else _regex(right)
    if left is _Special.ANY or left is _Special.PRESENT:
        return _found_in_some(pattern, str(right), is_present=left is _Special.PRESENT)
    text = _text_of(left)
    return (text in str(right) if pattern is None else is_found(pattern.source, text),)


def _found_in_some(pattern: _Regex | None, whole: str, *, is_present: bool) -> tuple[_Value, ...]:
    """Return whether a text that is known only in part matches a pattern, or is a part of another text."""
    if pattern is None:
        return _FALSE if is_present and is_blank(whole) else _EITHER
    certain = is_found_in_all_present if is_present else is_found_in_all
    return _TRUE if certain(pattern.source) else _EITHER


def _negated(function: Callable[[_Value, _Value], tuple[_Value, ...]]) -> Callable[[_Value, _Value], tuple[_Value, ...]]:
    return lambda left, right: tuple(not result if isinstance(result, bool) else result for result in function(left, right))


_COMPARISONS: Final = {"==": _equal, "!=": _negated(_equal), "=~": _found, "!~": _negated(_found)}


def _text_of(value: str | bool | _Regex | None) -> str:  # noqa: FBT001 - it is data
    """Return the text of a value in Ruby."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@lru_cache(_MOST_KNOWN)
def _regex(literal: str) -> _Regex | None:
    r"""Return the regular expression in a text such as `/^v\d/i`; None if GitLab does not read the text as one."""
    found = pattern_of(literal.replace("\\/", "/"))
    if found is None:
        return None
    pattern, flags = found
    source = f"(?{flags}){pattern}" if flags else pattern
    try:
        checked(source)
    except RegexError:
        return None
    return _Regex(source)
