"""Resolve an unquoted scalar as GitLab does if PyYAML agrees; otherwise keep its text unchanged.

GitLab reads with Ruby's Psych. If both parsers read a string, it is one, even if YAML 1.2 defines a number (`1e3`, `08`), because
GitLab never sees that number. If they read different values (`12:30`, `1,000`, `:name`, dates), or a number in base 60, no
Python value would be read back the same, so the text itself is kept.

Source: Psych's `ScalarScanner#tokenize`, PyYAML's `resolver.py` and `constructor.py`.
"""

from __future__ import annotations

import re
from math import inf, nan
from typing import Any

from gitlabgen.yamltext.nodes import Plain
from gitlabgen.yamltext.scalars import number

_CONSTANTS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), nan),
}
# Psych ignores case, and accepts any letter that Unicode folds into one of theirs.
_WORDS = {"null", "yes", "true", "on", "no", "false", "off", ".inf", "+.inf", "-.inf", ".nan"}

# The first characters of everything that is not a string.
_FIRST = frozenset("0123456789+-.:=<~nNyYtToOfF") | {""}
_LONGEST_WORD = max(map(len, _WORDS))

# Python reads no longer integers.
_DIGITS = 4300
_integer = re.compile(r"[-+]?(?:0b_*[01][01_]*|0[0-7_]+|0|[1-9](?:_?[0-9])*|0x_*[0-9a-fA-F][0-9a-fA-F_]*)").fullmatch
_float = re.compile(r"(?:[-+]?[0-9][0-9_]*\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?").fullmatch
_disputed = re.compile(
    r"""
      = | << | :.+
    | [-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?                  # base 60
    | -?[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|\s+)[0-9]{1,2}:.*)?    # dates and times
    | [-+]?0b[01_,]+ | [-+]?0x[0-9a-fA-F_,]+ | [-+]?[0-9][0-9_,]*
    | [-+]?(?:[0-9][0-9_,]*)?\.[0-9_]*(?:[eE][-+][0-9]+)?
    """,
    re.VERBOSE,
).fullmatch
_day = re.compile(r"[0-9]{4}-(?:1[012]|0[0-9]|[0-9])-(?:[12][0-9]|3[01]|0[0-9]|[0-9])").fullmatch
_moment = re.compile(
    r"-?[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|\s+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:\s*(?:Z|[-+][0-9]{1,2}:?(?:[0-9]{2})?))?"
).fullmatch
# Not numbers to either parser: decimal digits that are not octal after a zero, and a single point.
_string = re.compile(r"[-+]?0[0-7_]*[89][0-9_]*|[-+]?\.").fullmatch


def resolve(text: str) -> Any:
    """Return the value of an unquoted, untagged scalar."""
    if text[:1] not in _FIRST:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _integer(text) and len(text) <= _DIGITS:
        return _int(text.replace("_", ""))
    if _float(text):
        return float(text.replace("_", ""))
    disputed = (_disputed(text) and not _string(text)) or (len(text) <= _LONGEST_WORD and text.casefold() in _WORDS)
    return Plain(text) if disputed else text


def is_retyped(text: str, value: Any) -> bool:
    """Return whether a scalar is no longer the same text when GitLab writes its value.

    Args:
        text: The unquoted scalar.
        value: What it is resolved to.
    """
    return value is not None and (value.__class__ is Plain or number(value) != text)


def refused_class(text: str) -> str | None:
    """Return the Ruby class of an unquoted date or time, which GitLab does not load; None for any other scalar.

    Args:
        text: The unquoted scalar.
    """
    return "Date" if _day(text) else "Time" if _moment(text) else None


def resolve_exactly(text: str) -> Any:
    """Return the value of an unquoted scalar with a tag, or the text itself if another text has the same value.

    Tags interpret the text: to CloudFormation `!Sub 1.10` is not `!Sub 1.1`.
    """
    value = resolve(text)
    return value if isinstance(value, str) or number(value) == text else Plain(text)


def _int(text: str) -> int:
    digits = text.lstrip("+-")
    base = {"0b": 2, "0x": 16}.get(digits[:2], 8 if digits[0] == "0" else 10)
    return int(text, base)
