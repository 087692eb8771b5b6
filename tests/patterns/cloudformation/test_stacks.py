"""Stacks: events, resources, outputs, tags, deletion."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation.service import Service, template

pytestmark = pytest.mark.emulator


def test_events_tell_what_happened(service: Service) -> None:
    """The newest comes first; a resource begins, is initiated, and is complete."""
    service.deploy({"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "x"}}}})
    found = service.call.describe_stack_events(StackName="hello")["StackEvents"]
    told = [(each["LogicalResourceId"], each["ResourceStatus"], each.get("ResourceStatusReason")) for each in reversed(found)]
    assert told == [
        ("hello", "REVIEW_IN_PROGRESS", "User Initiated"),
        ("hello", "CREATE_IN_PROGRESS", "User Initiated"),
        ("Topic", "CREATE_IN_PROGRESS", None),
        ("Topic", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        ("Topic", "CREATE_COMPLETE", None),
        ("hello", "CREATE_COMPLETE", None),
    ]
    assert json.loads(found[1]["ResourceProperties"]) == {"TopicName": "x"}


def test_a_resource_waits_for_those_that_it_needs(service: Service) -> None:
    """The order follows from Ref, GetAtt, Sub and DependsOn; a circle is refused."""
    queue = "AWS::SQS::Queue"
    tree = {
        "A": {"Type": queue, "Properties": {"QueueName": {"Fn::Sub": "${B.QueueName}-a"}}},
        "B": {"Type": queue, "DependsOn": "C", "Properties": {"QueueName": "b"}},
        "C": {"Type": queue},
    }
    service.deploy({"Resources": tree})
    events = service.site.stack("hello").events
    assert [each.name for each in events if each.status == "CREATE_COMPLETE"] == ["C", "B", "A", "hello"]
    assert service.site.stack("hello").resources["A"].physical.endswith("/b-a")
    round_trip = {"Resources": {**tree, "C": {"Type": queue, "DependsOn": ["A"]}}}
    with pytest.raises(ClientError, match=r"Circular dependency between resources: \[A, B, C\]"):
        service.plan(round_trip)


def test_resources_and_outputs(service: Service) -> None:
    """They are shown with their physical ids and values."""
    service.deploy(template())
    found = {
        each["LogicalResourceId"]: each for each in service.call.list_stack_resources(StackName="hello")["StackResourceSummaries"]
    }
    assert found["Hello"]["PhysicalResourceId"] == "hello-hello"
    assert found["HelloAliaslive"]["PhysicalResourceId"] == "arn:aws:lambda:eu-central-1:333333333333:function:hello-hello:live"
    (one,) = service.call.describe_stack_resources(StackName="hello", LogicalResourceId="Errors")["StackResources"]
    assert (one["PhysicalResourceId"], one["ResourceStatus"]) == ("hello-errors", "CREATE_COMPLETE")
    detail = service.call.describe_stack_resource(StackName="hello", LogicalResourceId="Errors")["StackResourceDetail"]
    assert detail["PhysicalResourceId"] == "hello-errors"
    (stack,) = service.call.describe_stacks(StackName="hello")["Stacks"]
    assert stack["Outputs"] == [{"OutputKey": "Name", "OutputValue": "hello-hello"}]
    alarms = service.site.client("cloudwatch").describe_alarms(AlarmNames=["hello-errors"])["MetricAlarms"]
    assert [each["StateValue"] for each in alarms] == ["OK"]


def test_tags_stay_unless_given_anew(service: Service) -> None:
    """They reach the resources that can have them."""
    service.deploy(template("one"), Tags=[{"Key": "gitlab:project", "Value": "group/hello"}])
    service.deploy(template("two"))
    (stack,) = service.call.describe_stacks(StackName="hello")["Stacks"]
    assert stack["Tags"] == [{"Key": "gitlab:project", "Value": "group/hello"}]
    function = service.site.stack("hello").resources["Hello"]
    assert {"Key": "gitlab:project", "Value": "group/hello"} in function.properties["Tags"]
    with pytest.raises(ClientError, match="aws: prefixed tag key names are not allowed"):
        service.plan(template("three"), Tags=[{"Key": "aws:x", "Value": "y"}])


def test_deletion_respects_policies(service: Service) -> None:
    """What is retained is skipped; a deleted stack is found by its id only, and its name is free."""
    keep: dict[str, Any] = {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}
    service.deploy({"Resources": {"Keep": keep, "Go": {"Type": "AWS::SQS::Queue"}}})
    number = service.site.stack("hello").id
    service.call.delete_stack(StackName="hello")
    assert service.status == "DELETE_IN_PROGRESS"
    service.cloud.advance(2)
    service.call.delete_stack(StackName="hello")
    (stack,) = service.call.describe_stacks(StackName=number)["Stacks"]
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    ends = {each.name: each.status for each in service.site.stack(number).events}
    assert (ends["Keep"], ends["Go"]) == ("DELETE_SKIPPED", "DELETE_COMPLETE")
    assert service.call.describe_stacks()["Stacks"] == []
    assert [each["StackStatus"] for each in service.call.list_stacks()["StackSummaries"]] == ["DELETE_COMPLETE"]
    assert service.call.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"] == []
    assert service.deploy(template()) == "CREATE_COMPLETE"


def test_a_stack_can_be_deleted_while_it_is_created(service: Service) -> None:
    """Its creation ends, and what exists goes."""
    service.begin(template())
    service.cloud.advance(0.25)
    assert service.site.stack("hello").resources
    service.call.delete_stack(StackName="hello")
    service.cloud.advance(3)
    assert service.call.describe_stacks()["Stacks"] == []
    assert service.site.records.functions == {}
    assert service.site.records.stacks[0].status == "DELETE_COMPLETE"


def test_a_protected_stack_is_not_deleted(service: Service) -> None:
    """Termination protection has to be taken away first."""
    service.deploy(template())
    service.call.update_termination_protection(StackName="hello", EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="cannot be deleted while TerminationProtection is enabled"):
        service.call.delete_stack(StackName="hello")


def test_a_stack_in_review_can_be_deleted(service: Service) -> None:
    """It has no resources yet."""
    service.plan(template())
    service.call.delete_stack(StackName="hello")
    service.cloud.advance(1)
    assert service.call.describe_stacks()["Stacks"] == []


def test_direct_creation_and_update(service: Service) -> None:
    """A macro needs CAPABILITY_AUTO_EXPAND then, and nothing to do is an error."""
    given = {"StackName": "hello", "TemplateBody": json.dumps(template())}
    with pytest.raises(ClientError, match=r"Requires capabilities : \[CAPABILITY_AUTO_EXPAND\]"):
        service.call.create_stack(**given, Capabilities=["CAPABILITY_IAM"])
    allowed = {"Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]}
    service.call.create_stack(**given, **allowed)
    service.cloud.advance(3)
    with pytest.raises(ClientError, match=r"AlreadyExistsException.*Stack \[hello\] already exists"):
        service.call.create_stack(**given, **allowed)
    with pytest.raises(ClientError, match="No updates are to be performed"):
        service.call.update_stack(**given, **allowed)
    service.call.update_stack(
        StackName="hello", UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Level", "ParameterValue": "x"}], **allowed
    )
    service.cloud.advance(3)
    assert service.status == "UPDATE_COMPLETE"


def test_a_named_resource_cannot_be_replaced_by_one_of_that_name(service: Service) -> None:
    """CloudFormation asks for another name."""
    table = {"AttributeDefinitions": [], "KeySchema": [], "TableName": "t", "ImportSourceSpecification": {"S3BucketSource": {}}}
    service.deploy({"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": table}}})
    changed = {**table, "ImportSourceSpecification": {"S3BucketSource": {}, "InputFormat": "CSV"}}
    assert (
        service.deploy({"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": changed}}})
        == "UPDATE_ROLLBACK_COMPLETE"
    )
    reasons = [str(each.reason) for each in service.site.stack("hello").events if each.status == "UPDATE_FAILED"]
    assert "a custom-named resource requires replacing" in reasons[0]


def test_conditions_and_mappings(service: Service) -> None:
    """A resource exists if its condition holds."""
    tree = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Mappings": {"Delay": {"prod": {"Seconds": 5}, "dev": {"Seconds": 1}}},
        "Conditions": {
            "Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
            "Dev": {"Fn::Not": [{"Condition": "Prod"}]},
            "Any": {"Fn::Or": [{"Condition": "Prod"}, {"Condition": "Dev"}]},
        },
        "Resources": {
            "Extra": {"Type": "AWS::SNS::Topic", "Condition": "Prod"},
            "Jobs": {
                "Type": "AWS::SQS::Queue",
                "Condition": "Any",
                "Properties": {
                    "DelaySeconds": {"Fn::FindInMap": ["Delay", {"Ref": "Stage"}, "Seconds"]},
                    "QueueName": {"Fn::If": ["Prod", "jobs", {"Ref": "AWS::NoValue"}]},
                },
            },
        },
        "Outputs": {"Extra": {"Condition": "Prod", "Value": {"Ref": "Extra"}}},
    }
    service.deploy(tree, Parameters=[{"ParameterKey": "Stage", "ParameterValue": "prod"}])
    assert set(service.site.stack("hello").resources) == {"Extra", "Jobs"}
    assert service.site.stack("hello").resources["Jobs"].properties == {"DelaySeconds": 5, "QueueName": "jobs"}
    service.deploy(tree, Parameters=[{"ParameterKey": "Stage", "ParameterValue": "dev"}])
    assert service.status == "UPDATE_COMPLETE"
    assert service.site.stack("hello").resources["Jobs"].properties == {"DelaySeconds": 1}
    assert (set(service.site.stack("hello").resources), service.site.stack("hello").outputs) == ({"Jobs"}, {})


def test_a_replacement_that_is_not_certain_is_refused(service: Service) -> None:
    """The registry says that a change of a table's keys may replace it; the emulator does not decide."""

    def table(key: str) -> dict[str, Any]:
        return {"T": {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": [{"AttributeName": key, "KeyType": "HASH"}]}}}

    service.deploy({"Resources": table("a")})
    made = service.plan({"Resources": table("b")})
    assert made["Changes"][0]["ResourceChange"]["Replacement"] == "Conditional"
    service.call.execute_change_set(StackName="hello", ChangeSetName="r2")
    service.cloud.advance(5)
    assert service.status == "UPDATE_ROLLBACK_COMPLETE"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"Fn::ImportValue": "x"}, "does not know the function Fn::ImportValue"),
        ({"Fn::FindInMap": ["A", "b", "c"]}, "Unable to get mapping for A::b::c"),
        ({"Fn::If": ["Nothing", "a", "b"]}, "Unresolved condition dependency Nothing"),
    ],
)
def test_functions_that_cannot_be_evaluated(service: Service, value: Any, words: str) -> None:
    """The request is refused, before a stack exists."""
    tree = {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": value}}}}
    with pytest.raises(ClientError, match=words):
        service.plan(tree)


def test_a_dynamic_reference_to_nothing_fails_the_resource(service: Service) -> None:
    """It is read when the resource is created."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "{{resolve:ssm:/none}}"}}
    assert service.deploy({"Resources": {"T": topic}}) == "ROLLBACK_COMPLETE"
    failed = [(each.name, each.reason) for each in service.site.stack("hello").events if each.status == "CREATE_FAILED"]
    assert failed == [("T", "Parameters: [ssm:/none] cannot be found.")]


def test_direct_calls_are_repeatable(service: Service) -> None:
    """With a token, the same request is accepted again."""
    first: dict[str, Any] = {"StackName": "hello", "TemplateBody": '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'}
    for _ in range(2):
        service.call.create_stack(**first, ClientRequestToken="a")
    service.cloud.advance(2)
    changed = {**first, "TemplateBody": '{"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": "x"}}}}'}
    for _ in range(2):
        service.call.update_stack(**changed, ClientRequestToken="b")
    for _ in range(2):
        service.call.cancel_update_stack(StackName="hello", ClientRequestToken="c")
    service.cloud.advance(3)
    assert service.status == "UPDATE_ROLLBACK_COMPLETE"
    assert [each.token for each in service.site.stack("hello").events][-1] == "c"


@pytest.mark.parametrize(
    ("operation", "given", "words"),
    [
        (
            "describe_stack_resources",
            {"StackName": "hello", "LogicalResourceId": "X"},
            "Resource X does not exist for stack hello",
        ),
        (
            "describe_stack_resource",
            {"StackName": "hello", "LogicalResourceId": "X"},
            "Resource X does not exist for stack hello",
        ),
        ("describe_stack_events", {"StackName": "x"}, r"Stack \[x\] does not exist"),
        ("get_template", {"StackName": "hello"}, "has no template"),
        ("update_stack", {"StackName": "hello", "UsePreviousTemplate": True}, "is in REVIEW_IN_PROGRESS state"),
        ("create_stack", {"StackName": "9", "TemplateBody": "{}"}, "satisfy regular expression pattern"),
        ("create_stack", {"StackName": "a"}, "Either Template URL or Template Body must be specified"),
    ],
)
def test_calls_that_are_refused(service: Service, operation: str, given: dict[str, Any], words: str) -> None:
    """In the words of AWS."""
    service.plan(template())
    with pytest.raises(ClientError, match=words):
        getattr(service.call, operation)(**given)
