"""Faults of calls, and calls by programs: the real `aws`, and a process that only has the address."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation import Cloud, standing
from tests.patterns.cloudformation.faults import Kind
from tests.patterns.cloudformation.service import Service, template

pytestmark = pytest.mark.emulator

AWS = str(Path(sys.executable).with_name("aws"))


def aws(service: Service, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the real command line."""
    keep = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [AWS, *arguments], env={**keep, **service.site.environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("kind", "code"),
    [("throttled", "Throttling"), ("expired", "ExpiredToken"), ("denied", "AccessDenied"), ("internal", "InternalFailure")],
)
def test_a_call_fails_once(service: Service, kind: Kind, code: str) -> None:
    """The next call of the operation works again; other operations are not met."""
    service.plan(template())
    service.cloud.fail("DescribeStacks", kind)
    service.call.list_change_sets(StackName="hello")
    with pytest.raises(ClientError, match=rf"\({code}\)"):
        service.call.describe_stacks(StackName="hello")
    assert service.status == "REVIEW_IN_PROGRESS"


def test_a_cut_connection_hides_what_took_effect(service: Service) -> None:
    """The client does not know that the change set is executed; without a token, sending it again is refused."""
    service.plan(template())
    service.cloud.fail("ExecuteChangeSet", "cut-after")
    with pytest.raises(ConnectionClosedError):
        service.call.execute_change_set(StackName="hello", ChangeSetName="r1")
    assert service.status == "CREATE_IN_PROGRESS"
    with pytest.raises(ClientError, match=r"execution status of \[EXECUTE_IN_PROGRESS\]"):
        service.call.execute_change_set(StackName="hello", ChangeSetName="r1")


def test_a_cut_connection_before_the_call(service: Service) -> None:
    """Nothing took effect."""
    service.plan(template())
    service.cloud.fail("ExecuteChangeSet", "cut-before")
    with pytest.raises(ConnectionClosedError):
        service.call.execute_change_set(StackName="hello", ChangeSetName="r1")
    assert service.status == "REVIEW_IN_PROGRESS"


def test_faults_of_other_services(service: Service) -> None:
    """A fault can meet a service, after some calls that it lets pass."""
    service.cloud.fail("s3", "expired", skip=1, times=None)
    service.site.client("s3").list_buckets()
    with pytest.raises(ClientError):
        service.site.client("s3").list_buckets()
    service.cloud.heal()
    service.site.client("s3").list_buckets()


@pytest.mark.parametrize(
    ("service_name", "fault", "operation", "given"),
    [
        ("cloudwatch", "monitoring", "describe_alarms", {}),
        ("ssm", "ssm", "get_parameter", {"Name": "/x"}),
        ("s3", "s3", "list_objects_v2", {"Bucket": "packages"}),
        ("sts", "sts", "get_caller_identity", {}),
        ("sns", "*", "list_topics", {}),
    ],
)
def test_each_service_gets_errors_in_its_protocol(
    service: Service, service_name: str, fault: str, operation: str, given: dict[str, Any]
) -> None:
    """The client reads the code."""
    service.cloud.fail(fault, "expired")
    with pytest.raises(ClientError) as caught:
        getattr(service.site.client(service_name), operation)(**given)
    assert caught.value.response["Error"]["Code"] == "ExpiredToken"


def test_a_region_is_down(service: Service) -> None:
    """No service answers there; other regions do."""
    service.cloud.down.add("eu-central-1")
    with pytest.raises(ConnectionClosedError):
        service.call.list_stacks()
    other = service.cloud.site(region="us-east-1").client("cloudformation")
    assert other.list_stacks()["StackSummaries"] == []


def test_accounts_and_regions_are_apart(service: Service) -> None:
    """A stack exists in one region of one account."""
    service.plan(template())
    places = [("333333333333", "us-east-1"), ("111111111111", "eu-central-1")]
    for account, region in places:
        assert service.cloud.site(account, region).client("cloudformation").describe_stacks()["Stacks"] == []
    assert service.site.stack("hello").id.startswith("arn:aws:cloudformation:eu-central-1:333333333333:stack/hello/")


@pytest.mark.parametrize(
    ("service_name", "operation", "given"),
    [
        ("cloudformation", "describe_account_limits", {}),
        ("cloudformation", "delete_stack", {"StackName": "a", "RetainResources": ["B"]}),
        ("lambda", "list_functions", {}),
        ("codedeploy", "list_applications", {}),
    ],
)
def test_what_is_unknown_is_refused(world: Cloud, service_name: str, operation: str, given: dict[str, Any]) -> None:
    """The emulator does not guess."""
    with pytest.raises(ClientError):
        getattr(world.site().client(service_name), operation)(**given)


def test_each_call_can_take_time(cloud: str) -> None:
    """A program that polls needs no control of the clock then."""
    with standing(cloud, step=20) as world:
        call = world.site().client("cloudformation")
        body = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
        call.create_stack(StackName="a", TemplateBody=body)
        call.get_waiter("stack_create_complete").wait(StackName="a", WaiterConfig={"Delay": 0, "MaxAttempts": 9})


def test_a_program_without_this_object_sets_the_clock(world: Cloud) -> None:
    """It posts the seconds that it would sleep."""
    before = world.now
    request = urllib.request.Request(f"{world.address}/_clock", json.dumps({"seconds": 90}).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert json.load(answer) == {"now": before + 90}


def test_the_real_command_line(service: Service, tmp_path: Path) -> None:
    """`aws` creates, describes and executes a change set, waits for it, and shows AWS's errors."""
    request = {
        "StackName": "hello",
        "ChangeSetName": "r1",
        "ChangeSetType": "CREATE",
        "TemplateBody": json.dumps(template()),
        "Parameters": [{"ParameterKey": "Level", "ParameterValue": "a b\n'$(id)' \"--x\""}],
        "Capabilities": ["CAPABILITY_IAM"],
        "RollbackConfiguration": {"MonitoringTimeInMinutes": 0, "RollbackTriggers": []},
    }
    (tmp_path / "request.json").write_text(json.dumps(request), encoding="utf-8")
    made = aws(service, "cloudformation", "create-change-set", "--cli-input-json", f"file://{tmp_path}/request.json")
    assert made.returncode == 0, made.stderr
    service.cloud.advance(1)
    shown = json.loads(
        aws(service, "cloudformation", "describe-change-set", "--stack-name", "hello", "--change-set-name", "r1").stdout
    )
    assert shown["Parameters"] == request["Parameters"]
    assert (
        aws(service, "cloudformation", "execute-change-set", "--stack-name", "hello", "--change-set-name", "r1").returncode == 0
    )
    service.cloud.advance(5)
    assert aws(service, "cloudformation", "wait", "stack-create-complete", "--stack-name", "hello").returncode == 0
    wrong = aws(service, "cloudformation", "describe-stacks", "--stack-name", "nothing")
    assert wrong.returncode
    assert "(ValidationError)" in wrong.stderr
    assert "Stack with id nothing does not exist" in wrong.stderr
