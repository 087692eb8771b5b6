from __future__ import annotations

import copy
import inspect
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gitlabgen import Rule
from gitlabgen.errors import KeywordError, collecting
from gitlabgen.gitlab.conditions import Condition, Var, all_of, any_of, as_condition, var
from gitlabgen.modeling.callsites import display_path
from tests.gitlab import condition_oracle as oracle


def holds(condition: Condition | Var, variables: dict[str, str]) -> bool:
    """Return whether the rule applies according to the oracle."""
    return bool(oracle.holds(as_condition(condition).text, variables))


def problem(call: Callable[[], object]) -> tuple[str, str]:
    """Return the message and the hint of the error that the call raises."""
    with pytest.raises(KeywordError) as caught:
        call()
    (finding,) = caught.value.findings
    assert finding.rule == "invalid-condition"
    assert finding.url == "https://docs.gitlab.com/ci/jobs/job_rules/"
    assert finding.hint
    return finding.message, finding.hint


# Random conditions ------------------------------------------------------------------------------------------------

Meaning = Callable[[dict[str, str]], bool]
Sample = tuple[Condition | Var, Meaning]

NAMES = ["A", "B", "C"]
TEXTS = ["", " ", "\t\n ", "a", "b", "main", "v1", "a/b", 'say "x"', "it's", "\\", "null", "0", "false", "$B", "/a/"]
WRITABLE = [text for text in TEXTS if "\n" not in text]
PATTERNS = ["a", r"\S", r"^v\d", "a/b", r"a\/b", "x|b", r"\\", "(?:a|)", "[/]", r"\s", "'\"", "/", r"\\/"]

assignments = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(TEXTS))
names = st.sampled_from(NAMES)


def _present(name: str) -> Sample:
    return var[name], lambda values: bool(values.get(name, "").strip())


def _equal(name: str, other: str | None) -> Sample:
    return var[name] == other, lambda values: values.get(name) == other


def _unequal(name: str, other: str | None) -> Sample:
    return var[name] != other, lambda values: values.get(name) != other


def _same(name: str, other: str) -> Sample:
    return var[name] == var[other], lambda values: values.get(name) == values.get(other)


def _matches(name: str, pattern: str, flags: str) -> Sample:
    found = re.compile(f"(?{flags})" * bool(flags) + pattern, re.ASCII)
    return var[name].matches(pattern, flags), lambda values: found.search(values.get(name, "")) is not None


def _within(name: str, choices: list[str]) -> Sample:
    return var[name].is_in(*choices), lambda values: values.get(name) in choices


def _negated(sample: Sample) -> Sample:
    condition, meaning = sample
    return ~condition, lambda values: not meaning(values)


def _both(left: Sample, right: Sample) -> Sample:
    return left[0] & right[0], lambda values: left[1](values) and right[1](values)


def _either(left: Sample, right: Sample) -> Sample:
    return left[0] | right[0], lambda values: left[1](values) or right[1](values)


def _every(samples: list[Sample]) -> Sample:
    return all_of(*(sample[0] for sample in samples)), lambda values: all(sample[1](values) for sample in samples)


def _some(samples: list[Sample]) -> Sample:
    return any_of(*(sample[0] for sample in samples)), lambda values: any(sample[1](values) for sample in samples)


operands = st.sampled_from(WRITABLE) | st.none()
leaves = st.one_of(
    st.builds(_present, names),
    st.builds(_equal, names, operands),
    st.builds(_unequal, names, operands),
    st.builds(_same, names, names),
    st.builds(_matches, names, st.sampled_from(PATTERNS), st.sampled_from(["", "i", "sm"])),
    st.builds(_within, names, st.lists(st.sampled_from(WRITABLE), min_size=1, max_size=3)),
)


def _branches(children: st.SearchStrategy[Sample]) -> st.SearchStrategy[Sample]:
    several = st.lists(children, min_size=1, max_size=3)
    return st.one_of(
        st.builds(_negated, children),
        st.builds(_both, children, children),
        st.builds(_either, children, children),
        st.builds(_every, several),
        st.builds(_some, several),
    )


samples = st.recursive(leaves, _branches, max_leaves=6)


@given(samples, assignments)
def test_the_text_means_the_same_as_the_python_expression(sample: Sample, values: dict[str, str]) -> None:
    """GitLab evaluates the text to the value of the Python expression."""
    condition, meaning = sample

    assert holds(condition, values) is meaning(values)


@given(samples, assignments)
def test_negation_is_exact(sample: Sample, values: dict[str, str]) -> None:
    """A negation is true exactly when the condition is false, and a double negation changes nothing."""
    condition = as_condition(sample[0])

    assert holds(~condition, values) is not holds(condition, values)
    assert ~~condition == condition
    assert ~~~condition == ~condition


@given(samples, samples)
def test_de_morgan(left: Sample, right: Sample) -> None:
    """The negation of a conjunction is the disjunction of the negations, and vice versa."""
    a, b = left[0], right[0]

    assert ~(a & b) == ~a | ~b
    assert ~(a | b) == ~a & ~b


@given(samples, samples, samples)
def test_associative(first: Sample, second: Sample, third: Sample) -> None:
    """Grouping of equal operators does not change the text, and `all_of` and `any_of` give the same text."""
    a, b, c = first[0], second[0], third[0]
    assume(sum(len(oracle.tokens(as_condition(sample).text)) for sample in (a, b, c)) < 60)

    assert (a & b) & c == a & (b & c) == all_of(a, b, c)
    assert (a | b) | c == a | (b | c) == any_of(a, b, c)


@given(samples)
def test_the_text_uses_the_old_grammar(sample: Sample) -> None:
    """The text works in old versions of GitLab, and has no redundant parentheses."""
    condition = as_condition(sample[0])
    kinds = [kind for kind, _ in oracle.tokens(condition.text)]

    assert not {"not", "boolean", "input"} & set(kinds)
    assert condition.minimum_gitlab is None
    assert Condition(condition.text) == condition
    opened: list[int] = []
    pairs: set[tuple[int, int]] = set()
    for index, kind in enumerate(kinds):
        if kind == "(":
            opened.append(index)
        elif kind == ")":
            pairs.add((opened.pop(), index))
    assert (0, len(kinds) - 1) not in pairs
    assert not {(start + 1, end - 1) for start, end in pairs} & pairs


@given(samples, assignments)
def test_a_given_text_is_negated_exactly(sample: Sample, values: dict[str, str]) -> None:
    """The negation of a text given by the user is true exactly when the text is false."""
    condition = Condition(as_condition(sample[0]).text)

    assert holds(~condition, values) is not holds(condition, values)
    assert ~~condition == condition


# Rendered text ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (var.A == "x", '$A == "x"'),
        (var.A != "x", '$A != "x"'),
        ("x" == var.A, '$A == "x"'),  # noqa: SIM300
        (var.A == 'say "x"', "$A == 'say \"x\"'"),
        (var.A == "it's", '$A == "it\'s"'),
        (var.A == "", '$A == ""'),
        (var.A == var.B, "$A == $B"),
        (var.A == None, "$A == null"),  # noqa: E711
        (var.A != None, "$A != null"),  # noqa: E711
        (var["1st"] == "x", '$1st == "x"'),
        (var["_A"] == "x", '$_A == "x"'),
        (var.A.matches("^v"), "$A =~ /^v/"),
        (~var.A.matches("ab", "i"), "$A !~ /ab/i"),
        (var.A.is_in("x"), '$A == "x"'),
        (var.A.is_in("x", None, var.B), '$A == "x" || $A == null || $A == $B'),
        (var.A.is_in(["x", "y"]), '$A == "x" || $A == "y"'),
        (var.A.is_in(("x", "y")), '$A == "x" || $A == "y"'),
        (~var.A.is_in("x", "y"), '$A != "x" && $A != "y"'),
        (var.A.is_in("x", "y") & var.B.matches("ab"), '($A == "x" || $A == "y") && $B =~ /ab/'),
        (any_of(var.A), "$A"),
        (all_of(var.A), "$A"),
        (~var.A, r"$A !~ /\S/"),
        (~~var.A, "$A"),
        (var.A & var.B, r"$A =~ /\S/ && $B =~ /\S/"),
        (var.A | var.B, r"$A =~ /\S/ || $B =~ /\S/"),
        (~(var.A & var.B), r"$A !~ /\S/ || $B !~ /\S/"),
        (~~(var.A & var.B), r"$A =~ /\S/ && $B =~ /\S/"),
        ((var.A == "x") & var.B, r'$A == "x" && $B =~ /\S/'),
        ((var.A == "x") | var.B, r'$A == "x" || $B =~ /\S/'),
        (var.B & (var.A == "x"), r'$B =~ /\S/ && $A == "x"'),
        (var.B | (var.A == "x"), r'$B =~ /\S/ || $A == "x"'),
        ((var.A == "x") & ((var.B == "y") | (var.C == "z")), '$A == "x" && ($B == "y" || $C == "z")'),
        ((var.A == "x") | ((var.B == "y") & (var.C == "z")), '$A == "x" || ($B == "y" && $C == "z")'),
        ((var.A == "x") & (var.B == "y") & (var.C == "z"), '$A == "x" && $B == "y" && $C == "z"'),
        (Condition("$A") & var.B, r"$A =~ /\S/ && $B =~ /\S/"),
        (~Condition("$A"), r"$A !~ /\S/"),
        (Condition("$A =~ $B"), "$A =~ $B"),
        (~Condition("$A =~ $B"), "!($A =~ $B)"),
        (~~Condition("$A =~ $B"), "$A =~ $B"),
        (Condition("$A =~ $B") & (var.C == "x"), '$A =~ $B && $C == "x"'),
        (Condition('$A == "x" || $B') & (var.C == "x"), '($A == "x" || $B) && $C == "x"'),
        (Condition('$A == "x" && $B || $D') & (var.C == "x"), '($A == "x" && $B || $D) && $C == "x"'),
        (Condition('($A || $B) && "x"') | (var.C == "x"), '(($A || $B) && "x") || $C == "x"'),
        (~(Condition("$A || $B") | (var.C == "x")), '!($A || $B) && $C != "x"'),
        (~~(Condition("$A || $B") | (var.C == "x")), '$A || $B || $C == "x"'),
    ],
)
def test_rendered_text(condition: Condition, text: str) -> None:
    """Each expression has exactly one text, with parentheses only around nested groups."""
    assert str(condition) == condition.text == text
    assert oracle.holds(condition.text, {}) in (True, False)


@pytest.mark.parametrize(
    ("pattern", "body"),
    [
        ("a/b", r"a\/b"),
        (r"a\/b", r"a\/b"),
        (r"a\\/b", r"a\\\/b"),
        (r"a\\\/b", r"a\\\/b"),
        ("[a/b]", r"[a\/b]"),
        (r"[\/]", r"[\/]"),
        ("/", r"\/"),
        ("x", "(?:x)"),
        (r"x\\", r"(?:x\\)"),
        (r"\Qa/b\E", r"\Qa\/b\E"),
        (r"\Qa\/b", r"\Qa\\/b\E"),
        (r"\Q\E", r"\Q\E"),
        (r"(?P<n>a)(?<m>b)", r"(?P<n>a)(?<m>b)"),
        (r"\Aa\z", r"\Aa\z"),
        (r"\pL\p{Greek}\P{^Lu}", r"\pL\p{Greek}\P{^Lu}"),
        ("[[:alpha:]]", "[[:alpha:]]"),
        ("[^]a-c-]", "[^]a-c-]"),
        (r"[\d-z]", r"[\d-z]"),
        (r"[\x41-\x{5a}\01-\07\t-\r\.-a]", r"[\x41-\x{5a}\01-\07\t-\r\.-a]"),
        ("(?i)a(?s-m:b)", "(?i)a(?s-m:b)"),
        ("a{2}b{2,}c{2,3}?d*?", "a{2}b{2,}c{2,3}?d*?"),
        ("(?:a{10}){100}", "(?:a{10}){100}"),
        ("a|b||(c)", "a|b||(c)"),
        ("a{,b", "a{,b"),
        ("a{,3}", "a{,3}"),
        ("(?P<n>a)(?P<n>b)", "(?P<n>a)(?P<n>b)"),
        ("é☃", "é☃"),
    ],
)
def test_regular_expressions(pattern: str, body: str) -> None:
    """A pattern becomes one token, from which GitLab reads the same pattern."""
    condition = var.A.matches(pattern, "i")

    assert condition.text == f"$A =~ /{body}/i"
    assert [kind for kind, _ in oracle.tokens(condition.text)] == ["variable", "compare", "regex"]
    assert ((var.B == "x") & condition & var.A.matches("/")).text.count("=~") == 2


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("a(?=b)", "look-ahead `(?=`"),
        ("a(?!b)", "look-ahead `(?!`"),
        ("(?<=a)b", "look-behind `(?<=`"),
        ("(?<!a)b", "look-behind `(?<!`"),
        ("(?>a)", "atomic group `(?>`"),
        ("(a)(?(1)b|c)", "conditional group `(?(`"),
        ("(?#a)b", "comment `(?#`"),
        (r"(a)\1", r"back-reference `\1`"),
        (r"(?P<n>a)(?P=n)", "back-reference `(?P`"),
        ("(?x)a", "inline flag `(?x`"),
        ("(?ia)a", "inline flag `(?ia`"),
        (r"a\Z", r"end of text \Z `\Z`"),
        (r"\u0041", r"character by number or name `\u`"),
        (r"\N{DIGIT ONE}", r"character by number or name `\N`"),
        (r"\p{greek}", r"character class `\p{greek}`"),
        (r"\p{L_a}", r"character class `\p{L_a}`"),
        (r"\x{", r"escape `\x{`"),
        ("a\\", "backslash at the end `\\`"),
        (r"\eab", r"escape `\e`"),
        (r"[\b]", r"escape `\b`"),
        (r"[\z]", r"escape `\z`"),
        ("[[:foo:]]", "named class `[:foo:]`"),
        ("*a", "repetition of nothing `*`"),
        ("a|+", "repetition of nothing `+`"),
        ("({2})", "repetition of nothing `{2}`"),
        ("(?P<n", "name of a group `(?P<n`"),
        ("(?P<a-b>a)", "name of a group `(?P<a-b>`"),
        ("(?", "group `(?`"),
        ("a++", "possessive quantifier `++`"),
        ("a{2}+", "possessive quantifier `{2}+`"),
        ("a**", "repetition of a repetition `**`"),
        ("a{3,2}", "repetition with a maximum below its minimum `{3,2}`"),
        ("a{1001}", "repetition of more than 1000 `{1001}`"),
        ("(a{100}){11}", "repetition of more than 1000 `{11}`"),
        ("a)", "unmatched parenthesis `)`"),
        ("(a", "unclosed parenthesis `(`"),
        ("[a", "unclosed bracket `[a`"),
        ("[", "unclosed bracket `[`"),
        ("[z-a]", "range with an end before its start `z-a`"),
        (r"[a-\d]", r"class at the end of a range `\d`"),
    ],
)
def test_regular_expressions_that_re2_refuses(pattern: str, name: str) -> None:
    """Syntax that RE2 does not support is refused by name."""
    message, _ = problem(lambda: var.A.matches(pattern))

    assert f"(RE2) do not allow the {name}" in message
    assert message.endswith(f"/{pattern}/")


def test_programs_that_are_too_large() -> None:
    """A pattern that is too large for RE2 is refused with RE2's words, and the message is short."""
    message, _ = problem(lambda: var.A.matches(r"\pL{1000}", "i"))
    assert message == r"GitLab's regular expressions (RE2) do not allow /\pL{1000}/: pattern too large - compile failed"
    assert len(problem(lambda: var.A.matches(r"\pL" * 10_000))[0]) < 300


def test_the_place_of_a_mistake() -> None:
    """A message says where in the pattern the mistake is, whatever the flags are."""
    assert (
        "`*` at character 3 (no argument for repetition operator), as in /a|*/" in problem(lambda: var.A.matches("a|*", "im"))[0]
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$A =~ /(?=b)/", "do not allow the look-ahead `(?=` at character 1"),
        (r"$A =~ /a\/(/ && $B", r"do not allow the unclosed parenthesis `(` at character 3 (missing )), as in /a/(/"),
        ("$A =~ /ab\ncd/", "has a line break"),
        ("$A =~ /ab/x", "GitLab cannot read `x`"),
    ],
)
def test_regular_expressions_in_a_text(text: str, message: str) -> None:
    """A regular expression in a custom text is checked, too."""
    assert message in problem(lambda: Condition(text))[0]


@pytest.mark.parametrize(
    ("text", "correction"),
    [
        ("${A} == 'b'", "`$A`"),
        ("$A && ${B}", "`$B`"),
        ("$A = 'b'", "`==`"),
        ("$A ~= /b/", "`=~`"),
        ("$A & $B", "`&&`"),
        ("$A and $B", "`&&`"),
        ("$A | $B", "`||`"),
        ("$A or $B", "`||`"),
        ("not $A", "`!`"),
        ("$A == main", '`"main"`'),
        ("($A == release/1.x) && $B", '`"release/1.x"`'),
    ],
)
def test_frequent_mistakes(text: str, correction: str) -> None:
    """The message about a frequent mistake says what to write."""
    assert problem(lambda: Condition(text))[0].endswith(f"; write {correction}")


@pytest.mark.parametrize("text", ["$A == main branch", "$A %", "$A == 'b' 'c'", "${A"])
def test_other_mistakes(text: str) -> None:
    """Of other mistakes it is not known what was meant."""
    assert problem(lambda: Condition(text))[0].endswith(f"in the condition `{text}`")


def test_regular_expressions_with_inputs() -> None:
    """A regular expression with an input is not known yet."""
    assert Condition("$A =~ /($[[ inputs.x ]]/").text == "$A =~ /($[[ inputs.x ]]/"


@pytest.mark.parametrize(
    ("flags", "hint"),
    [
        ("I", "did you mean `i`?"),
        ("iMS", "did you mean `ims`?"),
        ("u", "did you mean `U`?"),
        ("x", "flags are any of the letters i, s, m and U"),
        (re.IGNORECASE, "flags are any of the letters i, s, m and U"),
    ],
)
def test_unknown_flags(flags: Any, hint: str) -> None:
    """Flags that GitLab does not support are refused, with a suggestion."""
    assert problem(lambda: var.A.matches("ab", flags))[1].endswith(hint)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("", "empty"), ("a\nb", "line break"), ("a\rb", "line break"), (re.compile("a"), "not a regular expression")],
)
def test_invalid_patterns(pattern: Any, message: str) -> None:
    """A pattern must be a non-empty string of one line."""
    assert message in problem(lambda: var.A.matches(pattern))[0]


# Mistakes ---------------------------------------------------------------------------------------------------------

BRACKETS = "put parentheses around each comparison"


@pytest.mark.parametrize(
    ("mistake", "hint"),
    [
        ('var.A == "x" & var.B', BRACKETS),
        ('var.A == "x" | var.B', BRACKETS),
        ('var.A == "x" & var.B == "y"', BRACKETS),
        ('var.A == "x" | var.B == "y"', BRACKETS),
        ('var.A != "x" | var.B != "y"', BRACKETS),
        ('var.A & var.B == "x"', BRACKETS),
        ('var.A | var.B != "x"', BRACKETS),
        ('(var.A == "x") & var.B == "y"', BRACKETS),
        ('(var.A == "x") | "y"', BRACKETS),
        ('"y" | (var.A == "x")', BRACKETS),
        ('"y" & (var.A == "x")', BRACKETS),
        ("(var.A == var.B) & True", BRACKETS),
        ("True & var.A", BRACKETS),
        ("var.A | False", BRACKETS),
        ("var.A | 1", "compare a variable"),
        ("var.A & var.B == var.C", BRACKETS),
        ('var.A == var.B & var.C == "x"', BRACKETS),
        ("var.A == var.B & var.C", BRACKETS),
        ("var.A == var.B | var.C", BRACKETS),
        ('var.A == (var.B == "x")', BRACKETS),
        ('(var.A == "x") == True', BRACKETS),
        ('(var.A == "x") != False', BRACKETS),
        ('var.A == var.B == "x"', BRACKETS),
        ("var.A == var.B != var.C", BRACKETS),
        ('~var.A == "x"', BRACKETS),
        ('~var.A & var.B == "x"', BRACKETS),
        ("not var.A", "&, | and ~ instead of and, or and not"),
        ('not var.A == "x"', "&, | and ~ instead of and, or and not"),
        ('var.A == "x" and var.B == "y"', "&, | and ~ instead of and, or and not"),
        ("var.A or var.B", "&, | and ~ instead of and, or and not"),
        ('var.A == "x" or "y"', "&, | and ~ instead of and, or and not"),
        ('var.A if var.B == "x" else var.C', "&, | and ~ instead of and, or and not"),
        ('var.A in ["x", "y"]', "use .is_in(...) instead of in"),
        ('var.A not in ("x", "y")', "use .is_in(...) instead of in"),
        ("as_condition(var.A in [])", ".is_in(...)"),
        ("as_condition(var.A is None)", ".is_in(...)"),
        ('as_condition(var.A == ["x", "y"])', ".is_in('a', 'b')"),
        ('var.A != {"x"}', ".is_in('a', 'b')"),
        ("var.A == True", 'write `"true"`'),
        ("var.A == False", 'write `"false"`'),
        ("var.A == 1", 'write `"1"`'),
        ("var.A != 1.5", 'write `"1.5"`'),
        ("1 == var.A", 'write `"1"`'),
        ("var.A == b'x'", "compare with a string, another variable or None"),
        ("var.A == 'a\\nb'", "a variable that holds the text"),
        ("var.A == '\\r'", "a variable that holds the text"),
        ("var.A == '''\"'x'\"'''", "a variable that holds the text"),
        ("var.A.is_in()", "at least one value"),
        ("var.A.is_in([])", "at least one value"),
        ("var.A.is_in(['x'], ['y'])", ".is_in('a', 'b')"),
        ("any_of()", "at least one condition"),
        ("all_of()", "at least one condition"),
        ('any_of([var.A == "x"])', "compare a variable"),
        ('all_of("$A")', "Condition('...')"),
        ("var['my-var']", "letters from A to Z"),
        ("var['$A']", "letters from A to Z"),
        ("var['']", "letters from A to Z"),
        ("var['A\\n']", "letters from A to Z"),
        ("var[0]", "letters from A to Z"),
        ("var.Ü", "letters from A to Z"),
        ("Condition('')", "end with a value"),
        ("Condition('  ')", "end with a value"),
        ("Condition('$A ==')", "end with a value"),
        ("Condition('($A')", "close each parenthesis"),
        ("Condition('$A)')", "parentheses"),
        ("Condition('$A = \"x\"')", "=="),
        ("Condition('$A $B')", "=="),
        ("Condition('== $A')", "=="),
        ("Condition('${A} == 1')", "$VARIABLES"),
        ("Condition('$A == 1')", "'strings'"),
        ("Condition('$A !$B')", "=="),
        ("Condition(1)", "write a string"),
    ],
)
def test_mistakes(mistake: str, hint: str) -> None:
    """Each mistake raises an error with a hint, and never gives a condition."""
    names = {"var": var, "any_of": any_of, "all_of": all_of, "as_condition": as_condition, "Condition": Condition}

    assert hint in problem(lambda: eval(mistake, names))[1]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('~var.A.matches("xy")', "$A !~ /xy/"),
        ("~var.A & ~var.B", r"$A !~ /\S/ && $B !~ /\S/"),
        ('var.A.matches("xy") & var.B.is_in("x") | ~var.C', r'($A =~ /xy/ && $B == "x") || $C !~ /\S/'),
        ('var.A | var.B.matches("xy") & var.C.matches("zz")', r"$A =~ /\S/ || ($B =~ /xy/ && $C =~ /zz/)"),
        ("var.A == '$B'", '$A == "$B"'),
    ],
)
def test_expressions_that_need_no_parentheses(expression: str, text: str) -> None:
    """Python's precedence of `~`, `&` and `|` applies in the text too, and strings are not expanded."""
    assert str(eval(expression, {"var": var})) == text


@pytest.mark.parametrize("operation", ["var.A < 'x'", "var.A ^ var.B", "-var.A", "'x' in var.A", "var.A['x']", "var.A.B"])
def test_other_operators_do_not_exist(operation: str) -> None:
    """Operators that GitLab's language lacks raise Python's usual errors."""
    with pytest.raises((TypeError, AttributeError)):
        eval(operation, {"var": var})


# Limits, locations, versions --------------------------------------------------------------------------------------


def test_ninety_nine_tokens_are_the_limit() -> None:
    """GitLab accepts 99 tokens, and the message about more tokens has their number."""
    most = any_of(*(var.A.matches(f"a{number}") for number in range(25)))

    assert len(oracle.tokens(most.text)) == 99
    with pytest.raises(oracle.InvalidExpressionError):
        oracle.tokens(f"{most.text} || $B")
    assert "has 103 tokens, and GitLab reads at most 99" in problem(lambda: most | var.B)[0]
    assert "has 101 tokens" in problem(lambda: Condition(f"{most.text} || $B"))[0]
    assert "has 102 tokens" in problem(lambda: ~Condition(most.text))[0]


def test_a_long_condition_is_shown_by_its_beginning() -> None:
    """The message about too many tokens shows 60 characters."""
    text = " || ".join(f"$V{number:02}" for number in range(60))
    message, _ = problem(lambda: Condition(text))
    assert message == f"The condition has 119 tokens, and GitLab reads at most 99: {text[:60]}…"


@pytest.mark.parametrize("text", ["$A == 'a' || $B == 'b'", "$A == 'a' && $B == 'b'", "!$A || $B == 'b'", "$A", "$A != 'a'"])
def test_a_double_negation(text: str) -> None:
    """A custom text that is negated twice is combined with others like the original."""
    once, twice = Condition(text), ~~Condition(text)
    other = var.C == "c"

    assert twice == once
    for combined, expected in (
        (twice & other, once & other),
        (other & twice, other & once),
        (twice | other, once | other),
        (~(twice & other), ~(once & other)),
    ):
        assert combined == expected


def test_the_error_names_the_line_of_the_user() -> None:
    """The location of an error is the first line outside the package."""
    frame = inspect.currentframe()
    assert frame is not None
    with pytest.raises(KeywordError) as caught:
        Condition("$A =")
    here = frame.f_lineno - 1

    assert (caught.value.findings[0].file, caught.value.findings[0].line) == (display_path(__file__), here)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("!$A", (18, 11)),
        ("$A == true", (18, 11)),
        ('$A != "!"', None),
        ("$A !~ /true/", None),
        ('$A == "$[[ inputs.a ]]" || $[[ inputs.b ]]', None),
    ],
)
def test_minimum_gitlab(text: str, version: tuple[int, int] | None) -> None:
    """Only syntax of newer GitLab versions sets a minimum version."""
    assert Condition(text).minimum_gitlab == version


# Objects ----------------------------------------------------------------------------------------------------------


def test_conditions_are_values() -> None:
    """Conditions compare by text, can be dictionary keys, copied and pickled, and are immutable."""
    built, written = var.A == "x", Condition('$A == "x"')

    assert built == written
    assert not (built != written)  # noqa: SIM202
    assert built != (var.A == "y")
    assert built is not None
    assert (built == None) is False  # noqa: E711
    assert {built: 1}[written] == 1
    assert repr(built) == "Condition(text='$A == \"x\"')"
    assert ~pickle.loads(pickle.dumps(built & var.B)) == ~(built & var.B)
    assert ~copy.deepcopy(built) == ~copy.copy(built) == (var.A != "x")
    with pytest.raises(AttributeError):
        built.text = "$B"  # type: ignore[misc]


def test_variables_are_the_same_object() -> None:
    """Each way to write a variable gives the same object, so it can be a dictionary key and be copied."""
    assert var.A is var["A"]
    assert Var("A") is var.A
    assert {var.A: 1, var.B: 2}[var["B"]] == 2
    assert copy.copy(var.A) is copy.deepcopy(var.A) is pickle.loads(pickle.dumps(var.A)) is var.A
    assert str(var.A) == f"{var.A}" == "$A"
    assert repr(var.A) == "Var('A')"
    assert var.A.name == "A"


def test_var_supports_the_python_protocols() -> None:
    """Private and special names are not variables, so `var` can be copied, pickled and inspected."""
    assert copy.copy(var) is copy.deepcopy(var) is pickle.loads(pickle.dumps(var)) is var
    assert repr(var) == "var"
    assert not hasattr(var, "__wrapped__")
    assert not inspect.isroutine(var)
    with pytest.raises(AttributeError, match=re.escape('write var["_A"]')):
        _ = var._A


def test_the_import_loads_no_slow_modules() -> None:
    """Importing the module loads no slow libraries."""
    code = "import sys, attrs; before = set(sys.modules); import gitlabgen.gitlab.conditions; print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert not {"yaml", "jinja2", "click", "pathlib", "subprocess", "troposphere", "json"} & set(loaded)


def test_all_mistakes_of_a_definition_are_collected() -> None:
    """While problems are collected, each mistake is reported once, and evaluation continues."""
    mistakes: list[Callable[[], object]] = [
        lambda: var.A == ("x" & var.B),  # type: ignore[operator]
        lambda: any_of(var.A, var.B.matches("(?=x)")) & ~var.C.matches("("),
        lambda: all_of(),
        lambda: var.A.is_in(),
        lambda: not var.A,
        lambda: (var.A == "x") == "y",
        lambda: Condition("$A =~"),
        lambda: var["$A"] == "x",
    ]
    with collecting() as findings:
        results = [mistake() for mistake in mistakes]

    assert [finding.rule for finding in findings] == ["invalid-condition"] * 9
    assert all(isinstance(result, Condition | bool) for result in results)
    with collecting() as findings:
        assert not (var.A == 1)  # noqa: SIM201
    assert len(findings) == 1
    with collecting() as findings:
        assert bool(var.A) is bool(var.A == "x") is False
    assert len(findings) == 2


def test_a_boolean_is_not_a_condition() -> None:
    """A result of Python's own operators is refused, with the operators to write instead."""
    with pytest.raises(KeywordError, match=r"write \.is_in\(…\), == and ~"):
        Rule(var.A is None)  # type: ignore[arg-type]
