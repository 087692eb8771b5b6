from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest
import troposphere
from troposphere import cloudwatch

import gitlabgen
from gitlabgen import sam
from gitlabgen.codec.template_encoding import TemplateEncoder

TROPOSPHERE = {
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "Namespace": "Mine",
    "MetricName": "Orders",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1,
}
ALARM = {"evaluation_periods": 1, "comparison_operator": "GreaterThanThreshold", "threshold": 1}


def template(*alarms: Any, resources: Any = (), **canary: Any) -> sam.Template:
    """Return a template with one function whose canary has these alarms, and its bake alarms."""
    function = sam.Function("F", canary=sam.Canary("Linear10PercentEvery1Minute", alarms=alarms, **canary))
    return sam.with_bake_alarms(sam.Template(resources=[*resources, function], conditions={"C": sam.Equals("a", "a")}))


def tree(given: sam.Template) -> dict[str, Any]:
    """Return the resources that are written."""
    found: dict[str, Any] = TemplateEncoder(given).tree()["Resources"]
    return found


def rule(given: sam.Template, name: str = "BakeAlarm") -> list[Any]:
    """Return the parts of a composite alarm."""
    separator, parts = tree(given)[name]["Properties"]["AlarmRule"]["Fn::Join"]
    assert separator == " OR "
    return list(parts)


def group(given: sam.Template, name: str = "F") -> Any:
    """Return the alarms of a function's deployment group."""
    return tree(given)[name]["Properties"]["DeploymentPreference"].get("Alarms")


def part(name: str) -> dict[str, str]:
    """Return the part for an alarm of the template."""
    return {"Fn::Sub": f'ALARM("${{{name}}}")'}


def test_the_deployment_group_watches_the_version_and_the_stack_the_alias() -> None:
    """Each alarm of the version has a twin on the alias without actions; alarms of the alias are only in the composite alarm."""
    given = template(sam.Alarm.errors(alarm_actions=["arn:x"], comment="why"), sam.Alarm.throttles(), sam.Alarm.dlq_depth("q"))
    found = tree(given)
    assert group(given) == [{"Ref": "FErrorsAlarm"}]
    assert [*found] == ["F", "FErrorsAlarm", "FErrorsBakeAlarm", "FThrottlesAlarm", "FDlqDepthAlarm", "BakeAlarm"]
    assert rule(given) == [part("FErrorsBakeAlarm"), part("FThrottlesAlarm"), part("FDlqDepthAlarm")]
    shift, bake = found["FErrorsAlarm"].value["Properties"], found["FErrorsBakeAlarm"]["Properties"]
    assert "ExecutedVersion" in str(shift)
    assert "ExecutedVersion" not in str(bake)
    assert bake["AlarmName"] == {"Fn::Sub": "${AWS::StackName}-F-ErrorsBake"}
    assert "AlarmActions" not in bake
    assert found["BakeAlarm"]["Properties"]["AlarmName"] == {"Fn::Sub": "${AWS::StackName}-bake"}


def test_the_alarm_that_is_monitored_is_named_after_the_stack() -> None:
    """A release lists one alarm for each stack, or none if its canaries watch nothing."""
    given = template(sam.Alarm.errors())
    assert sam.monitoring_alarms(given, "shop-prod") == ["shop-prod-bake"]
    assert sam.monitoring_alarms(sam.Template(), "shop-prod") == []
    assert sam.monitoring_alarms(sam.loads(sam.dumps(given)), "shop-prod") == ["shop-prod-bake"]


def test_a_template_without_alarms_is_unchanged() -> None:
    """There is no alarm to watch without canaries, without alarms, or if nothing shifts."""
    for canary in (None, sam.Canary("AllAtOnce"), sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()], enabled=False)):
        given = sam.Template(resources=[sam.Function("F", canary=canary), sam.HttpApi("Api")])
        assert sam.with_bake_alarms(given) == given
    unknown = sam.Canary("AllAtOnce", alarms=sam.If("C", ["a"], []))
    assert "BakeAlarm" not in tree(sam.with_bake_alarms(sam.Template(resources=[sam.Function("F", canary=unknown)])))


def test_only_alarms_of_a_version_alone_leave_the_stack_unwatched() -> None:
    """A user's own alarm stays in the deployment group only if it watches the version; it needs no twin."""
    version = {"FunctionName": sam.Ref("F"), "ExecutedVersion": sam.GetAtt("F", "Version.Version")}
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Dimensions": [{"Name": "ExecutedVersion", "Value": "1"}]}
    query = {"Id": "a", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    for own in (
        sam.Alarm("Own", namespace="AWS/Lambda", metric_name="Errors", dimensions=version, **ALARM),  # type: ignore[arg-type]
        sam.Alarm("Own", metrics=[query], **ALARM),  # type: ignore[arg-type]
        sam.Resource("Own", "AWS::CloudWatch::Alarm", {"Dimensions": [{"Name": "ExecutedVersion", "Value": "1"}]}),
        cloudwatch.Alarm(
            "Own",
            **TROPOSPHERE,
            Dimensions=[cloudwatch.MetricDimension(Name="ExecutedVersion", Value="1")],
        ),
    ):
        given = template(own, resources=[own])
        assert group(given) == [{"Ref": "Own"}]
        assert "BakeAlarm" not in tree(given)


@pytest.mark.parametrize(
    ("alarm", "expected"),
    [
        ("by-name", 'ALARM("by-name")'),
        ('a "b"', 'ALARM("a \\"b\\"")'),
        ("arn:aws:cloudwatch:eu-central-1:1:alarm:by-arn", 'ALARM("by-arn")'),
        (sam.Ref("Own"), part("Own")),
        (sam.GetAtt("Own", "Arn"), part("Own")),
        (troposphere.Ref("Own"), part("Own")),
        (sam.ImportValue("x"), {"Fn::Sub": ['ALARM("${Alarm}")', {"Alarm": {"Fn::ImportValue": "x"}}]}),
    ],
)
def test_existing_alarms_are_parts_of_the_composite_alarm(alarm: Any, expected: Any) -> None:
    """What is not known to watch the version could block the way back, so only CloudFormation watches it."""
    own = sam.Alarm("Own", namespace="Mine", metric_name="Orders", **ALARM)  # type: ignore[arg-type]
    given = template(alarm, resources=[own])
    assert group(given) is None
    assert rule(given) == [expected]


def test_an_alarm_that_may_not_exist_is_no_part_then() -> None:
    """A rule can refer to an alarm only under the alarm's condition."""
    own = sam.Alarm("Own", namespace="Mine", metric_name="Orders", condition="C", **ALARM)  # type: ignore[arg-type]
    other = cloudwatch.Alarm("Other", Condition="C", **TROPOSPHERE)
    function = sam.Function("F", condition="C", canary=sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors(), own, other]))
    given = sam.with_bake_alarms(sam.Template(resources=[own, other, function], conditions={"C": sam.Equals("a", "a")}))
    assert rule(given) == [{"Fn::If": ["C", part(name), "FALSE"]} for name in ("FErrorsBakeAlarm", "Own", "Other")]


def test_functions_share_alarms() -> None:
    """An alarm on a shared resource is created once, and is one part of the rule; `Globals` count, too."""
    queue = sam.Resource("Dead", "AWS::SQS::Queue")
    canary = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors(), sam.Alarm.dlq_depth(queue)])
    functions = [sam.Function("A"), sam.Function("B")]
    shared = sam.Globals(function=sam.FunctionGlobals(canary=canary))
    given = sam.with_bake_alarms(sam.Template(resources=[queue, *functions], globals_=shared))
    assert rule(given) == [part("AErrorsBakeAlarm"), part("DeadDepthAlarm"), part("BErrorsBakeAlarm")]
    assert [*tree(given)].count("DeadDepthAlarm") == 1
    assert group(given, "B") == [{"Ref": "BErrorsAlarm"}]


def test_alarms_of_state_machines_are_watched_too() -> None:
    """Step Functions keeps its alarms, since its metrics know no version; the stack watches the same ones."""
    alarms: list[Any] = [sam.Alarm.metric("AWS/States", "ExecutionsFailed", threshold=0), "by-name"]
    machine = sam.StateMachine("S", definition={}, canary=sam.Canary("Canary10Percent5Minutes", alarms=alarms))
    given = sam.with_bake_alarms(sam.Template(resources=[machine]))
    assert group(given, "S") == [{"Ref": "SExecutionsFailedAlarm"}, "by-name"]
    assert rule(given) == [part("SExecutionsFailedAlarm"), 'ALARM("by-name")']


def test_many_alarms_are_composed_in_two_steps() -> None:
    """A rule has at most 100 alarms and 10,240 characters, so large services have several under one."""
    canary = sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors(), sam.Alarm.throttles()])
    functions = [sam.Function(f"Function{index}", canary=canary) for index in range(45)]
    given = sam.with_bake_alarms(sam.Template(resources=functions))
    assert rule(given) == [part("BakeAlarm1"), part("BakeAlarm2"), part("BakeAlarm3")]
    assert [len(rule(given, f"BakeAlarm{number}")) for number in (1, 2, 3)] == [40, 40, 10]
    assert tree(given)["BakeAlarm3"]["Properties"]["AlarmName"] == {"Fn::Sub": "${AWS::StackName}-bake-3"}
    assert sam.monitoring_alarms(given, "s") == ["s-bake"]


API, QUEUE = sam.HttpApi("Api"), sam.Resource("Dead", "AWS::SQS::Queue")
EVERYTHING = [
    *(sam.Alarm.errors(), sam.Alarm.throttles(), sam.Alarm.duration(milliseconds=9), sam.Alarm.api_5xx(API)),
    *(sam.Alarm.dlq_depth(QUEUE), sam.Alarm.iterator_age(milliseconds=9)),
]


@pytest.mark.parametrize("alarms", [EVERYTHING, EVERYTHING[1:2]])
def test_the_rules_and_aws_tools_have_no_objection(alarms: list[Any]) -> None:
    """Rates, twins and the composite alarm are no findings, of a definition and of its file."""
    function = sam.Function(
        "F",
        runtime="python3.13",
        handler="a.b",
        code_uri="src/",
        events={"Get": sam.Route("GET", "/", api=API)},
        canary=sam.Canary("Linear10PercentEvery1Minute", alarms=alarms),
        auto_publish_alias_all_properties=True,
    )
    probed = sam.Function(
        "G",
        runtime="python3.13",
        handler="a.b",
        code_uri="src/",
        canary=sam.Canary("Linear10PercentEvery1Minute", alarms=alarms, probe=sam.Probe.event({})),
        auto_publish_alias_all_properties=True,
    )
    given = sam.with_bake_alarms(sam.Template(resources=[API, QUEUE, function, probed]))
    for model in (given, sam.loads(sam.dumps(given))):
        assert gitlabgen.lint(model) == []
        if find_spec("samtranslator") is not None:
            from gitlabgen.verification import verify

            assert verify(model) == []
