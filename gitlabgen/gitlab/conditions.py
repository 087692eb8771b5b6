r"""The condition language of `rules:if`, as Python expressions.

`var.CI_COMMIT_BRANCH == "main"` is a `Condition`; `&`, `|` and `~` combine conditions. The text uses only
what every supported GitLab reads: parentheses, strings, `null`, regular expressions, `==`, `!=`, `=~`, `!~`, `&&` and `||`.

A variable in place of a condition means that it is present: defined, and not only white space.
Alone, that is GitLab's `$NAME`. Next to `&&` and `||` it is not: there GitLab treats an empty variable as true, so that
`$EMPTY && $B == "x"` can hold and `$EMPTY || $B == "x"` never does. There, presence is written `$NAME =~ /\S/`, and its
negation `$NAME !~ /\S/` everywhere, which needs no `!` (GitLab 18.11) and counts an undefined variable as empty.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Self, TypeVar, cast

import attrs

from gitlabgen.errors import KeywordError, report_all
from gitlabgen.gitlab._regular_expressions import condition_problem, regex_literal
from gitlabgen.gitlab.limits import MAX_TOKENS

if TYPE_CHECKING:
    from gitlabgen.gitlab._variable_names import VariableNames
else:
    VariableNames = object

__all__ = ["Condition", "Var", "all_of", "any_of", "var"]

Operator = Literal["&&", "||"]
_Operation = TypeVar("_Operation", bound=Callable[..., Any])

_BRACKETS: Final = "put parentheses around each comparison: (var.A == 'x') & (var.B == 'y')"
_COMBINE: Final = (
    "combine conditions with &, | and ~ instead of and, or and not, compare two values at a time, "
    "put parentheses around each comparison, and use .is_in(...) instead of in"
)

_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_LONE_VARIABLE: Final = re.compile(r"\$[A-Za-z0-9_]+")


def _reporting_errors(operation: _Operation) -> _Operation:
    """Let an invalid operation return a placeholder while findings are collected, so that later problems are reported too."""

    @wraps(operation)
    def wrapper(*operands: Any) -> Any:
        if any(operand is _PLACEHOLDER for operand in operands):
            return _PLACEHOLDER
        try:
            return operation(*operands)
        except KeywordError as error:
            report_all(error)
            return _PLACEHOLDER

    return cast("_Operation", wrapper)


@attrs.frozen(eq=False)
class Condition:
    """A condition of `rules:if`, made by comparing a `var`.

    Conditions are equal if their texts are. A custom text, as in `Condition('$A =~ $B')`, is kept unchanged.
    Its negation is then `!(...)`, which GitLab reads since 18.11; see `minimum_gitlab`.

    Args:
        text: The condition in GitLab's syntax.
    """

    text: str
    _negation: str | None = attrs.field(default=None, alias="_negation", kw_only=True, repr=False)
    _operator: Operator | None = attrs.field(default=None, alias="_operator", kw_only=True, repr=False)
    _parts: tuple[Condition, ...] = attrs.field(default=(), alias="_parts", kw_only=True, repr=False)

    def __attrs_post_init__(self) -> None:
        try:
            # `!(…)` negates a custom text; its operator is needed if the negation is negated again.
            if not self._parts and (self._negation is None or self._negation.startswith("!")):
                object.__setattr__(self, "_operator", _read(self.text))
            elif len(self.text) > MAX_TOKENS:
                _check_length(self.text)
        except KeywordError as error:
            report_all(error)

    def __str__(self) -> str:
        return self.text

    @_reporting_errors
    def __eq__(self, other: object) -> bool:
        if isinstance(other, Condition):
            return self.text == other.text
        if isinstance(other, str | bool):
            raise condition_problem(f"A condition is compared with {other!r}", _BRACKETS)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __bool__(self) -> NoReturn:  # so that type checkers report `if`, `not`, `and` and `or`
        if self is not _PLACEHOLDER:
            report_all(condition_problem(f"Python cannot know whether `{self.text}` holds; only GitLab can", _COMBINE))
        return False  # type: ignore[misc]  # while findings are collected

    @_reporting_errors
    def __and__(self, other: Condition | Var) -> Condition:
        return _join("&&", (self, as_condition(other)))

    @_reporting_errors
    def __rand__(self, other: Condition | Var) -> Condition:
        return _join("&&", (as_condition(other), self))

    @_reporting_errors
    def __or__(self, other: Condition | Var) -> Condition:
        return _join("||", (self, as_condition(other)))

    @_reporting_errors
    def __ror__(self, other: Condition | Var) -> Condition:
        return _join("||", (as_condition(other), self))

    @_reporting_errors
    def __invert__(self) -> Condition:
        if self._parts:
            return _join("&&" if self._operator == "||" else "||", tuple(~part for part in self._parts))
        if self._negation is not None:
            return Condition(self._negation, _negation=self.text)
        if _LONE_VARIABLE.fullmatch(self.text):
            return Condition(f"{self.text} !~ /\\S/", _negation=self.text)
        return Condition(f"!({self.text})", _negation=self.text)

    @property
    def minimum_gitlab(self) -> tuple[int, int] | None:
        """The first GitLab version that reads the text, if it has `!`, `true` or `false`, which only newer versions read."""
        from gitlabgen.gitlab.expressions import newer_syntax

        return max(newer_syntax(self.text).values(), default=None)

    def _operand(self, operator: Operator) -> str:
        if self._operator not in (None, operator):
            return f"({self.text})"
        return f"{self.text} =~ /\\S/" if _LONE_VARIABLE.fullmatch(self.text) else self.text


class Var:
    """A CI/CD variable. The same name always gives the same object, so variables can be keys.

    Compare it with `==` and `!=` to a string, another variable or `None` (not defined), search it with `matches`, or
    use it as a condition: it holds if the variable is present, that is defined and not only white space.

    Args:
        name: The variable's name without `$`.
    """

    __slots__ = ("name",)
    _known: Final[dict[str, Any]] = {}

    name: str

    def __new__(cls, name: str) -> Self:
        """Return the variable of this name."""
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            hint = "a name has only letters from A to Z, digits and underscores, and no $ before it"
            report_all(condition_problem(f"{name!r} is not the name of a variable", hint))
            name = "INVALID"
        known = cls._known.get(name)
        if known is None:
            known = super().__new__(cls)
            known.name = name
            cls._known[name] = known
        return known

    def __reduce__(self) -> tuple[type[Var], tuple[str]]:
        return (Var, (self.name,))

    def __repr__(self) -> str:
        return f"Var({self.name!r})"

    def __str__(self) -> str:
        return f"${self.name}"

    def __hash__(self) -> int:
        return hash(self.name)

    def __bool__(self) -> NoReturn:
        report_all(condition_problem(f"Python cannot know the value of ${self.name}; only GitLab can", _COMBINE))
        return False  # type: ignore[misc]

    @_reporting_errors
    def __eq__(self, other: Var | str | None) -> Condition:  # type: ignore[override]
        return self._compare("==", "!=", _value(other))

    @_reporting_errors
    def __ne__(self, other: Var | str | None) -> Condition:  # type: ignore[override]
        return self._compare("!=", "==", _value(other))

    @_reporting_errors
    def __and__(self, other: Condition | Var) -> Condition:
        return as_condition(self) & other

    @_reporting_errors
    def __rand__(self, other: Condition | Var) -> Condition:
        return as_condition(other) & self

    @_reporting_errors
    def __or__(self, other: Condition | Var) -> Condition:
        return as_condition(self) | other

    @_reporting_errors
    def __ror__(self, other: Condition | Var) -> Condition:
        return as_condition(other) | self

    @_reporting_errors
    def __invert__(self) -> Condition:
        return ~as_condition(self)

    def matches(self, pattern: str, flags: str = "") -> Condition:
        r"""Search the variable with a regular expression; its negation with `~` holds if nothing is found.

        Args:
            pattern: In RE2's syntax, without slashes around it, such as `r"^v\d+$"`. It is searched: anchor it with `^` and `$`.
            flags: Any of `i` (ignore case), `s` (`.` matches line breaks), `m` (`^` and `$` match at each line) and
                `U` (swap greedy and lazy).
        """
        return self._search(pattern, flags)

    @_reporting_errors
    def _search(self, pattern: str, flags: str) -> Condition:
        return self._compare("=~", "!~", regex_literal(pattern, flags))

    def is_in(self, *values: Var | str | list[str] | tuple[str, ...] | None) -> Condition:
        """Return the condition that the variable equals one of several values.

        Args:
            values: Values that `==` accepts, or one list or tuple of them.
        """
        first = values[0] if len(values) == 1 else None
        return self._is_any(*(first if isinstance(first, list | tuple) else values))

    @_reporting_errors
    def _is_any(self, *choices: Any) -> Condition:
        if not choices:
            raise condition_problem(f"${self.name} is compared with no value", "give is_in at least one value")
        return any_of(*(self == choice for choice in choices))

    def _compare(self, operator: str, opposite: str, right: str) -> Condition:
        return Condition(f"${self.name} {operator} {right}", _negation=f"${self.name} {opposite} {right}")


class _Variables(VariableNames):
    """Access to variables by name: `var.CI_COMMIT_TAG` or `var["CI_COMMIT_TAG"]`; editors know the predefined names."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Var:
        # Python looks up names with underscores when it copies or inspects objects.
        if name.startswith("_"):
            raise AttributeError(f'{name}; write var["{name}"] for a variable that starts with an underscore')
        return Var(name)

    def __getitem__(self, name: str) -> Var:
        return Var(name)

    def __reduce__(self) -> str:
        return "var"

    def __repr__(self) -> str:
        return "var"


var: Final = _Variables()


@_reporting_errors
def any_of(*conditions: Condition | Var) -> Condition:
    """Return the condition that holds if any of these holds, like `a | b | c`."""
    return _join("||", tuple(map(as_condition, conditions)))


@_reporting_errors
def all_of(*conditions: Condition | Var) -> Condition:
    """Return the condition that holds if all of these hold, like `a & b & c`."""
    return _join("&&", tuple(map(as_condition, conditions)))


def as_condition(value: Condition | Var) -> Condition:
    """Return a condition unchanged; for a variable, return the condition that it is present."""
    if isinstance(value, Condition):
        return value
    if isinstance(value, Var):
        return Condition(str(value))
    raise _not_a_condition(value)


def _not_a_condition(value: object) -> KeywordError:
    match value:
        case bool():
            hint = f"{_BRACKETS}; write ~, .is_in(...) and == instead of `not`, `in` and `is`"
        case str():
            hint = f"{_BRACKETS}; write Condition('...') for a custom text"
        case _:
            hint = "compare a variable, as in var.CI_COMMIT_BRANCH == 'main'"
    return condition_problem(f"A condition is required, got {value!r}", hint)


def _join(operator: Operator, conditions: tuple[Condition, ...]) -> Condition:
    if not conditions:
        raise condition_problem("There is no condition to join", "give at least one condition")
    if len(conditions) == 1:
        return conditions[0]
    parts: list[Condition] = []
    for condition in conditions:
        parts += condition._parts if condition._operator == operator and condition._parts else (condition,)  # noqa: SLF001
    text = f" {operator} ".join(part._operand(operator) for part in parts)  # noqa: SLF001
    return Condition(text, _operator=operator, _parts=tuple(parts))


def _check_length(text: str) -> None:
    from gitlabgen.gitlab.expressions import ConditionError, check_length

    try:
        check_length(text)
    except ConditionError as error:
        raise condition_problem(error.message, error.hint) from None


def _read(text: str) -> Operator | None:
    """Check a text against GitLab's grammar, and return the operator that joins the whole."""
    if not isinstance(text, str):
        raise condition_problem(f"{text!r} is not the text of a condition", "write a string")
    if _LONE_VARIABLE.fullmatch(text):
        return None
    from gitlabgen.gitlab.expressions import ConditionError, Logical, parse

    try:
        expression = parse(text)
    except ConditionError as error:
        raise condition_problem(error.message, error.hint) from None
    # Around the whole there may be parentheses.
    return expression.operator if isinstance(expression, Logical) and expression.written == text.strip() else None


def _value(value: object) -> str:
    match value:
        case Var():
            return str(value)
        case None:
            return "null"
        case Condition():
            raise condition_problem(f"A variable is compared with the condition `{value}`", _BRACKETS)
        case bool() | int() | float():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            raise condition_problem(f"A variable is compared with {value!r}, but GitLab compares text", f'write `"{text}"`')
        case list() | tuple() | set() | frozenset():
            raise condition_problem(
                f"A variable is compared with {value!r}", "use .is_in('a', 'b') to compare with several values"
            )
        case str():
            return _string(value)
        case _:
            raise condition_problem(f"A variable is compared with {value!r}", "compare with a string, another variable or None")


def _string(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise condition_problem(
            f"GitLab's strings have one line, and {text!r} has more", "compare with a variable that holds the text"
        )
    if '"' not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    raise condition_problem(
        f"GitLab's strings cannot hold both kinds of quotes: {text}", "compare with a variable that holds the text"
    )


_PLACEHOLDER: Final = Condition("null")
"""The result of an invalid operation while findings are collected."""
