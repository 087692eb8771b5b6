from __future__ import annotations

import json
import shlex
import subprocess
from typing import Any

import pytest

from gitlabgen import KeywordError, sam
from tests.sam.messages import said

WHERE = {"stack_name": "shop", "region": "eu-central-1", "account": "123456789012"}


def template() -> sam.Template:
    """Return a template with a bake alarm."""
    function = sam.Function("F", canary=sam.Canary("AllAtOnce", alarms=[sam.Alarm.errors()]))
    return sam.with_bake_alarms(sam.Template(resources=[function]))


@pytest.mark.parametrize("minutes", [0, 180])
def test_the_bake_alarm_is_the_rollback_trigger(minutes: int) -> None:
    """CloudFormation watches one composite alarm, for the shortest and the longest time that it allows."""
    assert sam.rollback_configuration(template(), minutes=minutes, partition="aws-cn", **WHERE) == {
        "RollbackTriggers": [
            {
                "Arn": "arn:aws-cn:cloudwatch:eu-central-1:123456789012:alarm:shop-bake",
                "Type": "AWS::CloudWatch::CompositeAlarm",
            }
        ],
        "MonitoringTimeInMinutes": minutes,
    }


REFUSED: dict[str, tuple[sam.Template, Any, str]] = {
    "too long": (template(), 181, "`Template`: `resources` should be watched for 0 to 180 minutes, got 181"),
    "negative minutes": (template(), -1, "`Template`: `resources` should be watched for 0 to 180 minutes, got -1"),
    "not a number": (template(), "10", "`Template`: `resources` should be watched for 0 to 180 minutes, got '10'"),
    "no alarm": (
        sam.Template(),
        1,
        "`Template`: `resources` has no bake alarm to watch; write with_bake_alarms(template), with a canary that has alarms",
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


def test_the_option_is_one_word_in_which_the_shell_expands_variables() -> None:
    """Quotes, backticks and backslashes are unchanged, and variables are replaced with their values."""
    where = {"stack_name": 'a"b`c\\d e$STACK', "region": "${AWS_REGION}", "account": "1"}
    option = sam.rollback_option(sam.rollback_configuration(template(), minutes=5, **where))
    command = f"printf '%s\\n' {option}"
    environment = {"STACK": "shop", "AWS_REGION": "here"}
    run = subprocess.run(["sh", "-c", command], env=environment, check=True, capture_output=True, text=True, timeout=60)
    name, text = run.stdout.splitlines()
    assert name == "--rollback-configuration"
    (trigger,) = json.loads(text)["RollbackTriggers"]
    assert trigger["Arn"] == 'arn:aws:cloudwatch:here:1:alarm:a"b`c\\d eshop-bake'
    assert len(shlex.split(option)) == 2
