from __future__ import annotations

from typing import Any

import pytest
import troposphere
from troposphere import sns

from gitlabgen import KeywordError, comment, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.errors import collecting
from gitlabgen.sam.canaries.shifts import PREDEFINED, Step, duration_minutes, shift_of, short_name
from gitlabgen.sam.canaries.wiring import expanded
from tests.sam.messages import said


def written(*resources: Any, **sections: Any) -> dict[str, Any]:
    """Return the resources of a template as they are written."""
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
    """Each configuration that CodeDeploy ships has its steps, under its short name and its full one."""
    for canary in (sam.Canary(name), sam.Canary(f"CodeDeployDefault.Lambda{name}")):
        assert canary.schedule == tuple(steps)
        assert canary.duration_minutes == minutes
    assert len(PREDEFINED) == 9


def test_a_shift_of_ones_own_is_known_to_the_minute() -> None:
    """A schedule of one's own has steps, the last of which takes what is left."""
    canary = sam.Canary(sam.TimeBasedCanary(canary_percentage=5, canary_interval=7))
    linear = sam.Canary(sam.TimeBasedLinear(linear_percentage=40, linear_interval=2))
    assert (canary.schedule, canary.duration_minutes) == (((0, 5), (7, 100)), 7)
    assert (linear.schedule, linear.duration_minutes) == ((Step(0, 40), Step(2, 80), Step(4, 100)), 4)


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
def test_the_last_step_takes_what_is_left(percent: int, shares: list[int]) -> None:
    """Where a hundred is no multiple of the percentage, one more step moves the rest, and never more than that."""
    linear = sam.TimeBasedLinear(linear_percentage=percent, linear_interval=3)
    assert linear.schedule == tuple((3 * index, share) for index, share in enumerate(shares))
    assert sam.Canary(linear).duration_minutes == 3 * (len(shares) - 1)


@pytest.mark.parametrize("type_", [None, "Mine", sam.Ref("Mine")])
def test_a_shift_that_only_the_account_knows_has_no_steps(type_: Any) -> None:
    """The steps of another configuration are unknown, not guessed."""
    canary = sam.Canary(type_)
    assert canary.schedule is None
    assert canary.duration_minutes is None


def test_arithmetic_of_shifts() -> None:
    """Names are shortened only where CodeDeploy's prefix stands, and a shift ends with its last step."""
    assert short_name("CodeDeployDefault.LambdaAllAtOnce") == "AllAtOnce"
    assert short_name("Mine") == "Mine"
    assert shift_of(3) is None
    assert duration_minutes((Step(0, 10), Step(5, 100))) == 5


REFUSED: dict[str, tuple[Any, str]] = {
    "no share": (
        lambda: sam.TimeBasedCanary(canary_percentage=0, canary_interval=5),
        "`TimeBasedCanary`: `canary_percentage` should be between 1 and 99, got 0",
    ),
    "all at once in steps": (
        lambda: sam.TimeBasedLinear(linear_percentage=100, linear_interval=5),
        "`TimeBasedLinear`: `linear_percentage` should be between 1 and 99, got 100",
    ),
    "no time": (
        lambda: sam.TimeBasedLinear(linear_percentage=10, linear_interval=0),
        "`TimeBasedLinear`: `linear_interval` should be at least 1 minute, got 0",
    ),
    "more than two days": (
        lambda: sam.TimeBasedLinear(linear_percentage=1, linear_interval=30),
        "`TimeBasedLinear`: `linear_interval` makes the shift take 2970 minutes, at most 2880 are allowed",
    ),
    "no number": (
        lambda: sam.TimeBasedCanary(canary_percentage="5", canary_interval=5),  # type: ignore[arg-type]
        "`TimeBasedCanary`: `canary_percentage` should be an integer, got the string '5'",
    ),
    "two recipes of a name": (
        lambda: sam.Canary(alarms=[sam.Alarm.errors(), sam.Alarm.errors(3)]),
        "`Canary`: `alarms` has two recipes named 'Errors'; give one of them another `name`",
    ),
    "two hooks for one event": (
        lambda: sam.Canary(hooks=[sam.Hook.pre_traffic("a.py"), sam.Hook.pre_traffic("b.py")]),
        "`Canary`: `hooks` has two hooks for PreTraffic; CodeDeploy calls only one",
    ),
    "hooks that may have nothing to report to": (
        lambda: sam.Canary(enabled=sam.Ref("P"), hooks=[sam.Hook.pre_traffic("a.py")]),
        (
            "`Canary`: `enabled` should be True or False if `hooks` is a list, got Intrinsic('Ref', 'P'); to choose "
            "at deployment, use a parameter as the type, with AllAtOnce where nothing shifts"
        ),
    ),
    "an event with a typo": (
        lambda: sam.TriggerConfiguration(trigger_events=["DeploymentFailur"]),
        (
            "`TriggerConfiguration`: `trigger_events[0]` should be one of DeploymentFailure, DeploymentReady, "
            "DeploymentRollback, DeploymentStart, DeploymentStop, DeploymentSuccess, InstanceFailure, InstanceReady, "
            "InstanceStart, InstanceSuccess, got 'DeploymentFailur'; did you mean 'DeploymentFailure'?"
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_codedeploy_would_refuse_is_told(name: str) -> None:
    """A shift, an alarm or a hook that cannot work is refused with the user's line."""
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
def test_no_file_holds_a_schedule_or_a_recipe(block: str, message: str) -> None:
    """Schedules and recipes are Python's only: SAM reads no mapping in their place, and neither do we."""
    properties = f"{{AutoPublishAlias: live, DeploymentPreference: {{{block}}}}}"
    with pytest.raises(KeywordError, match=message):
        sam.loads(f"Resources: {{F: {{Type: AWS::Serverless::Function, Properties: {properties}}}}}")


def test_the_longest_shift_is_taken() -> None:
    """Two days are the limit, and within it."""
    assert duration_minutes(sam.TimeBasedCanary(canary_percentage=99, canary_interval=2880).schedule) == 2880
    assert sam.TimeBasedLinear(linear_percentage=1, linear_interval=1).schedule[-1] == (99, 100)


def test_functions_that_shift_alike_share_a_configuration() -> None:
    """One resource serves all functions of one schedule, and each schedule has its own."""
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
    """Role, triggers and the rest of the block are written under SAM's names."""
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


def test_a_shift_that_is_off_makes_nothing() -> None:
    """Without a shift there is nothing that alarms, hooks or a configuration could serve."""
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


def test_a_condition_reaches_what_is_made() -> None:
    """What is made for a function exists under its condition, and so does its deployment group."""
    canary = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()], hooks=[sam.Hook.post_traffic("a.py")])
    resources = written(sam.Function("F", canary=canary, condition="C"))
    assert {resource["Condition"] for resource in resources.values()} == {"C"}
    assert resources["F"]["Properties"]["DeploymentPreference"]["PassthroughCondition"] is True
    explicit = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()], passthrough_condition=sam.Ref("P"))
    assert preference(explicit, condition="C")["PassthroughCondition"] == {"Ref": "P"}
    assert "PassthroughCondition" not in preference(canary)
    assert "PassthroughCondition" not in preference(sam.Canary("AllAtOnce"), condition="C")


def test_another_way_for_a_whole_template() -> None:
    """`with_canaries` changes how all functions shift, and nothing else."""
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


def test_a_shift_that_a_condition_chooses_is_as_long_as_the_longest() -> None:
    """Whoever waits for the shift waits for the longest; what only the deployment knows is not guessed."""
    canary = sam.Canary(sam.If("Slow", SLOW, sam.If("Gradual", "Canary10Percent5Minutes", "AllAtOnce")))
    assert (canary.schedule, canary.duration_minutes) == (SLOW.schedule, 30)
    assert sam.Canary(sam.If("Slow", "AllAtOnce", "Canary10Percent10Minutes")).duration_minutes == 10
    assert sam.Canary(sam.If("Slow", sam.Ref("Mine"), "AllAtOnce")).duration_minutes is None
    assert sam.Canary(sam.If("Slow", "AllAtOnce", "Mine")).schedule is None
    for argument in ("abc", ["Slow", "AllAtOnce"]):
        assert sam.Canary(sam.Intrinsic("Fn::If", argument)).schedule is None


@pytest.mark.parametrize("chosen", [sam.If, troposphere.If])
def test_schedules_between_which_a_condition_chooses_are_made_once(chosen: Any) -> None:
    """An `If` keeps its conditions, ours or troposphere's, and each schedule of one's own in it becomes one resource."""
    type_ = chosen("Slow", SLOW, chosen("Gradual", QUICK, chosen("Other", QUICK, "AllAtOnce")))
    resources = written(sam.Function("F", canary=sam.Canary(type_)), sam.Function("G", canary=sam.Canary(type_)))
    assert [*resources] == ["F", "Linear50PercentEvery30Minutes", "Canary5Percent3Minutes", "G"]
    slow, quick = ({"Ref": name} for name in ("Linear50PercentEvery30Minutes", "Canary5Percent3Minutes"))
    inner = {"Fn::If": ["Gradual", quick, {"Fn::If": ["Other", quick, "AllAtOnce"]}]}
    for name in "FG":
        assert resources[name]["Properties"]["DeploymentPreference"]["Type"] == {"Fn::If": ["Slow", slow, inner]}
    off = sam.Canary(type_, enabled=False)
    assert written(sam.Function("F", canary=off))["F"]["Properties"]["DeploymentPreference"] == {"Enabled": False}


def test_a_schedule_that_codedeploy_ships_is_its_own() -> None:
    """SAM would put CodeDeploy's name in place of a resource of that name, and the account has room for few others."""
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
def test_a_name_that_sam_would_replace_is_told(type_: Any, name: str) -> None:
    """SAM replaces a shipped configuration's name wherever it stands, even as the name of a resource or condition."""
    with pytest.raises(KeywordError) as caught:
        sam.Canary(type_)
    (finding,) = caught.value.findings
    assert said(finding) == (
        f"`Canary`: `type` uses a resource or condition with the name {name!r}; "
        "rename it: SAM would use CodeDeploy's configuration of this name"
    )


def test_gradual_where_a_condition_holds() -> None:
    """`gradual_if` lets each canary shift as it says under the condition, and at once elsewhere; the rest stays as it is."""
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
        ({"Gradual": True}, "did you mean 'Gradual'?"),
        ({}, "add it to `conditions` first"),
        (None, "add it to `conditions` first"),
    ],
)
def test_a_condition_that_is_not_there_is_told(conditions: Any, hint: str) -> None:
    """CloudFormation refuses a condition that the template does not define, so we do it at once."""
    template = sam.Template(conditions=conditions)
    with pytest.raises(KeywordError) as caught:
        sam.gradual_if(template, "Gradula")
    (finding,) = caught.value.findings
    assert said(finding) == f"`Template`: `conditions` has no condition named 'Gradula'; {hint}"
    assert finding.line is not None


def test_a_condition_that_a_macro_may_bring_is_not_missed() -> None:
    """Where a macro makes conditions, only it knows which."""
    template = sam.Template(conditions={"Fn::Transform": {"Name": "M"}}, resources=[sam.Function("F", canary=sam.Canary(QUICK))])
    resources = sam.gradual_if(template, "Gradual").resources
    assert resources == (sam.Function("F", canary=sam.Canary(sam.If("Gradual", QUICK, "AllAtOnce"))),)


def test_a_template_without_such_canaries_stays_as_it_is() -> None:
    """Nothing is copied where nothing is to be made."""
    template = sam.Template(resources=[sam.Function("F", canary=sam.Canary("AllAtOnce", alarms=["a"])), sns.Topic("T")])
    assert expanded(template) is template


def test_a_logical_id_that_is_taken_is_told_with_both_places() -> None:
    """A resource of the user's own with the name of a generated one is a finding at both lines."""
    canary = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()])
    template = sam.Template(resources=[sam.Function("F", canary=canary), sam.HttpApi("FErrorsAlarm")])
    with collecting() as findings:
        expanded(template)
    (finding,) = findings
    assert said(finding) == "`FErrorsAlarm` is the logical ID of two resources; rename one of them"
    assert finding.line is not None
    assert [related.line for related in finding.related] == [finding.line - 1]


def test_shared_resources_that_differ_are_told() -> None:
    """Two canaries that want different alarms of one name on one API cannot both have it."""
    api = sam.HttpApi("Api")
    functions = [
        sam.Function(f"F{limit}", canary=sam.Canary("AllAtOnce", alarms=[sam.Alarm.api_5xx(api, limit)])) for limit in (1, 2)
    ]
    with pytest.raises(KeywordError, match="`Api5xxAlarm` is the logical ID of two resources; rename one of them"):
        sam.dumps(sam.Template(resources=[api, *functions]))


def test_comments_stay_where_they_were() -> None:
    """Comments of resources, alarms, hooks and of the canary stand beside the same things as before."""
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
