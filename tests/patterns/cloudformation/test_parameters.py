"""Parameters: values arrive unchanged, and what a template does not allow is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation.service import Service

pytestmark = pytest.mark.emulator

HOSTILE = [
    "two  words",
    'say "hi"',
    "it's `id`",
    "$(touch x)",
    "--role-arn x",
    "a\nb\r\nc\td",
    "file:///etc/passwd",
    "a,b=c",
    "<é&>",
    "$HOME",
    " ",
]


def stored(**parameters: dict[str, Any]) -> dict[str, Any]:
    """Return a template that stores each parameter."""
    resources = {
        f"Stored{name}": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {"Name": f"/x/{name}", "Type": "String", "Value": {"Ref": name}},
        }
        for name in parameters
    }
    return {"Parameters": parameters, "Resources": {**resources, "Topic": {"Type": "AWS::SNS::Topic"}}}


def given(**values: str) -> list[dict[str, str]]:
    """Return the parameters of a request."""
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


@pytest.mark.parametrize("value", HOSTILE)
def test_values_arrive_as_they_are(service: Service, value: str) -> None:
    """In the stack, and in what a resource gets."""
    assert service.deploy(stored(A={"Type": "String"}), Parameters=given(A=value)) == "CREATE_COMPLETE"
    assert service.call.describe_stacks(StackName="hello")["Stacks"][0]["Parameters"][0]["ParameterValue"] == value
    assert service.site.client("ssm").get_parameter(Name="/x/A")["Parameter"]["Value"] == value


def test_an_empty_value_is_a_value(service: Service) -> None:
    """It wins over the default."""
    tree = {"Parameters": {"A": {"Type": "String", "Default": "x"}}, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    service.deploy(tree, Parameters=given(A=""))
    assert service.site.parameters("hello") == {"A": ""}


def test_previous_values_and_defaults(service: Service) -> None:
    """A parameter that a request does not name gets its default, and not its previous value."""
    tree = stored(A={"Type": "String", "Default": "d"}, B={"Type": "String"})
    service.deploy(tree, Parameters=given(A="a", B="b"))
    service.deploy(tree, Parameters=[{"ParameterKey": "B", "UsePreviousValue": True}])
    assert service.site.parameters("hello") == {"A": "d", "B": "b"}


def test_a_secret_is_not_shown(service: Service) -> None:
    """A NoEcho parameter is masked, and its previous value can still be used."""
    tree = stored(A={"Type": "String", "NoEcho": True})
    made = service.plan(tree, Parameters=given(A="hush"))
    assert made["Parameters"] == [{"ParameterKey": "A", "ParameterValue": "****"}]
    service.call.execute_change_set(StackName="hello", ChangeSetName="r1")
    service.cloud.advance(2)
    more = tree | {"Outputs": {"X": {"Value": "1"}}}
    assert service.deploy(more, Parameters=[{"ParameterKey": "A", "UsePreviousValue": True}]) == "UPDATE_COMPLETE"
    assert service.call.describe_stacks(StackName="hello")["Stacks"][0]["Parameters"] == made["Parameters"]
    assert service.site.client("ssm").get_parameter(Name="/x/A")["Parameter"]["Value"] == "hush"


def test_a_value_of_the_parameter_store(service: Service) -> None:
    """The change set shows what it resolves to; a change in the store is a change of the stack."""
    store = service.site.client("ssm")
    store.put_parameter(Name="/shared/host", Value="old", Type="String")
    tree = stored(A={"Type": "AWS::SSM::Parameter::Value<String>"})
    made = service.plan(tree, Parameters=given(A="/shared/host"))
    assert made["Parameters"] == [{"ParameterKey": "A", "ParameterValue": "/shared/host", "ResolvedValue": "old"}]
    service.call.execute_change_set(StackName="hello", ChangeSetName="r1")
    service.cloud.advance(2)
    store.put_parameter(Name="/shared/host", Value="new", Type="String", Overwrite=True)
    assert service.deploy(tree, Parameters=given(A="/shared/host")) == "UPDATE_COMPLETE"
    assert store.get_parameter(Name="/x/A")["Parameter"]["Value"] == "new"
    with pytest.raises(ClientError, match=r"Unable to fetch parameters \[/shared/none\] from parameter store"):
        service.plan(tree, Parameters=given(A="/shared/none"))


def test_a_dynamic_reference_is_read_when_the_resource_changes(service: Service) -> None:
    """A change in the store alone is no change of the template."""
    store = service.site.client("ssm")
    store.put_parameter(Name="/shared/host", Value="old", Type="String")
    tree = stored()
    tree["Resources"]["Copy"] = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Type": "String", "Name": "/x/copy", "Value": "{{resolve:ssm:/shared/host}}"},
    }
    service.deploy(tree)
    assert store.get_parameter(Name="/x/copy")["Parameter"]["Value"] == "old"
    store.put_parameter(Name="/shared/host", Value="new", Type="String", Overwrite=True)
    assert service.plan(tree)["Status"] == "FAILED"


@pytest.mark.parametrize(
    ("rule", "values", "words"),
    [
        ({"Type": "String"}, given(), r"Parameters: \[A\] must have values"),
        ({"Type": "String"}, given(A="1", B="2"), r"Parameters: \[B\] do not exist in the template"),
        ({"Type": "String", "AllowedValues": ["a", "b"]}, given(A="c"), "Parameter 'A' must be one of AllowedValues"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, given(A="c1"), r"Parameter 'A' must match pattern \[a-z\]\+"),
        ({"Type": "String", "AllowedPattern": "x", "ConstraintDescription": "say x"}, given(A="c"), "constraint: say x"),
        ({"Type": "String", "MinLength": 2}, given(A="c"), "must contain at least 2 characters"),
        ({"Type": "String", "MaxLength": "2"}, given(A="abc"), "must contain at most 2 characters"),
        ({"Type": "Number"}, given(A="abc"), "must be a number"),
        ({"Type": "Number", "MaxValue": 5}, given(A="6"), "not greater than 5"),
        ({"Type": "Number", "MinValue": 5}, given(A="4"), "not less than 5"),
        ({"Type": "String"}, given(A="x" * 4_097), "must be less than or equal to 4096 bytes"),
        ({"Type": "Text"}, given(A="x"), "Unrecognized parameter type: Text"),
        ({"Type": "AWS::EC2::VPC::Id"}, given(A="x"), "NotImplemented"),
        ({"Type": "String"}, [{"ParameterKey": "A", "UsePreviousValue": True}], "not in the previous template"),
    ],
)
def test_values_that_are_refused(service: Service, rule: dict[str, Any], values: list[dict[str, Any]], words: str) -> None:
    """CloudFormation refuses the request, and nothing is created."""
    with pytest.raises(ClientError, match=words):
        service.plan(stored(A=rule), Parameters=values)
    assert service.site.records.stacks == []


def test_lists(service: Service) -> None:
    """A list is split, without the blanks around its items."""
    tree = {
        "Parameters": {"A": {"Type": "CommaDelimitedList"}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"Second": {"Value": {"Fn::Select": [1, {"Ref": "A"}]}}, "All": {"Value": {"Fn::Join": ["|", {"Ref": "A"}]}}},
    }
    service.deploy(tree, Parameters=given(A="a, b ,c"))
    outputs = {
        each["OutputKey"]: each["OutputValue"] for each in service.call.describe_stacks(StackName="hello")["Stacks"][0]["Outputs"]
    }
    assert outputs == {"Second": "b", "All": "a|b|c"}


def test_a_template_keeps_its_text(service: Service) -> None:
    """GetTemplate returns the text as it was given, and the template with the macros run."""
    from tests.patterns.cloudformation.service import template

    tree = template()
    service.deploy(tree)
    found = service.call.get_template(StackName="hello")
    assert (found["TemplateBody"], found["StagesAvailable"]) == (tree, ["Original", "Processed"])
    made = service.call.get_template(StackName="hello", TemplateStage="Processed")["TemplateBody"]
    assert {each["Type"] for each in made["Resources"].values()} >= {"AWS::Lambda::Version", "AWS::Lambda::Alias"}
    assert json.loads(service.site.stack("hello").plan.text) == tree  # type: ignore[union-attr]
