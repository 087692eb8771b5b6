from __future__ import annotations

from typing import Any

import pytest
import troposphere
from troposphere import sns

from gitlabgen import KeywordError, comment, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.errors import collecting
from gitlabgen.sam.canaries.shifts import PREDEFINED, ShiftStep, duration_minutes, shift_of, short_name
from gitlabgen.sam.canaries.wiring import expanded
from tests.sam.messages import said


def written(*resources: Any, **sections: Any) -> dict[str, Any]:
    """Return the resources of a rendered template."""
    found: dict[str, Any] = TemplateEncoder(sam.Template(resources=resources, **sections)).tree()["Resources"]
    return found


def preference(canary: sam.Canary, **keywords: Any) -> dict[str, Any]:
    """Return the `DeploymentPreference` of a function with this canary."""
    found: dict[str, Any] = written(sam.Function("F", canary=canary, **keywords))["F"]["Properties"]["DeploymentPreference"]
    return found


@pytest.mark.parametrize(
    ("name", "steps", "minutes"),
    [
        ("AllAtOnce", [(0, 100)], 0),
        ("Canary10Percent5Minutes", [(0, 10), (5, 100)], 5),
        ("Canary10Percent10Minutes", [(0, 10), (10, 100)], 10),
        ("Canary10Percent15Minutes", [(0, 10), (15, 100)], 15),
        ("Canary10Percent30Minutes", [(0, 10), (30, 100)], 30),
        ("Linear10PercentEvery1Minute", [(index, 10 * index + 10) for index in range(10)], 9),
        ("Linear10PercentEvery2Minutes", [(2 * index, 10 * index + 10) for index in range(10)], 18),
        ("Linear10PercentEvery3Minutes", [(3 * index, 10 * index + 10) for index in range(10)], 27),
        ("Linear10PercentEvery10Minutes", [(10 * index, 10 * index + 10) for index in range(10)], 90),
    ],
)
def test_a_shift_is_known_to_the_minute(name: str, steps: list[tuple[int, int]], minutes: int) -> None:
    """Each configuration that CodeDeploy ships has steps, for its short name and its full name."""
    for canary in (sam.Canary(name), sam.Canary(f"CodeDeployDefault.Lambda{name}")):
        assert canary.schedule == tuple(steps)
        assert canary.duration_minutes == minutes
    assert len(PREDEFINED) == 9


def test_a_custom_shift_is_known_to_the_minute() -> None:
    """A custom schedule has steps; the last step moves the rest."""
    canary = sam.Canary(sam.TimeBasedCanary(canary_percentage=5, canary_interval=7))
    linear = sam.Canary(sam.TimeBasedLinear(linear_percentage=40, linear_interval=2))
    assert (canary.schedule, canary.duration_minutes) == (((0, 5), (7, 100)), 7)
    assert (linear.schedule, linear.duration_minutes) == ((ShiftStep(0, 40), ShiftStep(2, 80), ShiftStep(4, 100)), 4)


@pytest.mark.parametrize(
    ("percent", "shares"),
    [
        (30, [30, 60, 90, 100]),
        (33, [33, 66, 99, 100]),
        (34, [34, 68, 100]),
        (49, [49, 98, 100]),
        (50, [50, 100]),
        (51, [51, 100]),
        (99, [99, 100]),
    ],
)
def test_the_last_step_moves_the_rest(percent: int, shares: list[int]) -> None:
    """If 100 is not a multiple of the percentage, one more step moves the rest."""
    linear = sam.TimeBasedLinear(linear_percentage=percent, linear_interval=3)
    assert linear.schedule == tuple((3 * index, share) for index, share in enumerate(shares))
    assert sam.Canary(linear).duration_minutes == 3 * (len(shares) - 1)


@pytest.mark.parametrize("type_", [None, "Mine", sam.Ref("Mine")])
def test_an_unknown_configuration_has_no_steps(type_: Any) -> None:
    """The steps of another configuration are unknown, not guessed."""
    canary = sam.Canary(type_)
    assert canary.schedule is None
    assert canary.duration_minutes is None


def test_arithmetic_of_shifts() -> None:
    """Only names with CodeDeploy's prefix are shortened, and a shift ends with its last step."""
    assert short_name("CodeDeployDefault.LambdaAllAtOnce") == "AllAtOnce"
    assert short_name("Mine") == "Mine"
    assert shift_of(3) is None
    assert duration_minutes((ShiftStep(0, 10), ShiftStep(5, 100))) == 5


REFUSED: dict[str, tuple[Any, str]] = {
    "zero percent": (
        lambda: sam.TimeBasedCanary(canary_percentage=0, canary_interval=5),
        "`TimeBasedCanary`: `canary_percentage` should be between 1 and 99, got 0",
    ),
    "100 percent in steps": (
        lambda: sam.TimeBasedLinear(linear_percentage=100, linear_interval=5),
        "`TimeBasedLinear`: `linear_percentage` should be between 1 and 99, got 100",
    ),
    "no minutes": (
        lambda: sam.TimeBasedLinear(linear_percentage=10, linear_interval=0),
        "`TimeBasedLinear`: `linear_interval` should be at least 1 minute, got 0",
    ),
    "more than two days": (
        lambda: sam.TimeBasedLinear(linear_percentage=1, linear_interval=30),
        "`TimeBasedLinear`: `linear_interval` makes the shift take 2970 minutes, at most 2880 are allowed",
    ),
    "not a number": (
        lambda: sam.TimeBasedCanary(canary_percentage="5", canary_interval=5),  # type: ignore[arg-type]
        "`TimeBasedCanary`: `canary_percentage` should be an integer, got the string '5'; write `canary_percentage=5`",
    ),
    "two recipes with the same name": (
        lambda: sam.Canary(alarms=[sam.Alarm.errors(), sam.Alarm.errors(percent=3)]),
        "`Canary`: `alarms` has two recipes named 'Errors'; give one of them another `name`",
    ),
    "two hooks for one event": (
        lambda: sam.Canary(hooks=[sam.Hook.pre_traffic("a.py"), sam.Hook.pre_traffic("b.py")]),
        "`Canary`: `hooks` has two hooks for PreTraffic; CodeDeploy calls only one",
    ),
    "hooks of a canary that may be disabled": (
        lambda: sam.Canary(enabled=sam.Ref("P"), hooks=[sam.Hook.pre_traffic("a.py")]),
        (
            "`Canary`: `enabled` should be True or False if `hooks` is a list, got Intrinsic('Ref', 'P'); to choose "
            "at deployment, use a parameter as the type, with AllAtOnce where nothing shifts"
        ),
    ),
    "an event with a typo": (
        lambda: sam.TriggerConfiguration(trigger_events=["DeploymentFailur"]),  # type: ignore[list-item]
        (
            "`TriggerConfiguration`: `trigger_events[0]` should be one of DeploymentFailure, DeploymentReady, "
            "DeploymentRollback, DeploymentStart, DeploymentStop, DeploymentSuccess or one of 4 others, "
            "got 'DeploymentFailur'; did you mean `DeploymentFailure`?"
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_codedeploy_would_reject_is_reported(name: str) -> None:
    """An invalid shift, alarm or hook is a problem at the user's line."""
    make, message = REFUSED[name]
    with pytest.raises(KeywordError) as caught:
        make()
    (finding,) = caught.value.findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_canaries.py"
    assert finding.line is not None


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("Type: {CanaryPercentage: 5, CanaryInterval: 5}", "`DeploymentPreference:Type` should be a string, got the mapping"),
        ("Type: {LinearPercentage: 5, LinearInterval: 5}", "`DeploymentPreference:Type` should be a string, got the mapping"),
        ("Type: AllAtOnce, Alarms: [{Name: A}]", r"`DeploymentPreference:Alarms\[0\]` should be a string, got the mapping"),
    ],
)
def test_schedules_and_recipes_cannot_be_read_from_files(block: str, message: str) -> None:
    """Schedules and recipes exist only in Python: SAM accepts no mappings for them, and neither does gitlabgen."""
    properties = f"{{AutoPublishAlias: live, DeploymentPreference: {{{block}}}}}"
    with pytest.raises(KeywordError, match=message):
        sam.loads(f"Resources: {{F: {{Type: AWS::Serverless::Function, Properties: {properties}}}}}")


def test_the_longest_shift_is_accepted() -> None:
    """A shift of exactly two days is valid."""
    assert duration_minutes(sam.TimeBasedCanary(canary_percentage=99, canary_interval=2880).schedule) == 2880
    assert sam.TimeBasedLinear(linear_percentage=1, linear_interval=1).schedule[-1] == (99, 100)


def test_functions_with_the_same_schedule_share_a_configuration() -> None:
    """There is one resource for each schedule."""
    linear = sam.TimeBasedLinear(linear_percentage=20, linear_interval=1)
    canaries = [sam.Canary(linear), sam.Canary(linear), sam.Canary(sam.TimeBasedCanary(canary_percentage=5, canary_interval=3))]
    resources = written(*(sam.Function(f"F{index}", canary=canary) for index, canary in enumerate(canaries)))
    assert [*resources] == ["F0", "Linear20PercentEvery1Minute", "F1", "F2", "Canary5Percent3Minutes"]
    assert resources["Linear20PercentEvery1Minute"] == {
        "Type": "AWS::CodeDeploy::DeploymentConfig",
        "Properties": {
            "ComputePlatform": "Lambda",
            "TrafficRoutingConfig": {
                "Type": "TimeBasedLinear",
                "TimeBasedLinear": {"LinearPercentage": 20, "LinearInterval": 1},
            },
        },
    }
    assert resources["Canary5Percent3Minutes"]["Properties"]["TrafficRoutingConfig"] == {
        "Type": "TimeBasedCanary",
        "TimeBasedCanary": {"CanaryPercentage": 5, "CanaryInterval": 3},
    }
    types = [resources[name]["Properties"]["DeploymentPreference"]["Type"]["Ref"] for name in ("F0", "F1", "F2")]
    assert types == ["Linear20PercentEvery1Minute", "Linear20PercentEvery1Minute", "Canary5Percent3Minutes"]


def test_all_properties_are_written() -> None:
    """Role, triggers and the other properties of the block have SAM's names."""
    topic = sns.Topic("Topic")
    canary = sam.Canary(
        "AllAtOnce",
        role="arn:aws:iam::1:role/x",
        passthrough_condition=False,
        trigger_configurations=[
            sam.TriggerConfiguration(trigger_name="t", trigger_target_arn=topic, trigger_events=["DeploymentFailure"])
        ],
        hooks={"PreTraffic": sam.Ref("Other")},
    )
    assert preference(canary) == {
        "Type": "AllAtOnce",
        "Hooks": {"PreTraffic": {"Ref": "Other"}},
        "Role": "arn:aws:iam::1:role/x",
        "PassthroughCondition": False,
        "TriggerConfigurations": [
            {"TriggerName": "t", "TriggerTargetArn": {"Ref": "Topic"}, "TriggerEvents": ["DeploymentFailure"]}
        ],
    }


def test_a_disabled_shift_generates_nothing() -> None:
    """Without a shift, alarms, hooks and configurations have no use."""
    canary = sam.Canary(
        sam.TimeBasedCanary(canary_percentage=5, canary_interval=3),
        alarms=[sam.Alarm.errors(), "kept"],
        hooks=[sam.Hook.pre_traffic("a.py")],
        enabled=False,
    )
    assert [*written(sam.Function("F", canary=canary))] == ["F"]
    assert preference(canary) == {"Alarms": ["kept"], "Enabled": False}
    named = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()], enabled=False)
    assert preference(named) == {"Type": "AllAtOnce", "Enabled": False}


def test_a_condition_applies_to_generated_resources() -> None:
    """Generated resources and the deployment group have the function's condition."""
    canary = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()], hooks=[sam.Hook.post_traffic("a.py")])
    resources = written(sam.Function("F", canary=canary, condition="C"))
    assert {resource["Condition"] for resource in resources.values()} == {"C"}
    assert resources["F"]["Properties"]["DeploymentPreference"]["PassthroughCondition"] is True
    explicit = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()], passthrough_condition=sam.Ref("P"))
    assert preference(explicit, condition="C")["PassthroughCondition"] == {"Ref": "P"}
    assert "PassthroughCondition" not in preference(canary)
    assert "PassthroughCondition" not in preference(sam.Canary("AllAtOnce"), condition="C")


def test_another_configuration_for_a_whole_template() -> None:
    """`with_canaries` changes the configurations of all functions, and nothing else."""
    topic = sns.Topic("Topic")
    function = sam.Function("F", timeout=3, canary=sam.Canary("Linear10PercentEvery1Minute", alarms=["a"]))
    template = sam.Template("d", resources=[topic, comment(function, "why"), sam.Function("G"), sam.HttpApi("A")])
    changed = sam.with_canaries(template, "AllAtOnce")
    assert changed == sam.Template(
        "d",
        resources=[
            topic,
            sam.Function("F", timeout=3, canary=sam.Canary("AllAtOnce", alarms=["a"])),
            sam.Function("G"),
            sam.HttpApi("A"),
        ],
    )
    assert changed.comments == template.comments


SLOW = sam.TimeBasedLinear(linear_percentage=50, linear_interval=30)
QUICK = sam.TimeBasedCanary(canary_percentage=5, canary_interval=3)
CONDITIONS = {"Gradual": sam.Equals(sam.Ref("Stage"), "production"), "Slow": sam.Equals(sam.Ref("Stage"), "last")}


def test_a_conditional_shift_is_as_long_as_the_longest_branch() -> None:
    """The duration is that of the longest branch; it is unknown if a branch is known only at deployment."""
    canary = sam.Canary(sam.If("Slow", SLOW, sam.If("Gradual", "Canary10Percent5Minutes", "AllAtOnce")))
    assert (canary.schedule, canary.duration_minutes) == (SLOW.schedule, 30)
    assert sam.Canary(sam.If("Slow", "AllAtOnce", "Canary10Percent10Minutes")).duration_minutes == 10
    assert sam.Canary(sam.If("Slow", sam.Ref("Mine"), "AllAtOnce")).duration_minutes is None
    assert sam.Canary(sam.If("Slow", "AllAtOnce", "Mine")).schedule is None
    for argument in ("abc", ["Slow", "AllAtOnce"]):
        assert sam.Canary(sam.Intrinsic("Fn::If", argument)).schedule is None


@pytest.mark.parametrize("chosen", [sam.If, troposphere.If])
def test_schedules_in_a_condition_are_created_once(chosen: Any) -> None:
    """An `If`, gitlabgen's or troposphere's, keeps its conditions, and each custom schedule in it becomes one resource."""
    type_ = chosen("Slow", SLOW, chosen("Gradual", QUICK, chosen("Other", QUICK, "AllAtOnce")))
    resources = written(sam.Function("F", canary=sam.Canary(type_)), sam.Function("G", canary=sam.Canary(type_)))
    assert [*resources] == ["F", "Linear50PercentEvery30Minutes", "Canary5Percent3Minutes", "G"]
    slow, quick = ({"Ref": name} for name in ("Linear50PercentEvery30Minutes", "Canary5Percent3Minutes"))
    inner = {"Fn::If": ["Gradual", quick, {"Fn::If": ["Other", quick, "AllAtOnce"]}]}
    for name in "FG":
        assert resources[name]["Properties"]["DeploymentPreference"]["Type"] == {"Fn::If": ["Slow", slow, inner]}
    off = sam.Canary(type_, enabled=False)
    assert written(sam.Function("F", canary=off))["F"]["Properties"]["DeploymentPreference"] == {"Enabled": False}


def test_a_schedule_that_codedeploy_ships_is_not_created() -> None:
    """SAM would replace a resource of that name with CodeDeploy's configuration, and an account may have few others."""
    same = sam.TimeBasedCanary(canary_percentage=10, canary_interval=5)
    assert [*written(sam.Function("F", canary=sam.Canary(same)))] == ["F"]
    assert preference(sam.Canary(same)) == {"Type": "Canary10Percent5Minutes"}
    either = sam.If("Slow", sam.TimeBasedLinear(linear_percentage=10, linear_interval=1), same)
    assert preference(sam.Canary(either)) == {
        "Type": {"Fn::If": ["Slow", "Linear10PercentEvery1Minute", "Canary10Percent5Minutes"]}
    }


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (sam.Ref("Canary10Percent5Minutes"), "Canary10Percent5Minutes"),
        (sam.If("AllAtOnce", SLOW, "AllAtOnce"), "AllAtOnce"),
        (sam.If("Slow", "AllAtOnce", sam.If("Gradual", sam.Ref("AllAtOnce"), "AllAtOnce")), "AllAtOnce"),
    ],
)
def test_a_name_that_sam_would_replace_is_reported(type_: Any, name: str) -> None:
    """SAM replaces a shipped configuration's name everywhere, even as the name of a resource or condition."""
    with pytest.raises(KeywordError) as caught:
        sam.Canary(type_)
    (finding,) = caught.value.findings
    assert said(finding) == (
        f"`Canary`: `type` uses a resource or condition with the name {name!r}; "
        "rename it: SAM would use CodeDeploy's configuration of this name"
    )


def test_gradual_if_a_condition_holds() -> None:
    """`gradual_if` keeps each configuration under the condition, and shifts all at once otherwise; the rest is unchanged."""
    stay = [
        *(sam.Canary("AllAtOnce"), sam.Canary("CodeDeployDefault.LambdaAllAtOnce"), sam.Canary(SLOW, enabled=False)),
        sam.Canary(alarms=["a"]),
    ]
    functions = [sam.Function(f"S{index}", canary=canary) for index, canary in enumerate(stay)]
    function = sam.Function("F", timeout=3, canary=sam.Canary(comment(QUICK, "why"), alarms=["a"]))
    others = [sns.Topic("T"), sam.Function("G"), *functions]
    template = sam.Template(conditions=CONDITIONS, resources=[comment(function, "first"), *others])
    changed = sam.gradual_if(template, "Gradual")
    expected = sam.Function("F", timeout=3, canary=sam.Canary(sam.If("Gradual", QUICK, "AllAtOnce"), alarms=["a"]))
    assert changed == sam.Template(conditions=CONDITIONS, resources=[expected, *others])
    assert changed.comments == template.comments
    canary: Any = getattr(changed.resources[0], "canary", None)
    assert canary.comments == {("type",): "why"}
    assert sam.loads(sam.dumps(changed)).conditions == template.conditions


@pytest.mark.parametrize(
    ("conditions", "hint"),
    [
        ({"Gradual": True}, "did you mean `Gradual`?"),
        ({}, "add it to `conditions` first"),
        (None, "add it to `conditions` first"),
    ],
)
def test_a_missing_condition_is_reported(conditions: Any, hint: str) -> None:
    """CloudFormation rejects a condition that the template does not define, so `gradual_if` reports it."""
    template = sam.Template(conditions=conditions)
    with pytest.raises(KeywordError) as caught:
        sam.gradual_if(template, "Gradula")
    (finding,) = caught.value.findings
    assert said(finding) == f"`Template`: `conditions` has no condition named 'Gradula'; {hint}"
    assert finding.line is not None


def test_a_condition_that_a_macro_may_add_is_not_reported() -> None:
    """The conditions that a macro adds are unknown."""
    template = sam.Template(conditions={"Fn::Transform": {"Name": "M"}}, resources=[sam.Function("F", canary=sam.Canary(QUICK))])
    resources = sam.gradual_if(template, "Gradual").resources
    assert resources == (sam.Function("F", canary=sam.Canary(sam.If("Gradual", QUICK, "AllAtOnce"))),)


def test_a_template_without_such_canaries_is_unchanged() -> None:
    """A template is not copied if nothing is generated."""
    template = sam.Template(resources=[sam.Function("F", canary=sam.Canary("AllAtOnce", alarms=["a"])), sns.Topic("T")])
    assert expanded(template) is template


def test_a_duplicate_logical_id_is_reported_with_both_locations() -> None:
    """A user's resource with the name of a generated one is a finding with both lines."""
    canary = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()])
    template = sam.Template(resources=[sam.Function("F", canary=canary), sam.HttpApi("FErrorsAlarm")])
    with collecting() as findings:
        expanded(template)
    (finding,) = findings
    assert said(finding) == "`FErrorsAlarm` is the logical ID of two resources; rename one of them"
    assert finding.line is not None
    assert [related.line for related in finding.related] == [finding.line - 1]


def test_shared_resources_that_differ_are_reported() -> None:
    """Two canaries cannot have different alarms with the same name on one API."""
    api = sam.HttpApi("Api")
    functions = [
        sam.Function(f"F{limit}", canary=sam.Canary("AllAtOnce", alarms=[sam.Alarm.api_5xx(api, limit)])) for limit in (1, 2)
    ]
    with pytest.raises(KeywordError, match="`Api5xxAlarm` is the logical ID of two resources; rename one of them"):
        sam.dumps(sam.Template(resources=[api, *functions]))


def test_comments_keep_their_places() -> None:
    """Comments of resources, alarms, hooks and the canary stay at the values that they describe."""
    canary = sam.Canary(
        comment("AllAtOnce", "at once"),
        alarms=comment([comment("a", "one"), comment(sam.Alarm.errors(comment="The alarm."), "two")], "Alarms."),
        hooks=comment([comment(sam.Hook.pre_traffic("a.py", comment="The hook."), "three")], "Hooks."),
    )
    template = sam.Template(
        resources=[sam.Function("F", canary=canary), comment(sam.HttpApi("A"), "The API.")],
        outputs={"U": comment("x", "four")},
    )
    text = sam.dumps(template)
    for line in (
        "Type: AllAtOnce  # at once\n        # Alarms.\n        Alarms:\n          - a  # one\n          # two\n",
        "# Hooks.\n        Hooks:\n          # three\n          PreTraffic: !Ref FPreTrafficHook",
        "  # The alarm.\n  FErrorsAlarm:",
        "  # The hook.\n  FPreTrafficHook:",
        "  # The API.\n  A:",
        "# four",
    ):
        assert line in text
    assert sam.loads(sam.dumps(sam.loads(text))) == sam.loads(text)
