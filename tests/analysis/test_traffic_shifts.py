"""How long traffic takes to move, as a template says it."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.analysis.traffic_shifts import TrafficShift, executions_of, shifts_of
from gitlabgen.sam import loads

_FUNCTION = """
Parameters:
  Speed: {Type: String, Default: Canary10Percent5Minutes}
  Bare: {Type: String}
Conditions:
  IsFast: !Equals [!Ref Speed, AllAtOnce]
Resources:
  Shift:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      DeploymentPreference: {Type: %s}
  Mine:
    Type: %s
    Properties: {TrafficRoutingConfig: {%s}}
"""
_MACHINE = """
Parameters:
  Kind: {Type: String, Default: LINEAR}
Conditions:
  IsLinear: !Equals [!Ref Kind, LINEAR]
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      AutoPublishAlias: live
      DeploymentPreference: {%s}
"""


def _shifts(
    type_: str, routing: str = "", given: Any = None, kind: str = "AWS::CodeDeploy::DeploymentConfig"
) -> list[TrafficShift]:
    """Return the shifts of a function whose canary is of a type."""
    analysis = TemplateAnalysis(loads(_FUNCTION % (type_, kind, routing)))
    return shifts_of(analysis, analysis.canaries[0], given)


def _executions(preference: str, **given: str) -> TrafficShift | None:
    """Return the shift of a state machine with a preference."""
    analysis = TemplateAnalysis(loads(_MACHINE % preference))
    return executions_of(analysis, analysis.resources["Flow"], given)


_STEPS = [(1, 99), (9, 11), (10, 9), (11, 9), (20, 4), (30, 3), (33, 3), (34, 2), (49, 2), (50, 1), (51, 1), (99, 1)]
"""Percentages, and how many steps follow the first: the last one takes what is left."""


@pytest.mark.parametrize(("percentage", "steps"), _STEPS)
def test_a_linear_shift_has_a_step_for_what_is_left(percentage: int, steps: int) -> None:
    """Where a hundred is no multiple of the percentage, the rest takes an interval more."""
    routing = f"Type: TimeBasedLinear, TimeBasedLinear: {{LinearInterval: 7, LinearPercentage: {percentage}}}"

    assert _shifts("!Ref Mine", routing) == [TrafficShift("Mine", 7, 7 * steps)]
    assert _executions(f"Type: LINEAR, Interval: 7, Percentage: {percentage}") == TrafficShift("LINEAR", 7, 7 * steps)


@pytest.mark.parametrize(
    ("type_", "routing", "expected"),
    [
        ("AllAtOnce", "", []),
        ("CodeDeployDefault.LambdaAllAtOnce", "", []),
        ("Canary10Percent15Minutes", "", [TrafficShift("Canary10Percent15Minutes", 15, 15)]),
        ("Linear10PercentEvery3Minutes", "", [TrafficShift("Linear10PercentEvery3Minutes", 3, 27)]),
        (
            "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
            "",
            [TrafficShift("Linear10PercentEvery1Minute", 1, 9)],
        ),
        ("!Ref Speed", "", [TrafficShift("Canary10Percent5Minutes", 5, 5)]),
        ("!Ref Bare", "", []),
        ("!Ref Nowhere", "", []),
        ("Unknown", "", []),
        ("!Sub AllAtOnce", "", []),
        ("!Ref Mine", "TimeBasedCanary: {CanaryInterval: 8, CanaryPercentage: 30}", [TrafficShift("Mine", 8, 8)]),
        ("!Ref Mine", "TimeBasedLinear: {LinearPercentage: 30}", []),
        ("!Ref Mine", "TimeBasedLinear: {LinearInterval: 8}", [TrafficShift("Mine", 8, 0)]),
        ("!Ref Mine", "TimeBasedLinear: {LinearInterval: 8, LinearPercentage: !Ref Bare}", []),
        ("!Ref Mine", "Type: AllAtOnce", []),
        (
            "!Ref Mine",
            "TimeBasedLinear: {LinearInterval: !If [C, 8, 9], LinearPercentage: !If [C, 30, 50]}",
            [TrafficShift("Mine", 9, 27)],
        ),
    ],
)
def test_a_shift_of_a_function_is_known(type_: str, routing: str, expected: list[TrafficShift]) -> None:
    """A type is a name that CodeDeploy ships, a parameter, or a resource; of a choice, the slowest branch counts."""
    assert _shifts(type_, routing) == expected


def test_the_deployments_parameters_choose_a_shift() -> None:
    """What the deployment sets wins over the default of the parameter."""
    assert _shifts("!Ref Speed", given={}) == [TrafficShift("Canary10Percent5Minutes", 5, 5)]
    assert _shifts("!Ref Speed", given={"Speed": "Canary10Percent30Minutes"}) == [
        TrafficShift("Canary10Percent30Minutes", 30, 30)
    ]
    assert _shifts("!Ref Speed", given={"Speed": "AllAtOnce"}) == []
    choice = "!If [IsFast, Canary10Percent10Minutes, Linear10PercentEvery1Minute]"
    fast, slow = TrafficShift("Canary10Percent10Minutes", 10, 10), TrafficShift("Linear10PercentEvery1Minute", 1, 9)
    assert _shifts(choice) == [fast, slow]
    assert _shifts(choice, given={}) == [slow]
    assert _shifts(choice, given={"Speed": "AllAtOnce"}) == [fast]


def test_only_a_configuration_of_codedeploy_is_one() -> None:
    """A resource of another type says nothing of a shift."""
    routing = "TimeBasedCanary: {CanaryInterval: 8, CanaryPercentage: 30}"
    assert _shifts("!Ref Mine", routing, kind="AWS::CodeDeploy::DeploymentGroup") == []


@pytest.mark.parametrize(
    ("preference", "given", "expected"),
    [
        ("Type: CANARY, Interval: 7, Percentage: 30", {}, TrafficShift("CANARY", 7, 7)),
        ("Type: LINEAR, Interval: 7", {}, TrafficShift("LINEAR", 7, 7)),
        ("Type: LINEAR, Interval: 7, Percentage: 0", {}, TrafficShift("LINEAR", 7, 7)),
        ("Type: LINEAR, Percentage: 30", {}, None),
        ("Type: ALL_AT_ONCE, Interval: 7, Percentage: 30", {}, None),
        ("Interval: 7, Percentage: 30", {}, None),
        ("Type: LINEAR, Interval: 7, Percentage: 30, Enabled: false", {}, None),
        ('Type: LINEAR, Interval: 7, Percentage: 30, Enabled: "false"', {}, None),
        ("Type: LINEAR, Interval: 7, Percentage: 30, Enabled: true", {}, TrafficShift("LINEAR", 7, 21)),
        ("Type: !If [IsLinear, LINEAR, CANARY], Interval: 7, Percentage: 30", {}, TrafficShift("LINEAR", 7, 21)),
        ("Type: !If [IsLinear, LINEAR, CANARY], Interval: 7, Percentage: 30", {"Kind": "x"}, TrafficShift("CANARY", 7, 7)),
        ("Type: LINEAR, Interval: !If [IsLinear, 7, 9], Percentage: !If [IsLinear, 30, 50]", {}, TrafficShift("LINEAR", 7, 21)),
        ("Type: LINEAR, Interval: !If [Other, 7, 9], Percentage: !If [Other, 30, 50]", {}, TrafficShift("LINEAR", 9, 27)),
    ],
)
def test_executions_of_a_state_machine_shift_likewise(
    preference: str, given: dict[str, str], expected: TrafficShift | None
) -> None:
    """Step Functions' own words mean the same steps; a shift that is off, or has no interval, takes no time."""
    assert _executions(preference, **given) == expected
