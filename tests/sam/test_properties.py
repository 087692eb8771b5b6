from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from troposphere import serverless

import gitlabgen.sam
from gitlabgen import KeywordError, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of
from tests.sam import classes
from tests.sam.messages import said

# Documented properties of SAM that troposphere's classes do not have yet.
NEWER = {"Canary": {"PassthroughCondition", "TriggerConfigurations"}}
OWN = {*plan_of(sam.BaseResource).names, "alias", "probe"}


# SAM's resources are compared with its translator instead.
PLAIN = {kind: cls for kind, cls in classes.RESOURCES.items() if not kind.startswith("AWS::Serverless::")}


def _theirs(kind: str) -> Any:
    """Return the class of troposphere for a type such as `AWS::IAM::Role`."""
    _, service, name = kind.split("::")
    return getattr(import_module(f"troposphere.{service.lower()}"), name)


@pytest.mark.parametrize(
    ("cls", "theirs"),
    [*((cls, _theirs(kind)) for kind, cls in PLAIN.items()), (sam.Canary, serverless.DeploymentPreference)],
)
def test_properties_have_the_names_of_aws(cls: type[Model], theirs: Any) -> None:
    """Each property is written with a name that troposphere knows, or that is newer than troposphere."""
    names = {plan_of(cls).key(name) for name in plan_of(cls).names - OWN}
    assert names - {*theirs.props} == NEWER.get(cls.__name__, set()) & names
    if issubclass(cls, sam.BaseResource):
        assert cls.type == theirs.resource_type


def test_reserved_names_have_an_underscore() -> None:
    """`name_` writes `Name`, `globals_` writes `Globals`."""
    template = sam.Template(resources=[sam.RestApi("A", stage_name="x", name_="shown")], globals_={"Api": {}})
    tree = TemplateEncoder(template).tree()
    assert tree["Resources"]["A"]["Properties"] == {"StageName": "x", "Name": "shown"}
    assert tree["Globals"] == {"Api": {}}


def test_unknown_properties_are_written_unchanged() -> None:
    """`extra` holds properties that gitlabgen does not know, in each block of properties."""
    function = sam.Function(
        "F", extra={"New": sam.Ref("A"), "CreationPolicy": {}}, events={"E": sam.Route("GET", "/", extra={"Auth": 1})}
    )
    resource = sam.Resource("R", "AWS::X::Y", {"A": 1}, extra={"UpdatePolicy": {}, "Beside": 2})
    template = sam.Template(resources=[function, resource], outputs={"O": sam.Output("x", extra={"New": 1})}, extra={"Hooks": {}})
    tree = TemplateEncoder(template).tree()
    assert tree["Resources"]["F"]["CreationPolicy"] == {}
    assert tree["Resources"]["F"]["Properties"]["New"] == {"Ref": "A"}
    assert tree["Resources"]["F"]["Properties"]["Events"]["E"]["Properties"] == {"Path": "/", "Method": "GET", "Auth": 1}
    assert tree["Resources"]["R"] == {"Type": "AWS::X::Y", "UpdatePolicy": {}, "Properties": {"A": 1}, "Beside": 2}
    assert tree["Outputs"]["O"] == {"Value": "x", "New": 1}
    assert tree["Hooks"] == {}


def test_sections_are_written_under_their_names() -> None:
    """Parameters, conditions and the other sections are written unchanged."""
    given: dict[str, Any] = {
        "parameters": {"Stage": {"Type": "String", "Default": "qa"}},
        "mappings": {"M": {"a": {"b": "c"}}},
        "conditions": {"IsProd": sam.Intrinsic("Fn::Equals", [sam.Ref("Stage"), "prod"])},
        "rules": {"R": {"Assertions": []}},
        "metadata": {"A": 1},
    }
    tree = TemplateEncoder(sam.Template("d", transform=None, **given)).tree()
    assert tree == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "d",
        "Metadata": {"A": 1},
        "Parameters": {"Stage": {"Type": "String", "Default": "qa"}},
        "Mappings": {"M": {"a": {"b": "c"}}},
        "Rules": {"R": {"Assertions": []}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {},
    }


def test_the_package_lists_its_names() -> None:
    """Each name of the package can be imported, and no other."""
    assert dir(gitlabgen.sam) == sorted(sam.__all__)
    for name in sam.__all__:
        assert getattr(gitlabgen.sam, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'Funktion'"):
        getattr(gitlabgen.sam, "Funktion")  # noqa: B009 - type checkers would report an attribute


WRONG = """
Resources:
  my-function:
    Type: AWS::Serverless::Function
    Properties:
      Timeout: 0
      DeploymentPreference: {Type: AllAtOnce}
      Events:
        Jobs: {Type: SQS, Properties: {Queue: arn:x, BatchSize: 20}}
  Late:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Statistic: Sum
      ExtendedStatistic: p90
      EvaluationPeriods: 3
      DatapointsToAlarm: 5
      ComparisonOperator: GreaterThanThreshold
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [prod]}
Globals: {Function: {Timeout: 901}}
Description: {a: b}
"""


def test_findings_have_the_names_of_the_file() -> None:
    """For a template that was read, messages and hints have the property names of the file, not Python's."""
    with pytest.raises(KeywordError) as caught:
        sam.loads(WRONG, filename="template.yml")
    assert {said(finding) for finding in caught.value.findings} == {
        (
            "`my-function` is not a logical ID: only letters (A-Z, a-z) and digits are allowed, at most 255; "
            "did you mean `myfunction`?"
        ),
        "`my-function`: `Timeout` should be between 1 and 900 seconds, got 0",
        "`my-function`: `DeploymentPreference` needs `AutoPublishAlias`; without an alias no traffic can shift",
        (
            "`Events:Jobs:BatchSize` needs `MaximumBatchingWindowInSeconds`; "
            "batches of more than 10 messages need a window of at least 1 second"
        ),
        "`Late`: `ExtendedStatistic` cannot be used together with `Statistic`",
        "`Late`: `DatapointsToAlarm` should be between 1 and `EvaluationPeriods` (3), got 5",
        "`Parameters:Stage:Default` should be one of `AllowedValues`, got 'dev'",
        "`Globals:Function:Timeout` should be between 1 and 900 seconds, got 901",
        "`Description` should be a string, got the mapping {a: b}; put it in quotes: YAML reads a colon and a space as a mapping",
    }
