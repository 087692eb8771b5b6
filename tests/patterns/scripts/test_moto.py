"""The scripts with the real command line and a moto server, for operations that moto supports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitlabgen.patterns.serverless import scripts

pytestmark = pytest.mark.emulator

SCRIPTS = Path(scripts.__file__).parents[1] / "scripts"
TEMPLATE = json.dumps(
    {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"TopicArn": {"Value": {"Ref": "Topic"}}},
    }
)
Client = Callable[[str], Any]


def make(client: Client, name: str, project: str = "shop/orders") -> None:
    """Create a stack."""
    client("cloudformation").create_stack(StackName=name, TemplateBody=TEMPLATE, Tags=[{"Key": "project", "Value": project}])


def names(client: Client) -> list[str]:
    """Return the names of all stacks."""
    return sorted(stack["StackName"] for stack in client("cloudformation").describe_stacks()["Stacks"])


def ring(client: Client, name: str, state: str = "ALARM") -> None:
    """Create an alarm in a state."""
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Errors", "Period": 60, "EvaluationPeriods": 1, "Statistic": "Sum"}
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_alarm(AlarmName=name, ComparisonOperator="GreaterThanThreshold", Threshold=0, **metric)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


def test_the_life_of_a_stack(real: Any, client: Client) -> None:
    """A stack is missing, then ready, has outputs, and is deleted; deleting it again does not fail."""
    free, delete = (("stack.py", command, "orders", "--poll-seconds", "0") for command in ("free", "delete"))
    assert real.run(*free).out == "orders: there is none yet, the deployment creates it\n"
    make(client, "orders")
    assert real.run(*free).out == "orders is CREATE_COMPLETE: ready\n"
    done = real.run("stack.py", "outputs", "orders", "TOPIC=TopicArn")
    assert (done.code, done.out[:26]) == (0, "TOPIC=arn:aws:sns:eu-west-")
    assert real.run(*delete).out == "orders: deleted\n"
    assert names(client) == []
    assert real.run(*delete).out == "orders: there is none, nothing to delete\n"


def test_a_stack_with_only_a_change_set_is_deleted(real: Any, client: Client) -> None:
    """A first deployment that failed before it began does not block the next one."""
    change = {"ChangeSetName": "first", "ChangeSetType": "CREATE"}
    client("cloudformation").create_change_set(StackName="orders", TemplateBody=TEMPLATE, **change)
    done = real.run("stack.py", "free", "orders", "--poll-seconds", "0")
    assert (done.code, done.out.splitlines()[-1]) == (0, "orders: deleted")


def test_the_gate_checks_alarms_by_prefix(real: Any, client: Client) -> None:
    """An active alarm closes only the gate of its stack."""
    ring(client, "orders-errors")
    ring(client, "orders-slow", "OK")
    done = real.run("gate.py", "orders")
    assert (done.code, "orders is not deployed now: orders-errors is in ALARM. Either" in done.err) == (1, True)
    assert real.run("gate.py", "carts").code == 0


def test_a_release_a_failure_and_a_rollback(real: Any, client: Client) -> None:
    """The rollback of a pipeline gets the template of the last good pipeline from the bucket."""
    client("s3").create_bucket(Bucket="packages", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    place = ("orders", "--bucket", "packages", "--prefix", "shop")
    start = ("marker.py", "start", *place, "--template", "packaged.yml")
    restore = ("marker.py", "restore", *place, "--output", "rollback.yml")
    for pipeline in ("11", "12"):
        (real.folder / "packaged.yml").write_text(f"# {pipeline}\n")
        real.variables.update(CI_PIPELINE_ID=pipeline, CI_COMMIT_SHA=f"sha{pipeline}")
        assert real.run(*start).code == 0
        if pipeline == "11":
            assert real.run("marker.py", "good", *place).out == "pipeline 11 is the last good one\n"
            assert real.run(*restore).out == "nothing to roll back: this deployment has proved itself, and none was good before\n"
    assert real.run(*restore).out == "rollback.yml: the template of pipeline 11, commit sha11\n"
    assert (real.folder / "rollback.yml").read_text() == "# 11\n"
    keys = [each["Key"] for each in client("s3").list_objects_v2(Bucket="packages")["Contents"]]
    assert keys == [f"shop/deployments/orders/{name}" for name in ("11.yml", "12.yml", "marker.json")]


def test_the_reaper_deletes_stacks_of_its_project(real: Any, client: Client) -> None:
    """Old stacks of the project are deleted, others are kept."""
    for name, project in (("orders-mr-1", "shop/orders"), ("orders-mr-3", "x"), ("orders-prod", "shop/orders")):
        make(client, name, project)
    reap = ("orders-mr-", "--project", "shop/orders", "--poll-seconds", "0", "--older-than", "3d")
    assert real.run("reap.py", *reap).out == "no stack orders-mr-* of shop/orders is that old\n"
    later = real.folder / "later.py"
    # moto creates stacks with the current time, so the script gets an earlier time.
    later.write_text(
        f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); import aws, reap; now = aws.moment\n"
        "aws.moment = lambda text: now(text).replace(year=2020)\n"
        "aws.run(reap.main)\n"
    )
    assert real.run(str(later), *reap) == (0, "orders-mr-1: deleted\n", "")
    assert names(client) == ["orders-mr-3", "orders-prod"]


def test_a_failed_operation_is_reported(real: Any, client: Client) -> None:
    """The alarms are read; their history, which moto does not support, is an error of one line."""
    ring(client, "orders-errors", "OK")
    done = real.run("bake.py", "orders", "--since", "1700000000")
    assert (done.code, done.err.startswith("error: `aws cloudwatch describe-alarm-history` failed: ")) == (1, True)
