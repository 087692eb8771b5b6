from __future__ import annotations

import pytest

from gitlabgen.analysis.condition_parts import comparisons, lone_values, variables_in


@pytest.mark.parametrize(
    ("condition", "compared", "lone", "variables"),
    [
        ("$A", [], ["$A"], ["A"]),
        ('$A == "x" && ($B || !$C)', ['$A == "x"'], ["$B", "$C"], ["A", "B", "C"]),
        ('!$A == "x"', [], [], ["A"]),
        ('!($A == "x")', ['$A == "x"'], [], ["A"]),
        ("($A) =~ /ab/ || $A != $B", ["$A =~ /ab/", "$A != $B"], [], ["A", "A", "B"]),
        ("$A == true && false", [], [], ["A"]),
        ("$[[ inputs.x ]] == null || $A", ["$[[ inputs.x ]] == null"], ["$A"], ["A"]),
        ("$A ==", [], [], []),
    ],
)
def test_parts(condition: str, compared: list[str], lone: list[str], variables: list[str]) -> None:
    """A condition has comparisons of two values, values that are compared with nothing, and variables, from left to right."""
    assert [" ".join(comparison) for comparison in comparisons(condition)] == compared
    assert [*lone_values(condition)] == lone
    assert [*variables_in(condition)] == variables
