from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

import pytest

from gitlabgen import KeywordError, comment, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.errors import collecting
from gitlabgen.verification import REGION
from gitlabgen.verification.translation import translated
from tests.sam.messages import said

LINEAR = sam.TimeBasedLinear(linear_percentage=20, linear_interval=3)
FAILED = sam.Alarm.metric("AWS/States", "ExecutionsFailed", threshold=0)


def template(canary: sam.Canary, **keywords: Any) -> sam.Template:
    """Return a template with a state machine that has this canary."""
    return sam.Template(resources=[sam.StateMachine("M", definition_uri="s.json", canary=canary, **keywords)])


def properties(canary: sam.Canary) -> dict[str, Any]:
    """Return the rendered properties of a state machine that has this canary."""
    found: dict[str, Any] = TemplateEncoder(template(canary)).tree()["Resources"]["M"]["Properties"]
    return found


@pytest.mark.parametrize(
    ("type_", "preference"),
    [
        ("AllAtOnce", {"Type": "ALL_AT_ONCE"}),
        ("Canary10Percent5Minutes", {"Type": "CANARY", "Percentage": 10, "Interval": 5}),
        ("Linear10PercentEvery2Minutes", {"Type": "LINEAR", "Percentage": 10, "Interval": 2}),
        (LINEAR, {"Type": "LINEAR", "Percentage": 20, "Interval": 3}),
        (
            sam.TimeBasedCanary(canary_percentage=1, canary_interval=2100),
            {"Type": "CANARY", "Percentage": 1, "Interval": 2100},
        ),
        (sam.If("C", "AllAtOnce", "AllAtOnce"), {"Type": {"Fn::If": ["C", "ALL_AT_ONCE", "ALL_AT_ONCE"]}}),
    ],
)
def test_a_schedule_is_written_with_properties_of_step_functions(type_: Any, preference: dict[str, Any]) -> None:
    """Step Functions has no named configurations: the block has type, percentage and interval."""
    assert properties(sam.Canary(type_, alias="blue")) == {
        "DefinitionUri": "s.json",
        "AutoPublishAlias": "blue",
        "DeploymentPreference": preference,
    }


def test_a_condition_is_written_for_each_property() -> None:
    """SAM adds properties to the block, so each of its values has the condition."""
    conditions = {"C": sam.Equals(sam.Ref("AWS::Region"), "x")}
    given = sam.Template(conditions=conditions, resources=template(sam.Canary(LINEAR)).resources)
    tree = TemplateEncoder(sam.gradual_if(given, "C")).tree()
    nothing = {"Ref": "AWS::NoValue"}
    assert tree["Resources"]["M"]["Properties"]["DeploymentPreference"] == {
        "Type": {"Fn::If": ["C", "LINEAR", "ALL_AT_ONCE"]},
        "Percentage": {"Fn::If": ["C", 20, nothing]},
        "Interval": {"Fn::If": ["C", 3, nothing]},
    }


def test_recipes_watch_the_state_machine() -> None:
    """Each recipe on `AWS/States` watches this state machine; existing alarms are unchanged."""
    resources = TemplateEncoder(template(sam.Canary(LINEAR, alarms=["a", FAILED, sam.Ref("Own")]), condition="C")).tree()[
        "Resources"
    ]
    assert [*resources] == ["M", "MExecutionsFailedAlarm"]
    block = resources["M"]["Properties"]["DeploymentPreference"]
    assert block["Alarms"] == ["a", {"Ref": "MExecutionsFailedAlarm"}, {"Ref": "Own"}]
    alarm = resources["MExecutionsFailedAlarm"]
    assert alarm["Condition"] == "C"
    assert alarm["Properties"]["Dimensions"] == [{"Name": "StateMachineArn", "Value": {"Ref": "M"}}]
    chosen = sam.If("C", ["a"], ["b"])
    assert properties(sam.Canary(LINEAR, alarms=chosen))["DeploymentPreference"]["Alarms"] == {"Fn::If": ["C", ["a"], ["b"]]}


def test_a_function_has_no_executions() -> None:
    """The same recipe in a function's canary needs the state machine as a dimension."""
    canary = sam.Canary("AllAtOnce", alarms=[FAILED])
    resources = TemplateEncoder(sam.Template(resources=[sam.Function("F", canary=canary)])).tree()["Resources"]
    assert "Dimensions" not in resources["FExecutionsFailedAlarm"]["Properties"]


def test_a_disabled_shift_keeps_the_alias() -> None:
    """Without a shift the alias points to the newest version, and nothing is watched."""
    written = properties(sam.Canary(sam.Ref("Any"), enabled=False, alarms=[FAILED]))
    assert written == {"DefinitionUri": "s.json", "AutoPublishAlias": "live"}
    assert properties(sam.Canary("AllAtOnce", enabled=True))["DeploymentPreference"] == {"Type": "ALL_AT_ONCE"}


def test_comments_are_written_at_their_properties() -> None:
    """Comments of the canary and in it are written at SAM's properties."""
    canary = sam.Canary(comment("AllAtOnce", "type"), alarms=[comment("a", "alarm")], alias=comment("live", "alias"))
    machine = sam.StateMachine("M", definition_uri=comment("s", "uri"), canary=comment(canary, "canary"))
    text = sam.dumps(sam.Template(resources=[machine]))
    for line in (
        *("DefinitionUri: s  # uri\n", "AutoPublishAlias: live  # alias\n", "# canary\n      DeploymentPreference:"),
        *("Type: ALL_AT_ONCE  # type\n", "- a  # alarm\n"),
    ):
        assert line in text


REFUSED: dict[str, tuple[Any, str]] = {
    "hooks": (
        lambda: sam.Canary(LINEAR, hooks={"PreTraffic": sam.Ref("H")}),
        "`M`: `canary` has `hooks`, which works only for functions; leave `hooks` out",
    ),
    "role": (
        lambda: sam.Canary(LINEAR, role="arn:x"),
        "`M`: `canary` has `role`, which works only for functions; leave `role` out",
    ),
    "condition": (
        lambda: sam.Canary(LINEAR, passthrough_condition=True),
        "`M`: `canary` has `passthrough_condition`, which works only for functions; leave `passthrough_condition` out",
    ),
    "triggers": (
        lambda: sam.Canary(LINEAR, trigger_configurations=[]),
        "`M`: `canary` has `trigger_configurations`, which works only for functions; leave `trigger_configurations` out",
    ),
    "a switch": (
        lambda: sam.Canary(LINEAR, enabled=sam.Ref("P")),
        (
            "`M`: `canary:enabled` should be True or False, got Intrinsic('Ref', 'P'); to choose at deployment, write "
            "an If(…) with 'AllAtOnce' as the type"
        ),
    ),
    "no schedule": (
        lambda: sam.Canary(),
        (
            "`M`: `canary` needs a schedule that Step Functions can follow, got None; use a configuration of "
            "CodeDeploy, TimeBasedCanary(…) or TimeBasedLinear(…)"
        ),
    ),
    "a configuration of CodeDeploy": (
        lambda: sam.Canary(sam.Ref("Mine")),
        (
            "`M`: `canary` needs a schedule that Step Functions can follow, got Intrinsic('Ref', 'Mine'); use a "
            "configuration of CodeDeploy, TimeBasedCanary(…) or TimeBasedLinear(…)"
        ),
    ),
    "a configuration in a condition": (
        lambda: sam.Canary(sam.If("C", LINEAR, "Mine")),
        (
            "`M`: `canary` needs a schedule that Step Functions can follow, got 'Mine'; use a configuration of "
            "CodeDeploy, TimeBasedCanary(…) or TimeBasedLinear(…)"
        ),
    ),
    "long steps": (
        lambda: sam.Canary(sam.TimeBasedCanary(canary_percentage=1, canary_interval=2101)),
        "`M`: `canary` should have steps of at most 2100 minutes, got 2101",
    ),
    "calls of a function": (
        lambda: sam.Canary(LINEAR, alarms=[FAILED, sam.Alarm.errors()]),
        (
            "`M`: `canary` has the alarm 'Errors', which watches calls of a function; watch its executions: "
            "Alarm.metric('AWS/States', 'ExecutionsFailed', threshold=0)"
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_step_functions_does_not_support_is_reported(name: str) -> None:
    """What only CodeDeploy supports is a problem at the user's line."""
    make, message = REFUSED[name]
    canary = make()
    with pytest.raises(KeywordError) as caught:
        template(canary)
    (finding,) = caught.value.findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_executions.py"


def test_the_longest_steps_are_accepted() -> None:
    """Steps of exactly 2100 minutes are valid."""
    canary = sam.Canary(sam.TimeBasedCanary(canary_percentage=1, canary_interval=2100))
    assert "Interval: 2100" in sam.dumps(template(canary))


@pytest.mark.parametrize("keywords", [{"auto_publish_alias": "a"}, {"auto_publish_alias": "a", "deployment_preference": {}}])
def test_properties_of_the_canary_cannot_be_given(keywords: dict[str, Any]) -> None:
    """A canary writes alias and block, so neither can be given as well."""
    with collecting() as findings:
        template(sam.Canary(LINEAR), **keywords)
    assert [said(finding) for finding in findings] == [
        (
            "`M`: `canary` cannot be used together with `auto_publish_alias` or `deployment_preference`; "
            "the canary writes both; set its `alias`"
        )
    ]


@pytest.mark.skipif(find_spec("samtranslator") is None and not os.environ.get("CI"), reason="the extra verify is missing")
def test_the_translated_alias_moves_as_the_canary_says() -> None:
    """SAM creates an alias with the block and its version."""
    given = template(sam.Canary(sam.If("C", LINEAR, "AllAtOnce"), alarms=[FAILED]))
    problems, tree = translated(TemplateEncoder(given).tree(), REGION)
    assert problems == []
    assert tree is not None
    block = tree["Resources"]["MAliaslive"]["Properties"]["DeploymentPreference"]
    assert block["Type"] == {"Fn::If": ["C", "LINEAR", "ALL_AT_ONCE"]}
    assert block["Alarms"] == [{"Ref": "MExecutionsFailedAlarm"}]
    assert tree["Resources"][block["StateMachineVersionArn"]["Ref"]]["Type"] == "AWS::StepFunctions::StateMachineVersion"
