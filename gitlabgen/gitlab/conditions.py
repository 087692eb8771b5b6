r"""The condition language of `rules:if`, as Python expressions.

`var.CI_COMMIT_BRANCH == "main"` is a `Condition`; `&`, `|` and `~` combine conditions. What is written uses only
what every supported GitLab reads: parentheses, strings, `null`, regular expressions, `==`, `!=`, `=~`, `!~`, `&&` and `||`.

A variable that stands where a condition is wanted asks whether it is present: defined, and not only white space.
Alone, that is GitLab's `$NAME`. Beside `&&` and `||` it is not: there GitLab takes an empty variable for true, so that
`$EMPTY && $B == "x"` can hold and `$EMPTY || $B == "x"` never does. So presence is written `$NAME =~ /\S/` there, and its
negation `$NAME !~ /\S/` everywhere, which needs no `!` (GitLab 18.11) and counts an undefined variable as empty.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal, Self

import attrs

from gitlabgen.errors import Finding, KeywordError
from gitlabgen.source import Position, caller, position

__all__ = ["Condition", "Var", "all_of", "any_of", "as_condition", "var"]

Operator = Literal["&&", "||"]

MAX_TOKENS: Final = 99
"""GitLab's lexer stops with an error at the hundredth token."""

_URL: Final = "https://docs.gitlab.com/ci/jobs/job_rules/"
_BRACKETS: Final = "put parentheses around each comparison: (var.A == 'x') & (var.B == 'y')"
_COMBINE: Final = (
    "combine conditions with &, | and ~ instead of and, or and not, compare two values at a time, "
    "put parentheses around each comparison, and use .is_in(...) instead of in"
)

# Patterns that not every program needs are texts, which `re` compiles when they are first used: importing is cheap.
_NAME: Final = re.compile(r"[A-Za-z0-9_]+")
_LONE_VARIABLE: Final = re.compile(r"\$[A-Za-z0-9_]+")
_LEXEME: Final = r"""(?x)
    [ \t\r\n\f\v]*
    (?: (?P<open>\() | (?P<close>\))
    | (?P<value>
        \$\[\[\s*inputs\.[A-Za-z0-9_-]+\s*\]\] | \$[A-Za-z0-9_]+ | "[^"\n]*" | '[^'\n]*'
        | /(?:[^/]|\\/)+[^\\]/[ismU]* | null
      )
    | (?P<boolean>\b(?:true|false)\b)
    | (?P<logical>&&|\|\|) | (?P<compare>==|=~|!=|!~) | (?P<negate>!) )
    """


def _problem(message: str, hint: str) -> KeywordError:
    where = position(caller()) or Position("")
    return KeywordError(
        Finding(
            rule="invalid-condition",
            message=message,
            hint=hint,
            file=where.file,
            line=where.line,
            column=where.column,
            end_line=where.end_line,
            end_column=where.end_column,
            url=_URL,
        )
    )


@attrs.frozen(eq=False)
class Condition:
    """A condition of `rules:if`, made by comparing a `var`.

    Conditions are equal if their texts are. A text of your own, as in `Condition('$A =~ $B')`, is kept as it is.
    Its negation is then `!(...)`, which GitLab reads since 18.11; see `minimum_gitlab`.

    Args:
        text: What GitLab reads.
    """

    text: str
    _negation: str | None = attrs.field(default=None, alias="_negation", kw_only=True, repr=False)
    _operator: Operator | None = attrs.field(default=None, alias="_operator", kw_only=True, repr=False)
    _parts: tuple[Condition, ...] = attrs.field(default=(), alias="_parts", kw_only=True, repr=False)

    def __attrs_post_init__(self) -> None:
        if self._negation is None and not self._parts:
            object.__setattr__(self, "_operator", _read(self.text))
        elif len(self.text) > MAX_TOKENS:
            _count(self.text)

    def __str__(self) -> str:
        return self.text

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Condition):
            return self.text == other.text
        if isinstance(other, str | bool):
            raise _problem(f"A condition is compared with {other!r}", _BRACKETS)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __bool__(self) -> bool:
        raise _problem(f"Python cannot know whether `{self.text}` holds; only GitLab can", _COMBINE)

    def __and__(self, other: Condition | Var) -> Condition:
        return _join("&&", (self, as_condition(other)))

    def __rand__(self, other: Condition | Var) -> Condition:
        return _join("&&", (as_condition(other), self))

    def __or__(self, other: Condition | Var) -> Condition:
        return _join("||", (self, as_condition(other)))

    def __ror__(self, other: Condition | Var) -> Condition:
        return _join("||", (as_condition(other), self))

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
        """The first GitLab version that reads the text, if it holds the `!`, `true` or `false` of newer versions."""
        newer = any(token.lastgroup in ("negate", "boolean") for token in re.finditer(_LEXEME, self.text))
        return (18, 11) if newer else None

    def _operand(self, operator: Operator) -> str:
        if self._operator not in (None, operator):
            return f"({self.text})"
        return f"{self.text} =~ /\\S/" if _LONE_VARIABLE.fullmatch(self.text) else self.text


class Var:
    """A CI/CD variable. The same name always gives the same object, so variables can be keys.

    Compare it with `==` and `!=` to a string, another variable or `None` (not defined), search it with `matches`, or
    use it as a condition of its own: it holds if the variable is present, that is defined and not only white space.

    Args:
        name: The variable's name without `$`.
    """

    __slots__ = ("name",)
    _known: Final[dict[str, Any]] = {}

    name: str

    def __new__(cls, name: str) -> Self:
        """Return the variable of this name."""
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise _problem(
                f"{name!r} is not the name of a variable",
                "a name has only letters from A to Z, digits and underscores, and no $ before it",
            )
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

    def __bool__(self) -> bool:
        raise _problem(f"Python cannot know what ${self.name} holds; only GitLab can", _COMBINE)

    def __eq__(self, other: Var | str | None) -> Condition:  # type: ignore[override]
        return self._compare("==", "!=", _value(other))

    def __ne__(self, other: Var | str | None) -> Condition:  # type: ignore[override]
        return self._compare("!=", "==", _value(other))

    def __and__(self, other: Condition | Var) -> Condition:
        return as_condition(self) & other

    def __rand__(self, other: Condition | Var) -> Condition:
        return as_condition(other) & self

    def __or__(self, other: Condition | Var) -> Condition:
        return as_condition(self) | other

    def __ror__(self, other: Condition | Var) -> Condition:
        return as_condition(other) | self

    def __invert__(self) -> Condition:
        return ~as_condition(self)

    def matches(self, pattern: str, flags: str = "") -> Condition:
        r"""Search the variable with a regular expression; `~` of it holds where nothing is found.

        Args:
            pattern: In RE2's syntax, without slashes around it, such as `r"^v\d+$"`. It is searched: anchor it with `^` and `$`.
            flags: Any of `i` (ignore case), `s` (`.` matches line breaks), `m` (`^` and `$` match at each line) and
                `U` (swap greedy and lazy).
        """
        return self._compare("=~", "!~", _regex(pattern, flags))

    def is_in(self, *values: Var | str | list[str] | tuple[str, ...] | None) -> Condition:
        """Compare the variable with several values, any of which will do.

        Args:
            values: What `==` takes, or one list or tuple of it.
        """
        first = values[0] if len(values) == 1 else None
        choices: tuple[Any, ...] = tuple(first) if isinstance(first, list | tuple) else values
        if not choices:
            raise _problem(f"${self.name} is compared with no value", "give is_in at least one value")
        return any_of(*(self == choice for choice in choices))

    def _compare(self, operator: str, opposite: str, right: str) -> Condition:
        return Condition(f"${self.name} {operator} {right}", _negation=f"${self.name} {opposite} {right}")


class _Variables:
    """All variables there are, as attributes: `var.CI_COMMIT_TAG`, or `var["CI_COMMIT_TAG"]`."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Var:
        # Python itself asks objects for names with underscores, when it copies or inspects them.
        if name.startswith("_"):
            raise AttributeError(f'{name}; write var["{name}"] for a variable with an underscore in front')
        return Var(name)

    def __getitem__(self, name: str) -> Var:
        return Var(name)

    def __reduce__(self) -> str:
        return "var"

    def __repr__(self) -> str:
        return "var"


var: Final = _Variables()


def any_of(*conditions: Condition | Var) -> Condition:
    """Return the condition that holds where any of these holds, like `a | b | c`."""
    return _join("||", tuple(map(as_condition, conditions)))


def all_of(*conditions: Condition | Var) -> Condition:
    """Return the condition that holds where all of these hold, like `a & b & c`."""
    return _join("&&", tuple(map(as_condition, conditions)))


def as_condition(value: Condition | Var) -> Condition:
    """Return a condition as it is, and for a variable the condition that it is present."""
    if isinstance(value, Condition):
        return value
    if isinstance(value, Var):
        return Condition(str(value))
    raise _no_condition(value)


def _no_condition(value: object) -> KeywordError:
    match value:
        case bool():
            hint = f"{_BRACKETS}; `not`, `in` and `is` are Python's own: write ~, .is_in(...) and == instead"
        case str():
            hint = f"{_BRACKETS}; a text of your own is written Condition('...')"
        case _:
            hint = "compare a variable, as in var.CI_COMMIT_BRANCH == 'main'"
    return _problem(f"A condition is wanted, not {value!r}", hint)


def _join(operator: Operator, conditions: tuple[Condition, ...]) -> Condition:
    if not conditions:
        raise _problem("There is no condition to join", "give at least one condition")
    if len(conditions) == 1:
        return conditions[0]
    parts: list[Condition] = []
    for condition in conditions:
        parts += condition._parts if condition._operator == operator and condition._parts else (condition,)  # noqa: SLF001
    text = f" {operator} ".join(part._operand(operator) for part in parts)  # noqa: SLF001
    return Condition(text, _operator=operator, _parts=tuple(parts))


def _count(text: str) -> None:
    count = sum(1 for _ in re.finditer(_LEXEME, text))
    if count > MAX_TOKENS:
        raise _problem(
            f"The condition has {count} tokens, and GitLab reads {MAX_TOKENS} at most: {text[:60]}…",
            "set a variable in an earlier rule or a workflow rule, match one regular expression, or split the rule",
        )


def _read(text: str) -> Operator | None:
    """Check a text against GitLab's grammar and return the operator that binds it least."""
    if not isinstance(text, str):
        raise _problem(f"{text!r} is not the text of a condition", "write a string")
    if _LONE_VARIABLE.fullmatch(text):
        return None
    operators: set[str] = set()
    position = depth = 0
    complete = False  # whether a value stands before the position
    tokens = re.compile(_LEXEME)
    end = len(text.rstrip(" \t\r\n\f\v"))
    while position < end:
        token = tokens.match(text, position)
        kind = token.lastgroup if token else None
        if token is None or (kind in ("logical", "compare", "close")) is not complete or (kind == "close" and not depth):
            raise _problem(
                f"GitLab cannot read `{text[position:].strip()}` in the condition `{text}`",
                "conditions have $VARIABLES, 'strings', /regular expressions/, null, ==, !=, =~, !~, &&, || and parentheses",
            )
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        if kind == "logical" and not depth:
            operators.add(token["logical"])
        complete = kind in ("value", "boolean", "close")
        position = token.end()
    if depth or not complete:
        raise _problem(f"GitLab cannot read `{text}`, which is not complete", "close each parenthesis, and end with a value")
    _count(text)
    return "||" if "||" in operators else "&&" if operators else None


def _value(value: object) -> str:
    match value:
        case Var():
            return str(value)
        case None:
            return "null"
        case Condition():
            raise _problem(f"A variable is compared with the condition `{value}`", _BRACKETS)
        case bool() | int() | float():
            text = str(value).lower() if isinstance(value, bool) else str(value)
            raise _problem(f"A variable is compared with {value!r}, but GitLab compares text", f'write "{text}"')
        case list() | tuple() | set() | frozenset():
            raise _problem(f"A variable is compared with {value!r}", "use .is_in('a', 'b') to compare with several values")
        case str():
            return _string(value)
        case _:
            raise _problem(f"A variable is compared with {value!r}", "compare with a string, another variable or None")


def _string(text: str) -> str:
    if "\n" in text or "\r" in text:
        raise _problem(f"GitLab's strings have one line, and {text!r} has more", "compare with a variable that holds the text")
    if '"' not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    raise _problem(f"GitLab's strings cannot hold both kinds of quotes: {text}", "compare with a variable that holds the text")


# Regular expressions ----------------------------------------------------------------------------------------------

_FLAGS: Final = "ismU"
_MAX_REPEAT: Final = 1000
_ESCAPE: Final = (
    r"\\(?:[afnrtv\x00-/:-@\[-`{-\x7f]|0[0-7]{0,2}|x[0-9A-Fa-f]{2}|x\{0*(?:10[0-9A-Fa-f]{4}|[0-9A-Fa-f]{1,5})\}"
    r"|(?P<set>[dDsSwW]|[pP](?:[CLMNPSZ]|\{\^?(?:C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?|Yi|[A-Z][a-z][A-Za-z]+(?:_[A-Z][a-z]+)*)\})))"
)
_CLASS_ITEM: Final = (
    r"(?P<posix>\[:\^?(?:alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\])"
    r"|(?!\[:[^\]]*:\])(?:" + _ESCAPE + r"|[^\\])"
)
_PIECE: Final = (
    r"\\Q(?P<quoted>.*?)(?P<end>\\E|\Z)"
    r"|(?P<anchor>\\[AbBzC])"
    r"|(?P<escape>" + _ESCAPE + r")"
    r"|(?P<open>\((?!\?)|\(\?P?<(?P<name>[A-Za-z0-9_]+)>|\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?:)"
    r"|(?P<switch>\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)\))"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<class>\[)"
    r"|(?P<repeat>(?:[*+?]|\{(?P<low>[0-9]+)(?P<comma>,(?P<high>[0-9]*))?\})\??)"
    r"|(?P<character>(?!\{,[0-9]+\})[^\\()*+?])"
)
_UNKNOWN_TO_RE2: Final = (
    (r"\(\?[=!]", "look-ahead", "join two searches with &, or with & ~"),
    (r"\(\?<[=!]", "look-behind", "join two searches with &, or with & ~"),
    (r"\(\?>", "atomic group", "write (?:...)"),
    (r"\(\?\(", "conditional group", "write both cases with |"),
    (r"\(\?#", "comment", "write it as a comment of Python"),
    (r"\(\?P=|\\[1-9]|\\[gk]", "back-reference", "write what is repeated once more"),
    (r"\(\?[a-zA-Z-]*[aLux]", "inline flag", "RE2 has only the flags i, s, m and U"),
    (r"\\Z", "end of text \\Z", r"write \z, or $ without the flag m"),
    (r"\\[uUN]", "character by number or name", r"write \x{20AC}, or the character itself"),
    (r"\\[pP]", "class of characters", r"write a category or a script of Unicode, as in \pL or \p{Greek}"),
    (r"\\\Z", "backslash at the end", r"write \\ for a backslash"),
    (r"\\", "escape", "leave the backslash out, or write two for a backslash"),
    (r"\{,[0-9]+\}", "repetition without a minimum", r"write {0,3}, or \{ for the character"),
    (r"\[:", "named class", "RE2 has [:alnum:], [:alpha:], [:digit:], [:lower:], [:punct:], [:space:], [:upper:] and others"),
    (r"[*+?{]", "repetition of nothing", "write something to repeat in front, or a backslash for the character itself"),
    (r"\(", "group", "write (...), (?:...) or (?P<name>...)"),
)


def _regex(pattern: str, flags: str) -> str:
    if not isinstance(pattern, str):
        raise _problem(f"{pattern!r} is not a regular expression", 'write it as a string, such as r"^v\\d+$"')
    if not isinstance(flags, str) or not set(flags) <= set(_FLAGS):
        meant = {"I": "i", "S": "s", "M": "m", "u": "U"}
        likely = "".join(dict.fromkeys(meant.get(flag, flag) for flag in str(flags) if meant.get(flag, flag) in _FLAGS))
        guess = f'; did you mean "{likely}"?' if isinstance(flags, str) and likely else ""
        raise _problem(f"GitLab does not know the flags {flags!r}", f"flags are any of the letters i, s, m and U{guess}")
    if not pattern:
        raise _problem("The regular expression is empty", 'write .matches("(?:)") to match any text, or test the variable itself')
    if "\n" in pattern or "\r" in pattern:
        raise _problem(f"The regular expression {pattern!r} has a line break", r"write \n, in a raw string")
    body = _RegexChecker(pattern).body()
    # GitLab wants two characters between the slashes, and the last of them must not be a backslash.
    if len(body) < 2 or body.endswith("\\"):
        body = f"(?:{body})"
    return f"/{body}/{flags}"


class _RegexChecker:
    """Reads a regular expression the way RE2 does, and writes it with GitLab's slashes."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0
        self.names: set[str] = set()
        self.pieces = re.compile(_PIECE, re.DOTALL)
        self.items = re.compile(_CLASS_ITEM, re.DOTALL)

    def body(self) -> str:
        """Return the pattern with each slash escaped and each quotation closed."""
        written: list[str] = []
        # How often the counted repetitions repeat the last piece, and the largest such number in each open group.
        factor = 0
        groups = [1]
        repeated = False
        while self.position < len(self.pattern):
            piece = self.pieces.match(self.pattern, self.position)
            if piece is None:
                raise self._unknown(self.position)
            text, kind = piece[0], piece.lastgroup
            again, repeated = repeated, False
            if piece["quoted"] is not None:
                # RE2 would read an open quotation to the end of the group that GitLab puts around the whole.
                text = "\\Q" + piece["quoted"].replace("/", "\\/") + "\\E"
                factor = 1 if piece["quoted"] else factor
            elif kind == "open":
                self._name(piece["name"])
                groups.append(1)
                factor = 0
            elif kind == "close":
                if len(groups) == 1:
                    raise self._refuse("parenthesis that closes nothing", ")", r"write \) for the character")
                factor = groups.pop()
                groups[-1] = max(groups[-1], factor)
            elif kind == "bar":
                factor = 0
            elif kind == "class":
                text = self._class()
                factor = 1
            elif kind == "repeat":
                factor = self._repeat(piece, factor, again=again)
                groups[-1] = max(groups[-1], factor)
                repeated = True
            elif kind != "switch":
                factor = 1
                text = "\\/" if text == "/" else text
            written.append(text)
            self.position = max(self.position, piece.end())
        if len(groups) > 1:
            raise self._refuse("parenthesis that is not closed", "(", r"write \( for the character")
        return "".join(written)

    def _name(self, name: str | None) -> None:
        if name in self.names:
            raise self._refuse("second group of the same name", name or "", "give each group its own name")
        if name:
            self.names.add(name)

    def _repeat(self, piece: re.Match[str], factor: int, *, again: bool) -> int:
        text = piece[0]
        if again:
            name = "possessive quantifier" if text == "+" else "repetition of a repetition"
            raise self._refuse(name, text, "leave it out, or put a group (?:...) around the first")
        if not factor:
            raise self._unknown(self.position, text)
        if piece["low"] is None:
            return factor
        low = int(piece["low"])
        high = int(piece["high"]) if piece["high"] else low
        if high < low:
            raise self._refuse("repetition that ends before it begins", text, "write the smaller number first")
        factor *= max(1, high)
        if factor > _MAX_REPEAT:
            raise self._refuse(f"repetition of more than {_MAX_REPEAT}", text, "write * or +, or smaller numbers")
        return factor

    def _class(self) -> str:
        """Read a class in brackets, of which the position is the first, and return it written."""
        start = self.position
        self.position += 2 if self.pattern.startswith("[^", start) else 1
        first = True
        while first or not self.pattern.startswith("]", self.position):
            first = False
            item = self._class_item(start)
            low = _code(item)
            after = self.pattern[self.position + 1 : self.position + 2]
            if low is not None and self.pattern.startswith("-", self.position) and after not in ("", "]"):
                self.position += 1
                here = self.position
                high = _code(self._class_item(start))
                if high is None or high < low:
                    text = item[0] + "-" + self.pattern[here : self.position]
                    raise self._refuse("range that ends before it begins", text, r"write \- for the character")
        self.position += 1
        return re.sub(r"\\.|/", lambda part: "\\/" if part[0] == "/" else part[0], self.pattern[start : self.position])

    def _class_item(self, start: int) -> re.Match[str]:
        item = self.items.match(self.pattern, self.position)
        if item is None:
            if self.position >= len(self.pattern):
                raise self._refuse("bracket that is not closed", self.pattern[start:], r"write \[ for the character")
            raise self._unknown(self.position)
        self.position = item.end()
        return item

    def _unknown(self, position: int, text: str = "") -> KeywordError:
        found = next(
            (match[0], name, hint)
            for construct, name, hint in _UNKNOWN_TO_RE2
            if (match := re.match(construct, self.pattern[position:]))
        )
        following = self.pattern[position : position + 2] if found[0] == "\\" else found[0]
        return self._refuse(found[1], text or following, found[2])

    def _refuse(self, name: str, text: str, hint: str) -> KeywordError:
        return _problem(f"GitLab's regular expressions (RE2) have no {name} `{text}`, as in /{self.pattern}/", hint)


def _code(item: re.Match[str]) -> int | None:
    """Return the code point of a character in a class; nothing for a set of characters."""
    text = item[0]
    if item["posix"] or item["set"]:
        return None
    if text[0] != "\\":
        return ord(text)
    if text[1] == "x":
        return int(text[2:].strip("{}"), 16)
    if text[1] == "0":
        return int(text[1:], 8)
    return ord(dict(zip("afnrtv", "\a\f\n\r\t\v", strict=True)).get(text[1], text[1]))
