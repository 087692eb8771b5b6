"""What conditions of a template decide before the deployment, and what they leave open."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen.analysis.decisions import possible_values
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.sam import And, Equals, Not, Or, Parameter, Ref, Template

IS_PROD = Equals(Ref("Stage"), "prod")
IS_BIG = Equals(Ref("Size"), "big")


def left(condition: Any, **given: str) -> list[Any]:
    """Return what is left of two values when parameters are given."""
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
    """A condition that parameters decide leaves one value, any other leaves both."""
    assert left(condition, **given) == expected


def test_what_is_no_choice_stays() -> None:
    """A value without conditions is left alone, and a broken choice too."""
    subject = TemplateAnalysis(Template())

    assert possible_values(subject, "Linear", {}) == ["Linear"]
    assert possible_values(subject, {"Fn::If": ["Chosen", "yes"]}, {}) == [{"Fn::If": ["Chosen", "yes"]}]
