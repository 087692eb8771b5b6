from __future__ import annotations

import math
from typing import Any

import pytest

from gitlabgen.yamltext import Plain
from gitlabgen.yamltext.resolve import refused_class, resolve, resolve_exactly


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(text, None) for text in ("", "~", "null", "Null", "NULL")],
        *[(text, True) for text in ("yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")],
        *[(text, False) for text in ("no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")],
        *[
            ("0", 0),
            ("-0", 0),
            ("7", 7),
            ("+7", 7),
            ("-12", -12),
            ("1_000", 1000),
            ("012", 10),
            ("-012", -10),
            ("0_7", 7),
            ("0_", 0),
        ],
        *[("0x1F", 31), ("-0xf_f", -255), ("0b101", 5), ("+0b1_1", 3), ("123456789012", 123456789012)],
        *[("1.10", 1.1), ("1.", 1.0), (".5", 0.5), ("-0.5", -0.5), ("1_0.5", 10.5), ("1.5e+3", 1500.0), ("1.e-1", 0.1)],
        *[(".inf", math.inf), ("+.INF", math.inf), ("-.Inf", -math.inf), ("1.0e+999", math.inf)],
    ],
)
def test_values_that_both_parsers_agree_on(text: str, value: Any) -> None:
    """A scalar that Psych and PyYAML read as the same value becomes that value."""
    assert (type(resolve(text)), resolve(text)) == (type(value), value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number(text: str) -> None:
    """Both parsers read NaN."""
    assert math.isnan(resolve(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "a",
            "echo a",
            "y",
            "N",
            "08",
            "-09",
            "0_8",
            "1e3",
            "1E+5",
            "0o17",
            "0X1F",
            "0B1",
            "-.",
            ".",
            "1.2.3",
            "a:b",
            "1h",
            "none",
        ),
        *(".e", "e3", "-a", "+", "nan", "inf", "nope!", "no\n\nno", "2012-10", "é", "\u0661"),
    ],
)
def test_strings_for_both_parsers(text: str) -> None:
    """A scalar that both parsers read as a string is a string, even if it is a number in YAML 1.2."""
    assert (type(resolve(text)), resolve(text)) == (str, text)


@pytest.mark.parametrize(
    "text",
    [
        *("12:30", "12:30:45", "-1:30", "1:2:3:4", "1:30.5", "07:00", "00:00"),
        *("2012-10-17", "2012-1-1", "2012-13-45", "2001-12-14 21:59:43.10 -5", "2001-12-15T02:59:43Z"),
        *(":sym", "::", ":a b", "1,000", "1,0.5", "0x1,0", "0b1,1", "1__0", "1000_", "1._5", "+.5", "-.5", ".e+3", "0b_", "0x_"),
        *("tRue", "oN", "nULL", "yEs", ".iNf", "-.iNF", ".nAn", "ye\u017f", "fal\u017fe", "o\ufb00", "=", "<<", "9" * 5000),
    ],
)
def test_ambiguous_scalars_stay_unchanged(text: str) -> None:
    """A scalar is kept if the parsers read it differently, or if one of them refuses it."""
    assert (type(resolve(text)), resolve(text)) == (Plain, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("true", True),
        ("null", None),
        ("1.1", 1.1),
        ("1.10", Plain("1.10")),
        ("yes", Plain("yes")),
        ("", Plain("")),
        ("a", "a"),
    ],
)
def test_values_below_tags_keep_their_text(text: str, value: Any) -> None:
    """Below a tag, a scalar becomes a value only if it is written back as the same text."""
    assert (type(resolve_exactly(text)), resolve_exactly(text)) == (type(value), value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, "Date") for text in ("2026-11-22", "2026-1-2", "2026-02-31", "2026-00-1")),
        *((text, "Time") for text in ("2026-11-22 10:00:00", "2026-11-22T10:00:00Z", "2001-12-14 21:59:43.10 -5")),
        *((text, None) for text in ("2026-13-22", "-2026-11-22", "2026-11-22 10:00", "2026-11", "12:30", "2026")),
    ],
)
def test_dates_that_ruby_refuses(text: str, expected: str | None) -> None:
    """The class of a date or a time is the one that Psych 4.0.3 names when it refuses the scalar."""
    assert refused_class(text) == expected
