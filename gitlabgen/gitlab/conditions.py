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
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, Self, TypeVar, cast

import attrs

from gitlabgen.errors import KeywordError, report_all
from gitlabgen.gitlab._regular_expressions import condition_problem, literal_problem, pattern_of, regex_literal
from gitlabgen.modeling.fields import Version
from gitlabgen.modeling.kinds import is_interpolated

if TYPE_CHECKING:
    from gitlabgen.gitlab._variable_names import VariableNames
else:
    VariableNames = object

__all__ = ["Condition", "Var", "all_of", "any_of", "var"]

Operator = Literal["&&", "||"]
_Operation = TypeVar("_Operation", bound=Callable[..., Any])

LEXEMES_SINCE: Final[Mapping[str, tuple[Version, str]]] = {
    "boolean": ((18, 11), "`true` or `false` in a condition"),
    "negate": ((18, 11), "`!` in a condition"),
}
"""The GitLab version that introduced a lexeme, and a description of the lexeme, by its kind."""

MAX_TOKENS: Final = 99
"""GitLab's lexer stops with an error at the hundredth token."""

_BRACKETS: Final = "put parentheses around each comparison: (var.A == 'x') & (var.B == 'y')"
_COMBINE: Final = (
    "combine conditions with &, | and ~ instead of and, or and not, compare two values at a time, "
    "put parentheses around each comparison, and use .is_in(...) instead of in"
)

# Patterns that not every program needs are strings; `re` compiles them on first use. This keeps the import cheap.
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_LONE_VARIABLE: Final = re.compile(r"\$[A-Za-z0-9_]+")
_CORRECTIONS: Final = {r"=(?![=~])": "==", r"&(?!&)|and\b": "&&", r"\|(?!\|)|or\b": "||", r"not\b": "!", r"~=": "=~"}
_SPACE: Final = " \t\r\n\f\v"
_LONGEST: Final = 200
_LEXEME: Final = r"""(?x)
    [ \t\r\n\f\v]*+
    (?: (?P<open>\() | (?P<close>\))
    | (?P<value>
        \$\[\[\s*inputs\.[A-Za-z0-9_-]+\s*\]\] | \$[A-Za-z0-9_]+ | "[^"\n]*" | '[^'\n]*'
        | /(?:[^/]|\\/)+[^\\]/[ismU]* | null
      )
    | (?P<boolean>\b(?:true|false)\b)
    | (?P<logical>&&|\|\|) | (?P<compare>==|=~|!=|!~) | (?P<negate>!) )
    """


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
                _count(self.text)
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
        newer = any(kind in ("negate", "boolean") for kind, _ in lexemes(self.text))
        return (18, 11) if newer else None

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


def lexemes(text: str) -> Iterator[tuple[str, str]]:
    """Yield the lexemes of a condition: the kind and the text of each.

    Kinds are `open`, `close`, `value`, `boolean`, `logical`, `compare` and `negate`.

    Args:
        text: A condition that GitLab can read.
    """
    for token in _tokens(text):
        yield token.lastgroup or "", token.group().strip()


def _tokens(text: str) -> Iterator[re.Match[str]]:
    """Yield the lexemes of a text, to its end or to the first place that GitLab cannot read."""
    match = re.compile(_LEXEME).match
    position = 0
    while token := match(text, position):
        yield token
        position = token.end()


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


def _count(text: str) -> None:
    count = sum(1 for _ in _tokens(text))
    if count > MAX_TOKENS:
        raise condition_problem(
            f"The condition has {count} tokens, and GitLab reads at most {MAX_TOKENS}: {text[:60]}…",
            "set a variable in an earlier rule or a workflow rule, match one regular expression, or split the rule",
        )


def _read(text: str) -> Operator | None:
    """Check a text against GitLab's grammar, and return its top-level operator with the lowest precedence."""
    if not isinstance(text, str):
        raise condition_problem(f"{text!r} is not the text of a condition", "write a string")
    if _LONE_VARIABLE.fullmatch(text):
        return None
    operators: set[str] = set()
    position = depth = 0
    complete = False  # whether there is a value before the position
    for token in _tokens(text):
        kind = token.lastgroup or ""
        if (kind in ("logical", "compare", "close")) is not complete or (kind == "close" and not depth):
            break
        depth += {"open": 1, "close": -1}.get(kind, 0)
        if kind == "logical" and not depth:
            operators.add(token["logical"])
        complete = kind in ("value", "boolean", "close")
        position = token.end()
        if kind == "value" and token["value"].startswith("/"):
            _check_regex(token["value"])
    rest = text[position:].strip(_SPACE)
    if rest:
        better = _correction(rest)
        raise condition_problem(
            f"GitLab cannot read `{_shown(rest)}` in the condition `{_shown(text)}`{better and f'; write {better}'}",
            "conditions have $VARIABLES, 'strings', /regular expressions/, null, ==, !=, =~, !~, &&, || and parentheses",
        )
    if depth or not complete:
        raise condition_problem(
            f"GitLab cannot read `{_shown(text)}`, which is not complete", "close each parenthesis, and end with a value"
        )
    _count(text)
    return "||" if "||" in operators else "&&" if operators else None


def _correction(rest: str) -> str:
    """Return what to write in place of the first part of a text that GitLab cannot read; "" if that is not known."""
    if found := re.match(r"\$\{(\w+)\}", rest):
        return f"`${found[1]}`"
    for wrong, right in _CORRECTIONS.items():
        if re.match(wrong, rest):
            return f"`{right}`"
    found = re.match(r"[A-Za-z][\w./-]*(?=\s*(?:$|&&|\|\||\)))", rest)
    return f'`"{found[0]}"`' if found else ""


def _shown(text: str) -> str:
    from gitlabgen.modeling.wording import cut

    return cut(text, _LONGEST)


def _check_regex(literal: str) -> None:
    unescaped = literal.replace("\\/", "/")
    if pattern_of(unescaped) is None and not is_interpolated(literal):
        raise condition_problem(f"The regular expression {_shown(literal)!r} has a line break", r"write \n")
    problem = literal_problem(unescaped)
    if problem:
        raise condition_problem(*problem)


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
            raise condition_problem(f"A variable is compared with {value!r}, but GitLab compares text", f'write "{text}"')
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
