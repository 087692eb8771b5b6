from __future__ import annotations

import pytest

from gitlabgen.gitlab.expressions import (
    Boolean,
    Comparison,
    ConditionError,
    Expression,
    Input,
    Logical,
    Not,
    Null,
    Pattern,
    Text,
    Variable,
    check_length,
    newer_syntax,
    parse,
    parsed_or_none,
    walk,
)


def written(node: Expression) -> str:
    """Return a condition with parentheses around each operator."""
    match node:
        case Not():
            return f"!{written(node.operand)}"
        case Comparison() | Logical():
            return f"({written(node.left)} {node.operator} {written(node.right)})"
        case _:
            return node.written


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("$A", "$A"),
        ("($A)", "$A"),
        ("$A||$B&&$C", "($A || ($B && $C))"),
        ("$A && $B || $C", "(($A && $B) || $C)"),
        ("$A == $B && $C", "(($A == $B) && $C)"),
        ("$A == $B == $C", "(($A == $B) == $C)"),
        ("$A && $B && $C", "(($A && $B) && $C)"),
        ('!$A == "x"', '(!$A == "x")'),
        ('!($A == "x")', '!($A == "x")'),
        ("!!$A", "!!$A"),
        ("$A && !$B || $C", "(($A && !$B) || $C)"),
        ("($A || $B) && ($C)", "(($A || $B) && $C)"),
        ("\n$A\t=~\n/x y/i ", "($A =~ /x y/i)"),
        (r"$A !~ /a\/b/ && null != 'it'", r"(($A !~ /a\/b/) && (null != 'it'))"),
        ("true && $A == false", "(true && ($A == false))"),
        ("$[[ inputs.x ]] == 'y'", "($[[ inputs.x ]] == 'y')"),
        ("nulltrue", None),
        ("null$A", None),
        ("null==null", "(null == null)"),
    ],
)
def test_trees(text: str, grouped: str | None) -> None:
    """`!` binds tightest, then comparisons, `&&` and `||`, from left to right; parentheses group."""
    tree = parsed_or_none(text)
    assert (tree and written(tree)) == grouped


def test_nodes() -> None:
    """Each kind of value has its own node; nodes are equal if they mean the same, however they are written."""
    assert parse("$1a") == Variable("$1a", "1a")
    assert parse("'a'") == parse('"a"') == Text("", "a")
    assert parse("/ab/i") == Pattern("/ab/i")
    assert parse("null") == Null("")
    assert parse("true") == Boolean("", value=True)
    assert parse("false") == Boolean("", value=False)
    assert parse("$[[inputs.a-b ]]") == Input("", "a-b")
    assert parse("$A=='x'") == parse('(($A)   == "x")') == Comparison("", Variable("", "A"), "==", Text("", "x"))
    assert parse("!$A") == Not("", Variable("", "A"))
    assert parse("$A||$B") == Logical("", Variable("", "A"), "||", Variable("", "B"))


def test_written_texts() -> None:
    """A node has the part of the text that it was read from, with the parentheses of its sides but without its own."""
    tree = parse("  ( ($A) == 'x' ) || !( $B && $C )  ")
    assert [node.written for node in walk(tree)] == [
        "( ($A) == 'x' ) || !( $B && $C )",
        "($A) == 'x'",
        "$A",
        "'x'",
        "!( $B && $C )",
        "$B && $C",
        "$B",
        "$C",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "GitLab cannot read ``, which is not complete"),
        ("  ", "GitLab cannot read `  `, which is not complete"),
        ("$A ==", "GitLab cannot read `$A ==`, which is not complete"),
        ("($A", "GitLab cannot read `($A`, which is not complete"),
        ("!", "GitLab cannot read `!`, which is not complete"),
        ("()", "GitLab cannot read `)` in the condition `()`"),
        ("$A)", "GitLab cannot read `)` in the condition `$A)`"),
        ("$A $B", "GitLab cannot read `$B` in the condition `$A $B`"),
        ("== $A", "GitLab cannot read `== $A` in the condition `== $A`"),
        ("$A && && $B", "GitLab cannot read `&& $B` in the condition `$A && && $B`"),
        ("$A !", "GitLab cannot read `!` in the condition `$A !`"),
        ("${A}", "GitLab cannot read `${A}` in the condition `${A}`; write `$A`"),
        ("$A == 1", "GitLab cannot read `1` in the condition `$A == 1`"),
        ("$A < 'b'", "GitLab cannot read `< 'b'` in the condition `$A < 'b'`"),
        ('$A == "a\nb"', 'GitLab cannot read `"a\nb"` in the condition `$A == "a\nb"`'),
        ("$A =~ /a/", "GitLab cannot read `/a/` in the condition `$A =~ /a/`"),
        ("$A =~ /ab/x", 'GitLab cannot read `x` in the condition `$A =~ /ab/x`; write `"x"`'),
        ("$A =~ /a\nb/", "The regular expression '/a\\nb/' has a line break"),
        ("truely", 'GitLab cannot read `truely` in the condition `truely`; write `"truely"`'),
    ],
)
def test_problems(text: str, problem: str) -> None:
    """What GitLab cannot read is an error that shows the place, with a hint."""
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.message == problem
    assert caught.value.hint
    assert parsed_or_none(text) is None


def test_patterns_of_re2() -> None:
    """A pattern that RE2 rejects makes the condition invalid."""
    with pytest.raises(ConditionError, match="look"):
        parse("$A =~ /a(?=b)/")
    assert parsed_or_none(r"$A =~ /^v\d+\.\d+$/") is not None


def test_the_number_of_tokens() -> None:
    """GitLab reads 99 tokens, and not one more."""
    most = " && ".join(["$A"] * 50)
    assert parsed_or_none(most) is not None
    check_length(most)
    for too_long in (f"({most})", f"!{most}"):
        assert parsed_or_none(too_long) is None
        with pytest.raises(ConditionError, match="GitLab reads at most 99"):
            check_length(too_long)


def test_deep_parentheses() -> None:
    """Nesting as deep as the number of tokens allows is read."""
    assert parse("(" * 49 + "$A" + ")" * 49) == Variable("", "A")


def test_newer_syntax() -> None:
    """Parts that older versions cannot read are named with their version, each once; texts that are no conditions have none."""
    assert newer_syntax("!$A && !$B == true") == {
        "`!` in a condition": (18, 11),
        "`true` or `false` in a condition": (18, 11),
    }
    assert newer_syntax("$A != 'true'") == {}
    assert newer_syntax("!") == {}
    assert newer_syntax(None) == {}
