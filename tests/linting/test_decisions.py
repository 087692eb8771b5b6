"""Evaluation of template conditions from the parameters known before a deployment."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen.analysis.decisions import possible_values
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.sam import And, Equals, Not, Or, Parameter, Ref, Template

IS_PROD = Equals(Ref("Stage"), "prod")
IS_BIG = Equals(Ref("Size"), "big")


def possible(condition: Any, **given: str) -> list[Any]:
    """Return the possible values of a choice for the given parameters."""
    template = Template(
        parameters={"Stage": Parameter("String", default="prod"), "Size": Parameter("String")},
        conditions={"Chosen": condition, "IsProd": IS_PROD},
    )
    return possible_values(TemplateAnalysis(template), {"Fn::If": ["Chosen", "yes", "no"]}, given)


@pytest.mark.parametrize(
    ("condition", "given", "expected"),
    [
        (IS_PROD, {}, ["yes"]),
        (IS_PROD, {"Stage": "dev"}, ["no"]),
        (IS_PROD, {"Stage": "$STAGE"}, ["yes", "no"]),
        (IS_BIG, {}, ["yes", "no"]),
        (IS_BIG, {"Size": "big"}, ["yes"]),
        (Equals(Ref("AWS::Region"), "eu-west-1"), {}, ["yes", "no"]),
        (Equals("a", "a"), {}, ["yes"]),
        (Not(IS_PROD), {}, ["no"]),
        (Not(IS_BIG), {}, ["yes", "no"]),
        (Not("IsProd"), {}, ["no"]),
        (And(IS_PROD, IS_BIG), {}, ["yes", "no"]),
        (And(IS_PROD, IS_BIG), {"Size": "big"}, ["yes"]),
        (And(IS_PROD, IS_BIG), {"Stage": "dev"}, ["no"]),
        (Or(IS_PROD, IS_BIG), {}, ["yes"]),
        (Or(IS_PROD, IS_BIG), {"Stage": "dev"}, ["yes", "no"]),
        (Or(IS_PROD, IS_BIG), {"Stage": "dev", "Size": "small"}, ["no"]),
        ({"Condition": "Chosen"}, {}, ["yes", "no"]),
        ({"Condition": "Missing"}, {}, ["yes", "no"]),
        ({"Fn::Equals": "a"}, {}, ["yes", "no"]),
        ({"Fn::Equals": []}, {}, ["yes", "no"]),
        ({"Fn::Contains": [["a"], "a"]}, {}, ["yes", "no"]),
    ],
)
def test_parameters_decide_conditions(condition: Any, given: dict[str, str], expected: list[str]) -> None:
    """A condition that parameters decide leaves one value; any other condition leaves both."""
    assert possible(condition, **given) == expected


def test_other_values_are_unchanged() -> None:
    """A value without conditions is returned unchanged, and so is an invalid `Fn::If`."""
    analysis = TemplateAnalysis(Template())

    assert possible_values(analysis, "Linear", {}) == ["Linear"]
    assert possible_values(analysis, {"Fn::If": ["Chosen", "yes"]}, {}) == [{"Fn::If": ["Chosen", "yes"]}]
