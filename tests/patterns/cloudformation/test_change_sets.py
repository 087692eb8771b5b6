"""Change sets: what they say, when they can be executed, and what CloudFormation refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation import Behaviour, Cloud, standing
from tests.patterns.cloudformation.service import Service, fill, template

pytestmark = pytest.mark.emulator

PLAIN = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


def queue(name: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a template with a queue."""
    return {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {**({"QueueName": name} if name else {}), **more}}}}


def told(made: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    """Return action and replacement by logical id."""
    changes = [each["ResourceChange"] for each in made["Changes"]]
    return {each["LogicalResourceId"]: (each["Action"], each.get("Replacement")) for each in changes}


def test_the_first_change_set_makes_a_stack_in_review(service: Service) -> None:
    """Until the change set is executed, the stack has neither resources nor a template."""
    made = service.plan(template())
    assert (made["Status"], made["ExecutionStatus"]) == ("CREATE_COMPLETE", "AVAILABLE")
    assert set(told(made).values()) == {("Add", None)}
    assert service.status == "REVIEW_IN_PROGRESS"
    assert service.call.list_stack_resources(StackName="hello")["StackResourceSummaries"] == []


def test_creating_takes_time(service: Service) -> None:
    """A change set cannot be executed before it is complete."""
    made = service.plan(template(), minutes=0)
    assert made["Status"] == "CREATE_PENDING"
    with pytest.raises(
        ClientError, match=r"InvalidChangeSetStatus.*cannot be executed in its current status of \[CREATE_PENDING\]"
    ):
        service.call.execute_change_set(StackName="hello", ChangeSetName="r1")


def test_new_code_makes_a_new_version(service: Service) -> None:
    """Function and alias are modified; the old version leaves the stack, and is retained."""
    service.deploy(template("one"))
    made = service.plan(template("two"))
    actions = {name.replace("live", "LIVE").rstrip("0123456789abcdef"): change for name, change in told(made).items()}
    assert actions == {"HelloVersion": ("Add", None), "Hello": ("Modify", "False"), "HelloAliasLIVE": ("Modify", "False")}
    removed = [each["ResourceChange"] for each in made["Changes"] if each["ResourceChange"]["Action"] == "Remove"]
    assert [each["PolicyAction"] for each in removed] == ["Retain"]


def test_a_changed_parameter_has_two_details(service: Service) -> None:
    """One names the parameter, the other one is dynamic, as AWS's page explains."""
    service.deploy(template())
    made = service.plan(template(), Parameters=[{"ParameterKey": "Level", "ParameterValue": "debug"}])
    (change,) = [each["ResourceChange"] for each in made["Changes"]]
    target = {"Attribute": "Properties", "Name": "Environment", "RequiresRecreation": "Never"}
    assert change["LogicalResourceId"] == "Hello"
    assert change["Details"] == [
        {"Target": target, "Evaluation": "Static", "ChangeSource": "ParameterReference", "CausingEntity": "Level"},
        {"Target": target, "Evaluation": "Dynamic", "ChangeSource": "DirectModification"},
    ]


@pytest.mark.parametrize(
    ("before", "after", "replacement"),
    [
        (queue("a"), queue("b"), "True"),
        (queue("a", DelaySeconds=1), queue("a", DelaySeconds=2), "False"),
        (queue(KmsMasterKeyId={"Ref": "Key"}) | {"Parameters": {"Key": {"Type": "String", "Default": "1"}}}, queue(), "False"),
    ],
)
def test_replacement_follows_from_the_registry(
    service: Service, before: dict[str, Any], after: dict[str, Any], replacement: str
) -> None:
    """A property that cannot be changed replaces the resource."""
    service.deploy(before)
    assert told(service.plan(after)) == {"Jobs": ("Modify", replacement)}


def test_what_refers_to_a_replaced_resource_may_be_replaced(service: Service) -> None:
    """The new id is not known yet, so that CloudFormation says Conditional."""
    user = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["Jobs", "QueueName"]}}}
    service.deploy(queue("a") | {"Resources": {**queue("a")["Resources"], "Dead": user}})
    made = service.plan(queue("b") | {"Resources": {**queue("b")["Resources"], "Dead": user}})
    assert told(made) == {"Jobs": ("Modify", "True"), "Dead": ("Modify", "Conditional")}
    detail = made["Changes"][1]["ResourceChange"]["Details"][0]
    assert (detail["Evaluation"], detail["ChangeSource"], detail["CausingEntity"]) == (
        "Dynamic",
        "ResourceAttribute",
        "Jobs.QueueName",
    )


@pytest.mark.parametrize("reason", ["No updates are to be performed.", "The submitted information didn't contain changes."])
def test_an_empty_change_set_fails(cloud: str, reason: Any) -> None:
    """Its status is FAILED, with one of the two reasons that AWS has; it cannot be executed."""
    with standing(cloud, Behaviour(empty_reason=reason)) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template())
        made = service.plan(template())
        assert (made["Status"], made["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
        assert made["StatusReason"].startswith(reason)
        with pytest.raises(ClientError, match=r"InvalidChangeSetStatus.*\[FAILED\]"):
            service.call.execute_change_set(StackName="hello", ChangeSetName=made["ChangeSetName"])


def test_tags_change_each_resource_that_can_have_them(service: Service) -> None:
    """A changed stack tag is a change of scope Tags."""
    service.deploy(queue("a"))
    made = service.plan(queue("a"), Tags=[{"Key": "team", "Value": "x"}])
    assert [each["ResourceChange"]["Scope"] for each in made["Changes"]] == [["Tags"]]


def test_changed_outputs_are_enough(service: Service) -> None:
    """A change set without changed resources can be executed if outputs change."""
    service.deploy(queue("a"))
    made = service.plan(queue("a") | {"Outputs": {"Url": {"Value": {"Ref": "Jobs"}}}})
    assert (made["Status"], made["Changes"]) == ("CREATE_COMPLETE", [])


@pytest.mark.parametrize("counts", [True, False])
def test_triggers_alone(cloud: str, counts: bool) -> None:  # noqa: FBT001
    """Whether a changed rollback configuration is a change is not documented."""
    with standing(cloud, Behaviour(triggers_are_a_change=counts)) as world:
        service = Service(world)
        service.deploy(queue("a"))
        made = service.plan(queue("a"), RollbackConfiguration={"MonitoringTimeInMinutes": 5})
        assert made["Status"] == ("CREATE_COMPLETE" if counts else "FAILED")


def test_executing_deletes_the_others(service: Service) -> None:
    """Only the executed change set is left."""
    service.deploy(queue("a", DelaySeconds=1))
    service.plan(queue("a", DelaySeconds=2))
    service.plan(queue("a", DelaySeconds=3))
    service.call.execute_change_set(StackName="hello", ChangeSetName="r2")
    service.cloud.advance(5)
    with pytest.raises(ClientError, match=r"ChangeSetNotFound.*ChangeSet \[r3\] does not exist"):
        service.call.describe_change_set(StackName="hello", ChangeSetName="r3")
    states = {
        each["ChangeSetName"]: each["ExecutionStatus"] for each in service.call.list_change_sets(StackName="hello")["Summaries"]
    }
    assert states == {"r1": "EXECUTE_COMPLETE", "r2": "EXECUTE_COMPLETE"}
    with pytest.raises(ClientError, match=r"current execution status of \[EXECUTE_COMPLETE\]"):
        service.call.execute_change_set(StackName="hello", ChangeSetName="r2")


def test_a_direct_update_makes_change_sets_obsolete(service: Service) -> None:
    """What was planned before no longer fits."""
    service.deploy(queue("a", DelaySeconds=1))
    service.plan(queue("a", DelaySeconds=2))
    service.call.update_stack(StackName="hello", TemplateBody=json.dumps(queue("a", DelaySeconds=3)))
    service.cloud.advance(5)
    with pytest.raises(ClientError, match=r"InvalidChangeSetStatus.*execution status of \[OBSOLETE\]"):
        service.call.execute_change_set(StackName="hello", ChangeSetName="r2")


def test_nothing_starts_while_an_operation_is_in_progress(service: Service) -> None:
    """CloudFormation refuses change sets, updates and deletion, with the stack's status in the words."""
    service.deploy(template("one"))
    service.begin(template("two"))
    words = r"\(ValidationError\).*Stack:arn:aws:cloudformation:.* is in UPDATE_IN_PROGRESS state and can not be updated\."
    with pytest.raises(ClientError, match=words):
        service.plan(template("three"))
    with pytest.raises(ClientError, match=words):
        service.call.update_stack(StackName="hello", TemplateBody=json.dumps(queue("a")))
    with pytest.raises(ClientError, match=r"cannot be deleted while in status UPDATE_IN_PROGRESS"):
        service.call.delete_stack(StackName="hello")
    with pytest.raises(ClientError, match=r"InvalidChangeSetStatus.*currently in progress"):
        service.call.delete_change_set(StackName="hello", ChangeSetName="r2")


def test_names_are_taken(service: Service) -> None:
    """A change set's name and a stack's name are refused if they exist, also if the change set failed."""
    service.deploy(queue("a"))
    service.plan(queue("a"))
    given = {"StackName": "hello", "TemplateBody": json.dumps(queue("b"))}
    with pytest.raises(ClientError, match=r"AlreadyExistsException.*ChangeSet r2 cannot be created due to a mismatch"):
        service.call.create_change_set(ChangeSetName="r2", **given)
    with pytest.raises(ClientError, match=r"Stack \[hello\] already exists and cannot be created again with the changeSet \[x\]"):
        service.call.create_change_set(ChangeSetName="x", ChangeSetType="CREATE", **given)
    service.call.delete_change_set(StackName="hello", ChangeSetName="r2")
    service.call.create_change_set(ChangeSetName="r2", **given)
    service.call.create_change_set(ChangeSetName="r1", **given)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"StackName": "nothing", "TemplateBody": json.dumps(PLAIN)}, r"Stack \[nothing\] does not exist"),
        ({"StackName": "a", "ChangeSetType": "CREATE", "TemplateBody": " " * 51_201}, "less than or equal to 51200"),
        ({"StackName": "a", "ChangeSetType": "CREATE", "TemplateBody": "{"}, "Template format error"),
        ({"StackName": "a", "ChangeSetType": "CREATE", "TemplateBody": "{}"}, "At least one Resources member must be defined"),
        (
            {"StackName": "a", "ChangeSetType": "CREATE", "TemplateBody": '{"Resources": {"A": {"Type": "Custom::Thing"}}}'},
            "does not know what the resource A of the type Custom::Thing does",
        ),
        ({"StackName": "-a", "ChangeSetType": "IMPORT", "TemplateBody": json.dumps(PLAIN)}, "does not know"),
        (
            {"StackName": "a", "ChangeSetType": "CREATE", "TemplateBody": json.dumps(PLAIN), "OnStackFailure": "DELETE"},
            "does not know",
        ),
        (
            {"StackName": "a", "ChangeSetType": "CREATE", "TemplateBody": '{"Resources": {"A": {"Type": "AWS::No::Such"}}}'},
            "Unrecognized resource types",
        ),
        (
            {
                "StackName": "a",
                "ChangeSetType": "CREATE",
                "TemplateBody": '{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "B"}}}}}',
            },
            r"Unresolved resource dependencies \[B\]",
        ),
        (
            {
                "StackName": "a",
                "ChangeSetType": "CREATE",
                "TemplateBody": json.dumps(PLAIN | {"Outputs": {"A": {"Value": {"Fn::GetAtt": ["Topic", "Nothing"]}}}}),
            },
            "resource Topic does not support attribute type Nothing",
        ),
    ],
)
def test_requests_that_are_refused(world: Cloud, given: dict[str, Any], words: str) -> None:
    """What AWS refuses is refused with its words; what the emulator does not know says so."""
    with pytest.raises(ClientError, match=words):
        world.site().client("cloudformation").create_change_set(ChangeSetName="x", **given)


def test_capabilities_are_demanded(service: Service) -> None:
    """A template with roles needs CAPABILITY_IAM; after a macro the change set fails, and otherwise the request."""
    made = service.plan(template(), Capabilities=[])
    assert (made["Status"], made["StatusReason"]) == ("FAILED", "Requires capabilities : [CAPABILITY_IAM]")
    role = {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "x", "AssumeRolePolicyDocument": {}}}
    with pytest.raises(ClientError, match=r"InsufficientCapabilitiesException.*Requires capabilities : \[CAPABILITY_NAMED_IAM\]"):
        service.plan({"Resources": {"Role": role}})


def test_a_template_that_sam_refuses_fails(service: Service) -> None:
    """The reason has the macro's words."""
    tree = template()
    del tree["Resources"]["Hello"]["Properties"]["Runtime"]
    tree["Resources"]["Hello"]["Properties"]["Handler"] = None
    tree["Resources"]["Hello"]["Properties"]["Nonsense"] = 1
    made = service.plan(tree)
    assert made["Status"] == "FAILED"
    assert made["StatusReason"].startswith("Transform AWS::Serverless-2016-10-31 failed with: ")


def test_a_template_in_a_bucket(service: Service) -> None:
    """A template may be larger there, and has to exist."""
    text = json.dumps({**PLAIN, "Description": "x", "Metadata": {"Long": "x" * 60_000}})
    service.site.client("s3").put_object(Bucket="packages", Key="t.json", Body=text.encode())
    url = "https://packages.s3.eu-central-1.amazonaws.com/"
    given = {"StackName": "hello", "ChangeSetType": "CREATE"}
    service.call.create_change_set(ChangeSetName="x", TemplateURL=f"{url}t.json", **given)
    assert json.loads(service.site.stack("hello").change_sets[0].plan.text) == json.loads(text)  # type: ignore[union-attr]
    with pytest.raises(ClientError, match="S3 error: The specified key does not exist"):
        service.call.create_change_set(ChangeSetName="y", TemplateURL=f"{url}u.json", **given)


def test_many_changes_are_told_page_by_page(service: Service) -> None:
    """A client that follows NextToken sees all of them."""
    made = service.plan({"Resources": {f"T{number}": {"Type": "AWS::SNS::Topic"} for number in range(230)}})
    assert len(made["Changes"]) == 100
    pages = service.call.get_paginator("describe_change_set").paginate(StackName="hello", ChangeSetName="r1")
    assert len([each for page in pages for each in page["Changes"]]) == 230


def test_the_status_may_come_late(cloud: str) -> None:
    """After the call, the stack can still show how the last operation ended; the change set does not."""
    with standing(cloud, Behaviour(late_status=True)) as world:
        fill(world.site())
        service = Service(world)
        service.deploy(template("one"))
        service.begin(template("two"))
        assert service.status == "CREATE_COMPLETE"
        told = service.call.describe_change_set(StackName="hello", ChangeSetName="r2")
        assert told["ExecutionStatus"] == "EXECUTE_IN_PROGRESS"
        with pytest.raises(ClientError, match="can not be updated"):
            service.plan(template("three"))
        world.advance(1)
        assert service.status == "UPDATE_IN_PROGRESS"


def test_a_token_makes_execution_repeatable(service: Service) -> None:
    """The same request succeeds again without an effect; the token with another request is refused."""
    service.deploy(template("one"))
    service.plan(template("two"))
    given = {"StackName": "hello", "ChangeSetName": "r2", "ClientRequestToken": "release-7"}
    service.call.execute_change_set(**given)
    service.cloud.advance(3)
    service.call.execute_change_set(**given)
    service.cloud.advance(30)
    assert service.site.statuses("hello").count("UPDATE_IN_PROGRESS") == 1
    assert {each.token for each in service.site.stack("hello").events[-3:]} == {"release-7"}
    with pytest.raises(ClientError, match="TokenAlreadyExistsException"):
        service.call.execute_change_set(**{**given, "ChangeSetName": "r1"})


def test_a_change_set_is_found_by_its_arn(service: Service) -> None:
    """A name needs the stack's name; what is deleted is not found, and deleting it again is fine."""
    number = service.plan(queue("a"))["ChangeSetId"]
    assert service.call.describe_change_set(ChangeSetName=number)["ChangeSetName"] == "r1"
    made = service.call.get_template(StackName="hello", ChangeSetName="r1")
    assert made["TemplateBody"] == queue("a")
    service.call.delete_change_set(ChangeSetName=number)
    service.call.delete_change_set(StackName="hello", ChangeSetName="r1")
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        service.call.describe_change_set(ChangeSetName=number)
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        service.call.get_template(StackName="hello", ChangeSetName="r1")
    with pytest.raises(ClientError, match="StackName must be specified if ChangeSetName is not specified as an ARN"):
        service.call.describe_change_set(ChangeSetName="r1")
    with pytest.raises(ClientError, match=r"Stack \[nothing\] does not exist"):
        service.call.delete_change_set(StackName="nothing", ChangeSetName="r1")


def test_a_client_token_makes_creation_repeatable(service: Service) -> None:
    """The same request again returns the same change set."""
    given = {"StackName": "hello", "ChangeSetName": "x", "ChangeSetType": "CREATE", "TemplateBody": json.dumps(PLAIN)}
    first = service.call.create_change_set(**given, ClientToken="t")
    assert service.call.create_change_set(**given, ClientToken="t")["Id"] == first["Id"]
    assert len(service.site.stack("hello").change_sets) == 1


def test_a_change_set_of_a_stack_that_is_deleted(service: Service) -> None:
    """It cannot be executed any more."""
    service.deploy(template("one"))
    service.plan(template("two"))
    service.call.delete_stack(StackName="hello")
    with pytest.raises(ClientError, match=r"InvalidChangeSetStatus.*is in DELETE_IN_PROGRESS state"):
        service.call.execute_change_set(StackName="hello", ChangeSetName="r2")


def test_yaml_with_short_forms(service: Service) -> None:
    """A template may be YAML."""
    text = """
Parameters: {Name: {Type: String, Default: x}}
Conditions: {Named: !Not [!Equals [!Ref Name, ""]]}
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !If [Named, !Sub "${Name}-${!literal}", !Ref AWS::NoValue]
      Tags: [{Key: day, Value: 2027-01-15}]
Outputs:
  Arn: {Value: !GetAtt Jobs.Arn}
  Text: {Value: !Base64 abc}
  Part: {Value: !Select [1, !Split ["-", "a-b"]]}
"""
    given = {"StackName": "hello", "ChangeSetName": "x", "ChangeSetType": "CREATE"}
    service.call.create_change_set(**given, TemplateBody=text)
    service.cloud.advance(1)
    service.call.execute_change_set(StackName="hello", ChangeSetName="x")
    service.cloud.advance(2)
    jobs = service.site.stack("hello").resources["Jobs"]
    assert jobs.properties == {"QueueName": "x-${literal}", "Tags": [{"Key": "day", "Value": "2027-01-15"}]}
    outputs = {name: each["OutputValue"] for name, each in service.site.stack("hello").outputs.items()}
    assert outputs == {"Arn": "arn:aws:sqs:eu-central-1:333333333333:x-${literal}", "Text": "YWJj", "Part": "b"}
    assert service.call.get_template(StackName="hello")["TemplateBody"] == text
