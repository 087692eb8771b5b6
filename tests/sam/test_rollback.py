from __future__ import annotations

import json
import shlex
import subprocess
from typing import Any

import pytest
from troposphere import If

from gitlabgen import KeywordError, sam
from tests.sam.messages import said

WHERE = {"stack_name": "shop", "region": "eu-central-1", "account": "123456789012"}
PREFIX = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"


def template(*alarms: Any, resources: Any = (), **canary: Any) -> sam.Template:
    """Return a template with a function whose canary has these alarms."""
    return sam.Template(resources=[sam.Function("F", canary=sam.Canary("AllAtOnce", alarms=alarms, **canary)), *resources])


def names(given: sam.Template) -> list[str]:
    """Return the names of the alarms that CloudFormation would watch."""
    configuration = sam.rollback_configuration(given, minutes=10, **WHERE)
    assert {trigger["Type"] for trigger in configuration["RollbackTriggers"]} == {"AWS::CloudWatch::Alarm"}
    return [trigger["Arn"].removeprefix(PREFIX) for trigger in configuration["RollbackTriggers"]]


def own(name: str, alarm_name: Any) -> sam.Alarm:
    """Return an alarm of the user's."""
    return sam.Alarm(name, alarm_name=alarm_name, evaluation_periods=1, comparison_operator="LessThanThreshold")


def test_alarms_on_the_new_version_are_watched() -> None:
    """Alarms of versions, which have no data after the shift, are omitted; each other alarm is listed once."""
    given = [
        *(sam.Alarm.errors(), sam.Alarm.error_rate(percent=1), sam.Alarm.duration(milliseconds=9), sam.Alarm.throttles()),
        *(sam.Alarm.dlq_depth("q"), sam.Alarm.errors(of="alias", name="All"), "by-name"),
    ]
    assert names(template(*given)) == ["shop-F-Throttles", "shop-F-DlqDepth", "shop-F-All", "by-name"]
    shared = sam.Canary("AllAtOnce", alarms=["a"])
    functions = [sam.Function(f"F{index}", canary=shared) for index in range(9)]
    assert names(sam.Template(resources=[*functions, sam.Function("G"), sam.HttpApi("A")])) == ["a"]
    off = sam.Function("G", canary=sam.Canary("AllAtOnce", alarms=["b"], enabled=False))
    assert names(sam.Template(resources=[*functions, off])) == ["a"]


def test_alarms_of_a_baking_hook_are_watched() -> None:
    """CloudFormation can also watch the alarms that a hook watches after the shift."""
    given = template(sam.Alarm.errors(), sam.Alarm.throttles(), hooks=[sam.Hook.bake()])
    assert names(given) == ["shop-F-ErrorsBake", "shop-F-Throttles"]
    made = {resource.name for resource in sam.loads(sam.dumps(given)).resources if isinstance(resource, sam.Alarm)}
    assert made == {"FErrorsAlarm", "FErrorsBakeAlarm", "FThrottlesAlarm"}


def test_variables_in_names_of_alarms_are_replaced() -> None:
    """A name may contain the stack's name and other values that are known before the deployment."""
    text = "${AWS::StackName}/${AWS::Region}/${AWS::AccountId}/${AWS::Partition}"
    alarms = [own("A", sam.Sub(text)), own("B", "${literal}")]
    assert names(template(*alarms, resources=alarms)) == ["shop/eu-central-1/123456789012/aws", "${literal}"]


@pytest.mark.parametrize(
    "name", [None, sam.Sub("${Stage}-a"), sam.Sub("${A}", {"A": "b"}), sam.Ref("Stage"), sam.Join("", ["a", sam.Ref("B")])]
)
def test_a_name_that_is_known_only_at_deployment_is_reported(name: Any) -> None:
    """The ARN of an alarm is unknown if CloudFormation generates its name, or the name depends on a parameter."""
    alarm = own("A", name)
    hint = "give the alarm an `alarm_name` made of text and the stack's name"
    for given, shown in (
        (template(alarm, resources=[alarm]), repr(sam.Ref("A") if name is None else name)),
        (template(If("C", "a", "b")), "<troposphere.If object>"),
    ):
        with pytest.raises(KeywordError) as caught:
            names(given)
        (finding,) = caught.value.findings
        assert said(finding) == (f"`Template`: `resources` has an alarm whose name is known only at deployment: {shown}; {hint}")


REFUSED: dict[str, tuple[sam.Template, Any, str]] = {
    "too long": (template("a"), 181, "`Template`: `resources` should be watched for 0 to 180 minutes, got 181"),
    "negative minutes": (template("a"), -1, "`Template`: `resources` should be watched for 0 to 180 minutes, got -1"),
    "not a number": (template("a"), "10", "`Template`: `resources` should be watched for 0 to 180 minutes, got '10'"),
    "too many": (template(*"abcdef"), 1, "`Template`: `resources` should have 1 to 5 alarms to watch after the shift, got 6"),
    "alarms of versions only": (
        template(sam.Alarm.errors()),
        1,
        (
            "`Template`: `resources` should have 1 to 5 alarms to watch after the shift, got 0; an alarm of a version "
            "has no data after the shift: write Alarm.errors(of='alias')"
        ),
    ),
    "no canary": (
        sam.Template(),
        1,
        (
            "`Template`: `resources` should have 1 to 5 alarms to watch after the shift, got 0; an alarm of a version "
            "has no data after the shift: write Alarm.errors(of='alias')"
        ),
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cloudformation_would_reject_is_reported(name: str) -> None:
    """The limits of rollback triggers are checked before anything is deployed."""
    given, minutes, message = REFUSED[name]
    with pytest.raises(KeywordError) as caught:
        sam.rollback_configuration(given, minutes=minutes, **WHERE)
    (finding,) = caught.value.findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_rollback.py"


@pytest.mark.parametrize("minutes", [0, 180])
def test_the_limits_are_accepted(minutes: int) -> None:
    """The shortest and longest time, and the maximum number of alarms, are valid."""
    configuration = sam.rollback_configuration(template(*"abcde"), minutes=minutes, partition="aws-cn", **WHERE)
    assert configuration["MonitoringTimeInMinutes"] == minutes
    assert [trigger["Arn"] for trigger in configuration["RollbackTriggers"]] == [
        f"arn:aws-cn:cloudwatch:eu-central-1:123456789012:alarm:{name}" for name in "abcde"
    ]


def test_the_option_is_one_word_in_which_the_shell_expands_variables() -> None:
    """Quotes, backticks and backslashes of names are unchanged, and variables are replaced with their values."""
    given = template(sam.Alarm.throttles(), 'a"b`c\\d e')
    where = {"stack_name": "$STACK", "region": "${AWS_REGION}", "account": "1"}
    option = sam.rollback_option(sam.rollback_configuration(given, minutes=5, **where))
    command = f"printf '%s\\n' {option}"
    environment = {"STACK": "shop", "AWS_REGION": "here"}
    run = subprocess.run(["sh", "-c", command], env=environment, check=True, capture_output=True, text=True, timeout=60)
    name, text = run.stdout.splitlines()
    assert name == "--rollback-configuration"
    arns = [trigger["Arn"] for trigger in json.loads(text)["RollbackTriggers"]]
    assert arns == [f"arn:aws:cloudwatch:here:1:alarm:{name}" for name in ("shop-F-Throttles", 'a"b`c\\d e')]
    assert len(shlex.split(option)) == 2
