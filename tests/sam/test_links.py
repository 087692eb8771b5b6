from __future__ import annotations

from typing import Any

import pytest
from troposphere import serverless, sns

from gitlabgen import KeywordError, sam
from gitlabgen.codec.template_encoding import TemplateEncoder

API = sam.HttpApi("Api")
ROLE = sam.Role("Role", assume_role_policy_document=sam.trust("lambda.amazonaws.com"))
ALARM = sam.Alarm("Errors", evaluation_periods=1, comparison_operator="GreaterThanThreshold")
TOPIC = sns.Topic("Topic")


def test_an_api_becomes_a_reference() -> None:
    """A route stores a `Ref` to the given API, gitlabgen's or troposphere's."""
    assert sam.Route("GET", "/", api=API).api == sam.Ref("Api")
    assert sam.Route("GET", "/", api=serverless.HttpApi("Other")).api == sam.Ref("Other")
    assert sam.Route("GET", "/", api=sam.Ref("Api")).api == sam.Ref("Api")
    assert sam.Route("GET", "/", api="Api").api == "Api"


def test_alarms_become_references() -> None:
    """A canary stores a `Ref` to each alarm, or its name, which CodeDeploy requires instead of an ARN."""
    given = [ALARM, "name", "arn:aws:cloudwatch:eu-central-1:1:alarm:a:b", sam.GetAtt("A", "Arn"), sam.GetAtt("S", "Outputs.A")]
    assert sam.Canary(alarms=given).alarms == (  # type: ignore[arg-type]
        sam.Ref("Errors"),
        "name",
        "a:b",
        sam.Ref("A"),
        sam.GetAtt("S", "Outputs.A"),
    )


def test_topics_become_references() -> None:
    """A topic is stored as a `Ref`, which is its ARN."""
    assert sam.TriggerConfiguration(trigger_target_arn=TOPIC).trigger_target_arn == sam.Ref("Topic")


def test_dependencies_become_names() -> None:
    """A resource stores the names of its dependencies."""
    assert sam.Function("F", depends_on=API).depends_on == "Api"
    assert sam.Function("F", depends_on=[API, TOPIC, "X"]).depends_on == ("Api", "Topic", "X")
    assert sam.Function("F", depends_on=TOPIC).depends_on == "Topic"


def test_roles_become_arns() -> None:
    """If AWS requires a role's ARN, a role is replaced with its ARN."""
    assert sam.Function("F", role=ROLE).role == sam.GetAtt("Role", "Arn")
    assert sam.Canary(role=ROLE).role == sam.GetAtt("Role", "Arn")
    assert sam.Function("F", role="arn:x").role == "arn:x"
    assert sam.Function("F", role=ROLE.arn).role == ROLE.arn


def test_actions_and_layers_become_references() -> None:
    """Topics of an alarm and layers of a function are stored as references."""
    alarm = sam.Alarm(
        "A", evaluation_periods=1, comparison_operator="LessThanThreshold", alarm_actions=[TOPIC], ok_actions=["arn:x"]
    )
    assert alarm.alarm_actions == (sam.Ref("Topic"),)
    assert alarm.ok_actions == ("arn:x",)
    layer = sam.Resource("Layer", "AWS::Serverless::LayerVersion")
    assert sam.Function("F", layers=[layer]).layers == (sam.Ref("Layer"),)


def test_a_property_block_is_not_a_link() -> None:
    """A property block of troposphere has no name to refer to."""
    hooks = serverless.Hooks()
    assert sam.Route("GET", "/", api=hooks).api is hooks
    with pytest.raises(KeywordError, match="`api` should be a string, an Intrinsic or a BaseResource, got 3; write `api='3'`"):
        sam.Route("GET", "/", api=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("made", "function", "argument"),
    [
        (sam.Ref("A"), "Ref", "A"),
        (sam.Ref(API), "Ref", "Api"),
        (sam.Ref(TOPIC), "Ref", "Topic"),
        (API.ref, "Ref", "Api"),
        (ROLE.arn, "Fn::GetAtt", ("Role", "Arn")),
        (sam.GetAtt(TOPIC, "TopicName"), "Fn::GetAtt", ("Topic", "TopicName")),
        (API.get_att("X"), "Fn::GetAtt", ("Api", "X")),
        (sam.Sub("${A}"), "Fn::Sub", "${A}"),
        (sam.Sub("${B}", {"B": sam.Ref("C")}), "Fn::Sub", ("${B}", {"B": sam.Ref("C")})),
        (sam.Join(",", ["a", sam.Ref("B")]), "Fn::Join", (",", ("a", sam.Ref("B")))),
        (sam.Join(",", sam.Ref("B")), "Fn::Join", (",", sam.Ref("B"))),
        (sam.If("C", "a", "b"), "Fn::If", ("C", "a", "b")),
        (sam.Select(0, ["a"]), "Fn::Select", (0, ("a",))),
        (sam.Select(0, sam.Split(",", "a,b")), "Fn::Select", (0, sam.Split(",", "a,b"))),
        (sam.Split(",", "a,b"), "Fn::Split", (",", "a,b")),
        (sam.ImportValue("x"), "Fn::ImportValue", "x"),
        (sam.FindInMap("M", "a", "b"), "Fn::FindInMap", ("M", "a", "b")),
    ],
)
def test_functions_have_cloudformations_form(made: sam.Intrinsic, function: str, argument: Any) -> None:
    """Each function stores its long name and the argument that CloudFormation documents."""
    assert (made.function, made.argument) == (function, argument)


HOST = "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/"


@pytest.mark.parametrize(
    ("api", "url"),
    [
        (sam.HttpApi("Api"), sam.Sub(HOST)),
        (sam.HttpApi("Api", stage_name="$default"), sam.Sub(HOST)),
        (sam.HttpApi("Api", stage_name="prod"), sam.Sub(f"{HOST}prod/")),
        (sam.HttpApi("Api", stage_name=sam.Ref("S")), sam.Sub(HOST + "${StageName}/", {"StageName": sam.Ref("S")})),
        (sam.RestApi("Api", stage_name="prod"), sam.Sub(f"{HOST}prod/")),
        (sam.RestApi("Api", stage_name=sam.Ref("S")), sam.Sub(HOST + "${StageName}/", {"StageName": sam.Ref("S")})),
    ],
)
def test_the_url_of_an_api(api: sam.HttpApi | sam.RestApi, url: sam.Intrinsic) -> None:
    """The URL contains the stage, except for the default stage of an HTTP API."""
    assert api.url == url


def test_plain_values_become_outputs() -> None:
    """A plain value becomes an output; an output or a loop is unchanged."""
    given = {
        "Text": "a",
        "Number": 3,
        "Url": API.url,
        "Whole": sam.Output("a", description="b", export="c", condition="D"),
        "Own": {"Value": "a"},
        "Fn::ForEach::X": ["A", ["b"], {}],
    }
    template = sam.Template(outputs=given)  # type: ignore[arg-type]
    assert template.outputs is not None
    assert template.outputs["Text"] == sam.Output("a")
    assert template.outputs["Url"] == sam.Output(API.url)
    assert TemplateEncoder(template).tree()["Outputs"] == {
        "Text": {"Value": "a"},
        "Number": {"Value": 3},
        "Url": {"Value": {"Fn::Sub": HOST}},
        "Whole": {"Description": "b", "Condition": "D", "Value": "a", "Export": {"Name": "c"}},
        "Own": {"Value": "a"},
        "Fn::ForEach::X": ["A", ["b"], {}],
    }


def test_trust_is_a_policy_for_services() -> None:
    """`trust` lets each of the services assume the role."""
    assert sam.trust("lambda.amazonaws.com", "codedeploy.amazonaws.com") == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Action": ["sts:AssumeRole"],
                "Effect": "Allow",
                "Principal": {"Service": ["lambda.amazonaws.com", "codedeploy.amazonaws.com"]},
            }
        ],
    }
