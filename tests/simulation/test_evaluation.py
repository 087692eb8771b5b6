from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen import var
from gitlabgen.errors import ArgumentError, GitlabgenError
from gitlabgen.gitlab.expressions import parse
from gitlabgen.simulation import ExpressionError, Unknown, evaluate
from gitlabgen.simulation.evaluation import verdict
from tests.gitlab import condition_oracle as oracle

VARIABLES: Mapping[str, str | None] = {
    "A": "a",
    "EMPTY": "",
    "BLANK": " \n\u00a0",
    "NULL": None,
    "TRUE": "true",
    "FALSE": "false",
    "ZERO": "0",
    "BRANCH": "feature/x",
    "MESSAGE": "fix\n",
    "PATTERN": "/^feature/",
    "LETTER": "/a/",
    "INVALID": "/(/",
    "NESTED": "$A",
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        # Presence.
        ("$A", True),
        ("$EMPTY", False),
        ("$BLANK", False),
        ("$UNDEFINED", False),
        ("$NULL", False),
        ("$FALSE", True),
        ("$ZERO", True),
        ('"text"', True),
        ('""', False),
        ('" "', False),
        ("null", False),
        ("true", True),
        ("false", False),
        ("/ab/", True),
        # Comparisons.
        ('$A == "a"', True),
        ('$A == "A"', False),
        ("'a' == $A", True),
        ("$NESTED == '$A'", True),
        ("$NESTED == $A", False),
        ('$EMPTY == ""', True),
        ("$EMPTY == null", False),
        ("$UNDEFINED == null", True),
        ('$UNDEFINED == ""', False),
        ("$UNDEFINED != null", False),
        ("$UNDEFINED == $NULL", True),
        ("$TRUE == true", True),
        ("true == $TRUE", True),
        ("$A == true", False),
        ("$FALSE == false", True),
        ("$UNDEFINED == false", False),
        ("$EMPTY == false", False),
        ("$A == $A == true", True),
        ('$A == $A == "true"', True),
        # Negation.
        ("!$A", False),
        ("!$EMPTY", True),
        ("!$UNDEFINED", True),
        ('!"false"', False),
        ('!"0"', False),
        ("!!$A", True),
        ('!$A == "x"', False),
        ('!($A == "x")', True),
        ('!$A == "false"', True),
        ("!$A =~ /false/", True),
        # Operands of && and ||.
        ('$EMPTY && "x"', True),
        ('$EMPTY || "x"', False),
        ('$UNDEFINED || "x"', True),
        ('$UNDEFINED && "x"', False),
        ("$A || $EMPTY", True),
        ("$A && $EMPTY", False),
        ('$UNDEFINED == null && $A == "a" || $ZERO == "1"', True),
        ("$A == 'a' || $A == 'b' && $UNDEFINED", True),
        ("($A == 'a' || $A == 'b') && $UNDEFINED", False),
        # Regular expressions.
        ("$BRANCH =~ /^feature/", True),
        ("$BRANCH =~ /FEATURE/", False),
        ("$BRANCH =~ /FEATURE/i", True),
        (r"$BRANCH =~ /feature\/x/", True),
        ("$BRANCH !~ /^main$/", True),
        ("$MESSAGE =~ /^fix$/", False),
        ("$MESSAGE =~ /^fix$/m", True),
        (r"$MESSAGE =~ /^fix\s\z/", True),
        ("$MESSAGE =~ /fix./", False),
        ("$MESSAGE =~ /fix./s", True),
        ("$BRANCH =~ null", False),
        ("$BRANCH !~ null", True),
        ("$UNDEFINED =~ /.?/", True),
        ("$UNDEFINED =~ /.*/", True),
        ("$UNDEFINED !~ /..*/", True),
        ("$BRANCH =~ $PATTERN", True),
        ("$BRANCH !~ $PATTERN", False),
        ("$BRANCH =~ '/^feature/'", True),
        ("$A =~ $LETTER", True),
        ("$BRANCH =~ $UNDEFINED", False),
        ("$BRANCH !~ $UNDEFINED", True),
        # A text that is no regular expression contains the left side.
        ("'23' =~ '1234'", True),
        ("'1234' =~ '23'", False),
        ("$UNDEFINED =~ '1234'", True),
        ("$A =~ $INVALID", False),
        ("'(' =~ $INVALID", True),
        # GitLab fails, so that the rule does not apply.
        ("$A =~ true", False),
        ("$A !~ true", False),
        ("$A !~ true || $A", False),
        ("$A || $A !~ true", True),
        ("/ab/ == $A", False),
        ("/ab/ != $A", False),
        ("/ab/ == /ab/", True),
        ("/ab/ == /ac/", False),
        ("$A == /ab/", False),
        ("$A != /ab/", True),
        ("$A =~ false", False),
        ("$A !~ false", True),
        ("!($A =~ true)", False),
        ("($A =~ true) == null", False),
        ("/ab/ =~ /Gitlab/", True),
        ("true =~ /true/", True),
        ("false =~ /false/", True),
        # Inputs without a value.
        ("$[[ inputs.x ]] == null", True),
        ("$A == '$[[ inputs.x ]]'", False),
    ],
)
def test_answers(condition: str, holds: bool) -> None:  # noqa: FBT001 - it is data
    """A condition holds exactly if it does in GitLab."""
    assert evaluate(condition, VARIABLES) is holds


def test_conditions_of_python() -> None:
    """Conditions written in Python are evaluated like their texts; a variable alone means that it is present."""
    assert evaluate((var.A == "a") & ~var.EMPTY, VARIABLES)
    assert evaluate(var.A, VARIABLES)
    assert not evaluate(var.EMPTY, VARIABLES)


@pytest.mark.parametrize("condition", ["", "$A ==", "${A}", "$A =~ /a(?=b)/", "$A $B", "$A == 1"])
def test_rejected_conditions(condition: str) -> None:
    """What GitLab rejects is an error that says what is wrong and what to write."""
    with pytest.raises(ExpressionError) as caught:
        evaluate(condition, {})
    (finding,) = caught.value.findings
    assert finding.rule == "invalid-condition"
    assert finding.hint
    assert isinstance(caught.value, GitlabgenError)


def test_the_place_of_errors() -> None:
    """The error shows the line of the caller."""
    with pytest.raises(ExpressionError) as caught:
        evaluate("$A ==", {})
    assert str(caught.value).startswith("tests/simulation/test_evaluation.py:")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("$A", {"A": 1}), "the value of $A should be a string or None, got 1"),
        (("$A", ["A"]), "the variables of evaluate should be a mapping, got the list ['A']"),
        (("$A", {"A": True}), "the value of $A should be a string or None, got True"),
    ],
)
def test_wrong_arguments(arguments: tuple[Any, Any], message: str) -> None:
    """An argument of another kind is an error at the caller's line."""
    with pytest.raises(ArgumentError) as caught:
        evaluate(*arguments)
    assert message in str(caught.value)
    assert str(caught.value).startswith("tests/simulation/test_evaluation.py:")


def test_a_condition_of_another_kind() -> None:
    """What is neither a text nor a condition is an error."""
    with pytest.raises(GitlabgenError, match="condition is required"):
        evaluate(None, {})  # type: ignore[arg-type]


def test_operands() -> None:
    """A verdict names the variables that were read, in order and each once, but not those that cannot matter."""
    values = {"A": "a", "B": "b"}
    found = verdict(parse("$A == 'a' && ($B || $C) && $A"), values.get)
    assert found.truth is True
    assert found.operands == ("A", "B")


# Unknown values ------------------------------------------------------------------------------------------------------

PERHAPS = Unknown(("P may be set in the project",))
PRESENT = Unknown(("Q has a value",), is_present=True)
BOTH = Unknown((*PERHAPS.reasons, *PRESENT.reasons))
OF_PRESENT = Unknown(PRESENT.reasons)
OF_INPUT = Unknown(("an input has no value",))


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ("$P", PERHAPS),
        ("!$P", PERHAPS),
        ("$Q", True),
        ("!$Q", False),
        ("$P == 'x'", PERHAPS),
        ("$P == null", PERHAPS),
        ("$Q == null", False),
        ("$Q != null", True),
        ("$Q == ''", False),
        ("$Q == ' '", False),
        ("$Q == 'x'", OF_PRESENT),
        ("$Q == true", OF_PRESENT),
        ("$P == $Q", BOTH),
        ("$P == /ab/", False),
        ("/ab/ == $P", False),
        ("$P == 'x' || $A", True),
        ("$A || $P == 'x'", True),
        ("$P == 'x' && $NOPE", False),
        ("$NOPE && $P == 'x'", False),
        ("$P == 'x' && $A", PERHAPS),
        ("$P && $Q", BOTH),
        ("$Q && $P", PERHAPS),
        ("$P == 'x' || $Q == 'x'", BOTH),
        ("$P =~ /^v/", PERHAPS),
        ("$P =~ /.*/", True),
        ("$P !~ /.*/", False),
        (r"$Q =~ /\S/", True),
        (r"$Q =~ /([^ \s])+/", True),
        (r"$Q =~ /[^ x]/", OF_PRESENT),
        (r"$P =~ /\S/", PERHAPS),
        ("$A =~ $P", PERHAPS),
        ("$A =~ $Q", OF_PRESENT),
        ("$P =~ 'text'", PERHAPS),
        ("$Q =~ ''", False),
        ("$P =~ ''", PERHAPS),
        ("$P =~ null", False),
        ("$P !~ null", True),
        ("$P =~ true", False),
        ("$P == ($P =~ true)", False),
        ("$[[ inputs.x ]] == 'y'", OF_INPUT),
        ("'$[[ inputs.x ]]'", OF_INPUT),
        ("$A =~ /x$[[ inputs.x ]]/", OF_INPUT),
        ("$A || '$[[ inputs.x ]]'", True),
    ],
)
def test_unknown_values(condition: str, truth: bool | Unknown) -> None:  # noqa: FBT001 - it is data
    """An answer is certain only if each possible value gives it; otherwise it names the reasons in order."""
    values: dict[str, Any] = {"A": "a", "P": PERHAPS, "Q": PRESENT}
    assert verdict(parse(condition), values.get).truth == truth


# Random conditions ---------------------------------------------------------------------------------------------------

TEXTS = (None, "", " ", "a", "b", "true", "false", "/a./", "/B/i", "ab", "\u00a0")
atoms = st.sampled_from(
    ["$A", "$B", "$C", '""', '" "', "'a'", '"true"', "'/a./'", "null", "true", "false", "/a./", r"/\S/", "/.*/", "/[ab]+/i"]
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        inner.map("!{}".format),
        inner.map("({})".format),
        st.builds("{} {} {}".format, inner, st.sampled_from(["==", "!=", "=~", "!~", "&&", "||"]), inner),
    ),
    max_leaves=7,
)
assignments = st.fixed_dictionaries(dict.fromkeys("ABC", st.sampled_from(TEXTS)))


@given(conditions, assignments)
def test_another_evaluator(condition: str, values: dict[str, str | None]) -> None:
    """A parser of another construction, which evaluates while it reads, has the same answers."""
    assert evaluate(condition, values) is oracle.holds(condition, values)


@given(conditions, assignments, st.sets(st.sampled_from("ABC"), min_size=1), st.booleans())
def test_certain_answers(condition: str, values: dict[str, str | None], unknown: set[str], is_present: bool) -> None:  # noqa: FBT001 - drawn
    """If the answer is certain although variables are unknown, then it is the answer for all their values."""
    given_values: dict[str, Any] = {name: Unknown((name,), is_present) if name in unknown else values[name] for name in "ABC"}
    truth = verdict(parse(condition), given_values.get).truth
    if isinstance(truth, Unknown):
        assert {*truth.reasons} <= unknown
        return
    possible = [text for text in TEXTS if not is_present or (text or "").strip()]
    for texts in product(possible, repeat=len(unknown)):
        assert evaluate(condition, {**values, **dict(zip(unknown, texts, strict=True))}) is truth
