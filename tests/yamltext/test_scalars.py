from __future__ import annotations

import math

import pytest

from gitlabgen.yamltext.scalars import flow, key, number, scalar, verbatim


@pytest.mark.parametrize(
    "text",
    [
        "npm install --production",
        "node:6.10",
        "./template-export.yml",
        "../shared",
        ".base",
        ".gitlab-ci.yml",
        "/bin/sh",
        "$S3_BUCKET",
        "_private",
        "aws cloudformation deploy --stack-name demo-$CI_PIPELINE_ID",
        "AWS::Lambda::Function",
        "http://example.com/a?b=c#d",
        'echo "hello, [world]" | tee out',
        "1 week",
        "echo",
        "e",
        "yes and no",
        "Größe über alles",
        "build 🚀",
    ],
)
def test_readable_strings_stay_plain(text: str) -> None:
    """A string that all parsers read unchanged is written without quotes."""
    assert scalar(text, "  ") == text


@pytest.mark.parametrize(
    "text",
    [
        *("", " a", "a ", "a: b", "a:", "a #b", "#a", "- a", "-a", "? a", "*a", "**/*.py", "&a", "!a", "|", ">", "%a", "@a"),
        *("`a`", "[a]", "{a}", ", a", '"a"', "yes", "NO", "oN", "y", "n", "~", "null", "Null", "inf", ".inf", ".NaN"),
        *("1.10", "012345678901", "2012-10-17", "07:00", "1e3", "e3", ".e3", ":sym", "1,000", "0x1F", "08", "=", "<<", "."),
        *("...", "---", "+1", "10 ", "0 2 * * *", "ye\u017f", "o\ufb00"),
    ],
)
def test_ambiguous_strings_are_single_quoted(text: str) -> None:
    """A string that some parser would misread is single-quoted."""
    assert scalar(text, "  ") == f"'{text}'"


def test_single_quotes_are_doubled() -> None:
    """Inside single quotes, a single quote is written twice."""
    assert scalar("'it's'", "  ") == "'''it''s'''"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\tb", r'"a\tb"'),
        ('\0"\\\r', r'"\0\"\\\r"'),
        ("\x1b\x7f\x85\xa0", r'"\x1B\x7F\x85\xA0"'),
        ("\u2028\ufeff\u202e", r'"\u2028\uFEFF\u202E"'),
        ("\U0001fffe", r'"\U0001FFFE"'),
        ("😀\t", '"😀\\t"'),
    ],
)
def test_hidden_characters_are_escaped(text: str, written: str) -> None:
    """Double quotes are used only for characters that must be escaped."""
    assert scalar(text, "  ") == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb", "|-\n  a\n  b"),
        ("a\nb\n", "|\n  a\n  b"),
        ("a\nb\n\n\n", "|+\n  a\n  b\n\n"),
        ("a\n\nb\n", "|\n  a\n\n  b"),
        ("  a\nb\n", "|2\n    a\n  b"),
        ("\n\na", "|2-\n\n\n  a"),
        ("a\n\tb \n", "|\n  a\n  \tb "),
        ("# a\n", "|\n  # a"),
    ],
)
def test_multiline_strings_are_literal_blocks(text: str, written: str) -> None:
    """A multiline string is a literal block with the chomping and indentation indicators that it needs."""
    assert scalar(text, "  ") == written


@pytest.mark.parametrize("text", ["\n", "\n\n", "a\n  \nb", "a\n ", " \na", "   \n", "\ta\nb", "\n\ta", "a\r\nb", "a\x85\n"])
def test_multiline_strings_that_parsers_misread_are_quoted(text: str) -> None:
    """Lines of spaces only, leading tabs and other line breaks are escaped instead of written literally."""
    assert scalar(text, "  ").startswith('"')
    assert "\n" not in scalar(text, "  ")


def test_no_block_without_indentation() -> None:
    """A string at the root is quoted, because a block needs indentation."""
    assert scalar("a\nb", "") == r'"a\nb"'


@pytest.mark.parametrize("text", ["\ud800", "a\udfff\nb"])
def test_lone_surrogates_are_refused(text: str) -> None:
    """A lone surrogate cannot be encoded."""
    with pytest.raises(ValueError, match=r"lone surrogate U\+D"):
        scalar(text, "  ")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("stages", "stages"),
        ("on", "'on'"),
        ("a\nb", r'"a\nb"'),
        ("<<", "!!str '<<'"),
        ("x" * 1000, "x" * 1000),
        ("x" * 1001, "? " + "x" * 1001 + "\n  "),
    ],
)
def test_keys_are_on_one_line(text: str, written: str) -> None:
    """A key is never a block and never a merge key, and a long key has an explicit `?`."""
    assert key(text, "\n  ") == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (".base", ".base"),
        ("script", "script"),
        ("a b", "'a b'"),
        ("a,b", "'a,b'"),
        ("a:b", "'a:b'"),
        ("no", "'no'"),
        ("e3", "'e3'"),
    ],
)
def test_flow_items_are_quoted_more_often(text: str, written: str) -> None:
    """Inside brackets only names and paths stay plain."""
    assert flow(text) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        (1.1, "1.1"),
        (1e16, "1.0e+16"),
        (1.5e-7, "1.5e-07"),
        (-0.0, "-0.0"),
        (math.inf, ".inf"),
        (-math.inf, "-.inf"),
        (math.nan, ".nan"),
    ],
)
def test_numbers_are_read_as_the_same_type(value: float | None, written: str) -> None:
    """Exponents have a point and a sign, because YAML 1.1 requires both."""
    assert number(value) == written


@pytest.mark.parametrize("text", ["12:30", ":sym", "1,000", "yes", "=", "<<", "2012-10-17", "1.10", "-1:30", "é b"])
def test_plain_scalars_can_be_kept(text: str) -> None:
    """A text that is one plain scalar in the grammar can be written verbatim."""
    assert verbatim(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: b",
        "a:",
        "a #b",
        "# a",
        "- a",
        "-",
        "---",
        "...",
        "a\nb",
        "[a]",
        "'a'",
        "!a",
        "&a",
        "*a",
        " a",
        "a ",
        "\u200b",
        "a\0",
    ],
)
def test_other_texts_cannot_be_kept(text: str) -> None:
    """A text that would end the scalar, or be more than one scalar, cannot be written verbatim."""
    assert not verbatim(text)


def test_long_plain_keys_cannot_be_kept() -> None:
    """A plain key must not be longer than parsers search for its colon."""
    assert verbatim(":" + "a" * 999, as_key=True)
    assert not verbatim(":" + "a" * 1000, as_key=True)


@pytest.mark.parametrize(
    ("text", "expected"), [("1.10", True), ("-5", True), ("12:30", False), ("1,000", False), (":a", False), ("-", False)]
)
def test_plain_items_in_brackets(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    """Inside brackets a verbatim scalar must not contain a character that could split it."""
    assert verbatim(text, in_flow=True) is expected
