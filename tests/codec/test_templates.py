from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
import troposphere
from troposphere import awslambda, cloudwatch, serverless, sns

from gitlabgen import NULL, KeywordError, YamlError, comment, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from tests.codec import template_data
from tests.codec.pyyaml_data import canonical

TEMPLATES = {
    "plain dates": """
        AWSTemplateFormatVersion: 2010-09-09
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Role:
            Type: AWS::IAM::Role
            Properties:
              AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow}]}
        """,
    "all sections": """
        AWSTemplateFormatVersion: '2010-09-09'
        Description: d
        Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
        Metadata: {a: {b: [1]}}
        Parameters: {Stage: {Type: String, Default: qa, AllowedValues: [qa, prod]}}
        Mappings: {M: {a: {b: c}}}
        Rules: {R: {Assertions: [{Assert: !Equals [!Ref Stage, qa], AssertDescription: x}]}}
        Conditions:
          IsProd: !Equals [!Ref Stage, prod]
          Not: !Not [!Condition IsProd]
          And: !And [{Condition: IsProd}, {Condition: Not}]
        Globals: {Function: {Timeout: 3, AutoPublishAlias: live}, HttpApi: {Auth: {}}}
        Hooks: {H: {Type: x}}
        Resources:
          A: {Type: AWS::SNS::Topic, Condition: IsProd, DependsOn: [B], DeletionPolicy: Retain, UpdateReplacePolicy: Delete,
              Metadata: {x: y}, CreationPolicy: {a: 1}, UpdatePolicy: {b: 2}}
          B: {Type: AWS::SNS::Topic, Properties: {TopicName: !If [IsProd, a, !Ref AWS::NoValue]}}
        Outputs:
          Url: {Description: d, Condition: IsProd, Value: !Sub 'https://${A}', Export: {Name: !Sub '${AWS::StackName}-url'}}
          Odd: {Value: 3, Export: {Name: a, Other: b}, More: 1}
        """,
    "functions": """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Full:
            Type: AWS::Serverless::Function
            DependsOn: Other
            Connectors: {C: {Properties: {Destination: {Id: Q}}}}
            IgnoreGlobals: [Timeout]
            Properties:
              CodeUri: {Bucket: b, Key: k}
              Handler: a.b
              Policies: [AWSLambdaExecute, {SQSPollerPolicy: {QueueName: !GetAtt Q.QueueName}}]
              Environment: {Variables: {A: !Ref B}}
              Events:
                Root: {Type: HttpApi, Properties: {ApiId: !Ref Api, Path: /, Method: get, TimeoutInMillis: 3}}
                Rest: {Type: Api, Properties: {RestApiId: !Ref Rest, Path: /x, Method: ANY}}
                Implicit: {Type: HttpApi, Properties: {Path: /y, Method: any}}
                ImplicitRest: {Type: Api, Properties: {Path: /z, Method: any}}
                NoPath: {Type: HttpApi}
                Default: {Type: HttpApi, Properties: {ApiId: !Ref Api}}
                Both: {Type: HttpApi, Properties: {Path: /, Method: GET, Api: x}}
                Queue: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn}}
              AutoPublishAlias: live
              DeploymentPreference:
                Type: Linear10PercentEvery1Minute
                Alarms: [!Ref Alarm, name]
                Hooks: {PreTraffic: !Ref Hook}
              NewProperty: {x: !Ref Y}
              Canary: {not: ours}
              Comment: not ours
              Name: not ours
          NoAlias:
            Type: AWS::Serverless::Function
            Properties: {DeploymentPreference: {Enabled: false}}
          AliasOnly:
            Type: AWS::Serverless::Function
            Properties: {AutoPublishAlias: live}
          Chosen:
            Type: AWS::Serverless::Function
            Properties: {AutoPublishAlias: live, DeploymentPreference: !If [A, {Type: AllAtOnce}, !Ref AWS::NoValue]}
          Alias:
            Type: AWS::Serverless::Function
            Properties: {AutoPublishAlias: live, DeploymentPreference: {Alias: x, Type: AllAtOnce}}
          Bare: {Type: AWS::Serverless::Function}
          Attribute: {Type: AWS::Serverless::Function, Unheard: 1, Properties: {Timeout: 3}}
          Twice: {Type: AWS::Serverless::Function, Condition: A, Properties: {Condition: B}}
          Api: {Type: AWS::Serverless::HttpApi, Properties: {Name: n, StageName: x, CorsConfiguration: true}}
          Rest: {Type: AWS::Serverless::Api, Properties: {Name: n, StageName: x, OpenApiVersion: 3.0.1}}
        """,
    "alarms": """
        Resources:
          Named: {Type: AWS::CloudWatch::Alarm, Properties: {EvaluationPeriods: 1, ComparisonOperator: LessThanThreshold,
                  OKActions: [a], Dimensions: [{Name: FunctionName, Value: !Ref F}, {Name: Resource, Value: !Sub '${F}:live'}]}}
          Twice: {Type: AWS::CloudWatch::Alarm, Properties: {EvaluationPeriods: 1, ComparisonOperator: LessThanThreshold,
                  Dimensions: [{Name: A, Value: a}, {Name: A, Value: b}]}}
          Odd: {Type: AWS::CloudWatch::Alarm, Properties: {EvaluationPeriods: 1, ComparisonOperator: LessThanThreshold,
                  Dimensions: [{Name: A, Value: a}, {Name: !Ref B, Value: b}, {Value: c}, d]}}
          Chosen: {Type: AWS::CloudWatch::Alarm, Properties: {EvaluationPeriods: 1, ComparisonOperator: LessThanThreshold,
                  Dimensions: !If [A, [], [{Name: A, Value: a}]]}}
          Empty: {Type: AWS::CloudWatch::Alarm, Properties: {EvaluationPeriods: 1, ComparisonOperator: LessThanThreshold,
                  Dimensions: [], OkActions: [typo]}}
        """,
    "loops and macros": """
        Transform: AWS::LanguageExtensions
        Resources:
          Fn::ForEach::Topics: [Name, [a, b], {'Topic${Name}': {Type: AWS::SNS::Topic}}]
          Fn::Transform: {Name: AWS::Include, Parameters: {Location: !Sub 's3://${B}/x'}}
          A: {Type: AWS::SNS::Topic, Properties: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: x}}}}
          B: {Type: AWS::Serverless::Function, Properties: {Fn::Transform: {Name: X}}}
          C: {Type: AWS::Serverless::Function, Properties: {Fn::Transform: {Name: X}, Timeout: 3}}
          D: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ToJsonString {a: !Length [1]}, Name: !GetAtt [X, !Ref Y]}}
          1: {Type: AWS::SNS::Topic}
        Outputs:
          Fn::ForEach::Urls: [Name, [a], {'Url${Name}': {Value: !Ref A}}]
          Fn::Transform: {Name: AWS::Include}
        """,
    "empty and null": """
        Resources:
          A: {Type: AWS::SNS::Topic, Properties: {}}
          B: {Type: AWS::SNS::Topic, Properties: null}
          C: {Type: AWS::SNS::Topic, Properties: {X: null, Y: [], Z: {}, W: ''}, Metadata: {}}
          D: {Type: AWS::Serverless::Function, Properties: {Tags: {}, Layers: []}}
        """,
}


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_a_template_keeps_its_data(text: str) -> None:
    """PyYAML and cfn-flip read the same data from a template and from the template that is written from its model."""
    text = dedent(text)
    template = sam.loads(text)
    written = sam.dumps(template)
    assert canonical(template_data.from_pyyaml(written)) == canonical(template_data.from_pyyaml(text))
    if "GetAtt [X, !Ref Y]" not in text:  # cfn-flip loses the Ref
        assert canonical(template_data.from_cfn_flip(written)) == canonical(template_data.from_cfn_flip(text))
    assert canonical(sam.loads(written)) == canonical(template)


def test_dates_are_strings() -> None:
    """CloudFormation reads an unquoted date or time as a string, so it is written with quotes."""
    template = sam.loads("Resources: {A: {Type: AWS::X::Y, Properties: {Version: 2012-10-17, 12:30: 12:30}}}")
    (resource,) = template.resources
    assert isinstance(resource, sam.Resource)
    assert resource.properties == {"Version": "2012-10-17", "12:30": "12:30"}
    assert isinstance(resource.properties, dict)
    assert {type(part) for pair in resource.properties.items() for part in pair} == {str}
    assert "Version: '2012-10-17'" in sam.dumps(template)


def test_resources_become_classes() -> None:
    """Each resource is read as the class of its type, or else as `Resource`."""
    text = dedent(TEMPLATES["functions"])
    kinds = {
        resource.name: type(resource).__name__ for resource in sam.loads(text).resources if isinstance(resource, sam.BaseResource)
    }
    assert kinds == {
        **dict.fromkeys(("Full", "NoAlias", "AliasOnly", "Chosen", "Alias", "Bare"), "Function"),
        **dict.fromkeys(("Attribute", "Twice"), "Resource"),
        "Api": "HttpApi",
        "Rest": "RestApi",
    }


def test_parts_of_a_function_become_classes() -> None:
    """An alias with a deployment preference is read as a canary, and the type of a route depends on its API."""
    (function, *_) = sam.loads(dedent(TEMPLATES["functions"])).resources
    assert isinstance(function, sam.Function)
    assert function.canary == sam.Canary(
        "Linear10PercentEvery1Minute", alarms=[sam.Ref("Alarm"), "name"], hooks={"PreTraffic": sam.Ref("Hook")}
    )
    assert function.auto_publish_alias is None
    assert isinstance(function.events, dict)
    assert function.events["Root"] == sam.Route("get", "/", api=sam.Ref("Api"), timeout_in_millis=3)
    assert function.events["Rest"] == sam.Route("ANY", "/x", api=sam.Ref("Rest"))
    assert function.events["Implicit"] == sam.Route("any", "/y")
    assert function.events["ImplicitRest"] == sam.Route("any", "/z", type="Api")
    assert function.events["Queue"] == sam.SQS(sam.GetAtt("Q", "Arn"))


def test_dimensions_are_read_by_name() -> None:
    """Dimensions become a mapping if that keeps all of them."""
    named, twice, *_ = sam.loads(dedent(TEMPLATES["alarms"])).resources
    assert isinstance(named, sam.Alarm)
    assert named.dimensions == {"FunctionName": sam.Ref("F"), "Resource": sam.Sub("${F}:live")}
    assert isinstance(twice, sam.Alarm)
    assert isinstance(twice.dimensions, tuple)


def test_a_template_is_written_in_one_order() -> None:
    """Sections, attributes and properties are written in a fixed, readable order, with short forms."""
    api = sam.RestApi("Api", stage_name="prod")
    alarm = sam.Alarm(
        "Errors", evaluation_periods=1, comparison_operator="GreaterThanThreshold", dimensions={"FunctionName": "f"}
    )
    function = sam.Function(
        "Hello",
        canary=sam.Canary("AllAtOnce", alarms=[alarm]),
        code_uri="src",
        events={"Root": sam.Route("GET", "/", api=api)},
        depends_on=api,
        extra={"UpdatePolicy": {"a": 1}, "New": 2},
    )
    template = sam.Template(
        "Hello", resources=[function, api, alarm], outputs={"Url": api.url}, globals_={"Api": {}}, extra={"Hooks": {}}
    )
    assert sam.dumps(template) == dedent("""\
        AWSTemplateFormatVersion: '2010-09-09'
        Transform: AWS::Serverless-2016-10-31
        Description: Hello

        Globals:
          Api: {}

        Resources:
          Hello:
            Type: AWS::Serverless::Function
            DependsOn: Api
            UpdatePolicy:
              a: 1
            Properties:
              CodeUri: src
              Events:
                Root:
                  Type: Api
                  Properties:
                    RestApiId: !Ref Api
                    Path: /
                    Method: GET
              New: 2
              AutoPublishAlias: live
              DeploymentPreference:
                Type: AllAtOnce
                Alarms:
                  - !Ref Errors

          Api:
            Type: AWS::Serverless::Api
            Properties:
              StageName: prod

          Errors:
            Type: AWS::CloudWatch::Alarm
            Properties:
              Dimensions:
                - Name: FunctionName
                  Value: f
              EvaluationPeriods: 1
              ComparisonOperator: GreaterThanThreshold

        Outputs:
          Url:
            Value: !Sub https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod/

        Hooks: {}
        """)


def test_comments_are_written_at_their_values() -> None:
    """Comments of sections, resources, properties and functions are written at what they explain."""
    alarm = sam.Alarm(
        "Errors",
        evaluation_periods=comment(1, "one minute"),
        comparison_operator="GreaterThanThreshold",
        dimensions=comment({"FunctionName": comment("f", "the function")}, "Where."),
        comment="Stops the shift.",
    )
    function = sam.Function(
        "Hello",
        timeout=comment(3, "seconds"),
        role=comment(sam.Intrinsic("Fn::Sub", comment("a", "why"), comment="The role."), "Outside."),
        canary=comment(sam.Canary("AllAtOnce", alias=comment("live", "the alias"), comment="Slowly."), "Because."),
        events={"Root": sam.Route(comment("GET", "read only"), "/", comment="The root.")},
        metadata=comment({"a": comment(1, "b")}, "Data."),
    )
    template = sam.Template(
        resources=[comment(function, "The function."), alarm],
        outputs={"Url": comment(sam.Output("x", export=comment("z", "for others"), comment="Inner."), "Outer.")},
        format_version=None,
        comment="The whole.",
    )
    assert sam.dumps(template) == dedent("""\
        # The whole.
        Transform: AWS::Serverless-2016-10-31

        Resources:
          # The function.
          Hello:
            Type: AWS::Serverless::Function
            # Data.
            Metadata:
              a: 1  # b
            Properties:
              Timeout: 3  # seconds
              # Outside.
              # The role.
              Role:
                Fn::Sub: a  # why
              Events:
                # The root.
                Root:
                  Type: HttpApi
                  Properties:
                    Path: /
                    Method: GET  # read only
              AutoPublishAlias: live  # the alias
              # Because.
              # Slowly.
              DeploymentPreference:
                Type: AllAtOnce

          # Stops the shift.
          Errors:
            Type: AWS::CloudWatch::Alarm
            Properties:
              # Where.
              Dimensions:
                - Name: FunctionName
                  Value: f  # the function
              EvaluationPeriods: 1  # one minute
              ComparisonOperator: GreaterThanThreshold

        Outputs:
          # Outer.
          # Inner.
          Url:
            Value: x
            Export:
              Name: z  # for others
        """)


FOREIGN: dict[str, tuple[Any, Any]] = {
    "Ref": (troposphere.Ref("A"), {"Ref": "A"}),
    "Sub": (troposphere.Sub("${A}"), {"Fn::Sub": "${A}"}),
    "GetAtt": (troposphere.GetAtt("A", "Arn"), {"Fn::GetAtt": ["A", "Arn"]}),
    "Join": (troposphere.Join(",", [troposphere.Ref("A"), "b"]), {"Fn::Join": [",", [{"Ref": "A"}, "b"]]}),
    "If": (troposphere.If("C", "a", troposphere.NoValue), {"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_function_of_troposphere_is_a_value(name: str) -> None:
    """A function of troposphere is accepted as any value, and written like ours."""
    value, expected = FOREIGN[name]
    function = sam.Function(
        "F",
        code_uri=value,
        timeout=value,
        tracing=value,
        role=value,
        layers=value,
        environment={"Variables": {"A": value}},
        canary=sam.Canary(value, alarms=[value], alias=value, enabled=value, role=value),
        events={"Root": sam.Route("GET", "/", api=value)},
        deletion_policy=value,
    )
    alarm = sam.Alarm("A", evaluation_periods=value, comparison_operator=value, statistic=value, treat_missing_data=value)
    tree = TemplateEncoder(sam.Template(resources=[function, alarm], outputs={"O": value})).tree()
    hello = tree["Resources"]["F"]
    properties = hello["Properties"]
    assert hello["DeletionPolicy"] == expected
    assert [properties[key] for key in ("CodeUri", "Timeout", "Tracing", "Role", "Layers", "AutoPublishAlias")] == [expected] * 6
    assert properties["Environment"] == {"Variables": {"A": expected}}
    assert properties["DeploymentPreference"] == {"Type": expected, "Alarms": [expected], "Enabled": expected, "Role": expected}
    assert properties["Events"]["Root"]["Properties"]["ApiId"] == expected
    assert {*map(str, tree["Resources"]["A"]["Properties"].values())} == {str(expected)}
    assert tree["Outputs"] == {"O": {"Value": expected}}


def test_objects_of_troposphere_are_resources_and_properties() -> None:
    """Resources, properties, parameters and outputs of troposphere are written as in troposphere."""
    topic = sns.Topic("Topic", TopicName=troposphere.Sub("${AWS::StackName}"), DependsOn="Errors")
    errors = cloudwatch.Alarm("Errors", EvaluationPeriods=1, ComparisonOperator="GreaterThanThreshold", Statistic="Sum")
    api = serverless.Api("Rest", StageName="prod")
    function = sam.Function(
        "F",
        environment=awslambda.Environment(Variables={"TOPIC": troposphere.Ref(topic)}),
        code_uri=serverless.S3Location("Code", Bucket="b", Key="k"),
        canary=sam.Canary(alarms=[errors]),
        depends_on=[topic, "X"],
        events={
            "Root": sam.Route("GET", "/", api=api),
            "Ref": sam.Route("GET", "/b", api=troposphere.Ref(api)),
            "Other": serverless.ScheduleEvent("Other", Schedule="rate(1 minute)"),
        },
        extra={"Topic": sam.Ref(topic)},
    )
    alarm = sam.Alarm(
        "Own",
        evaluation_periods=1,
        comparison_operator="GreaterThanThreshold",
        alarm_actions=[topic, "arn:x"],
        tags=troposphere.Tags(Team="a"),
    )
    template = sam.Template(
        resources=[topic, errors, api, function, alarm],
        parameters={"Stage": troposphere.Parameter("Stage", Type="String")},
        outputs={"Topic": troposphere.Output("Topic", Value=troposphere.Ref(topic), Description="d")},
        conditions={"IsProd": troposphere.Equals(troposphere.Ref("Stage"), "prod")},
    )
    tree = TemplateEncoder(template).tree()
    assert tree["Parameters"] == {"Stage": {"Type": "String"}}
    assert tree["Conditions"] == {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
    assert tree["Outputs"] == {"Topic": {"Description": "d", "Value": {"Ref": "Topic"}}}
    resources = tree["Resources"]
    assert list(resources["Topic"]) == ["Type", "DependsOn", "Properties"]
    assert resources["Topic"]["Properties"] == {"TopicName": {"Fn::Sub": "${AWS::StackName}"}}
    assert resources["F"]["DependsOn"] == ["Topic", "X"]
    properties = resources["F"]["Properties"]
    assert properties["Environment"] == {"Variables": {"TOPIC": {"Ref": "Topic"}}}
    assert properties["CodeUri"] == {"Bucket": "b", "Key": "k"}
    assert properties["DeploymentPreference"] == {"Alarms": [{"Ref": "Errors"}]}
    assert properties["Topic"] == {"Ref": "Topic"}
    assert properties["Events"] == {
        "Root": {"Type": "Api", "Properties": {"RestApiId": {"Ref": "Rest"}, "Path": "/", "Method": "GET"}},
        "Ref": {"Type": "Api", "Properties": {"RestApiId": {"Ref": "Rest"}, "Path": "/b", "Method": "GET"}},
        "Other": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 minute)"}},
    }
    assert resources["Own"]["Properties"]["AlarmActions"] == [{"Ref": "Topic"}, "arn:x"]
    assert resources["Own"]["Properties"]["Tags"] == [{"Key": "Team", "Value": "a"}]


def test_an_incomplete_object_of_troposphere_is_an_error() -> None:
    """An object that troposphere refuses to write raises our error with troposphere's message."""
    template = sam.Template(resources=[sns.SubscriptionResource("S")])
    with pytest.raises(KeywordError, match="required in type AWS::SNS::Subscription"):
        sam.dumps(template)


def test_the_error_about_an_unsupported_value_has_its_path() -> None:
    """A value that YAML cannot represent gives an error with the path to it."""
    template = sam.Template(resources=[sam.Resource("A", "AWS::X::Y", {"B": object()})])
    with pytest.raises(YamlError, match="Resources:A:Properties:B"):
        sam.dumps(template)


def test_null_is_written() -> None:
    """`NULL` is written as null, and None is not written."""
    text = sam.dumps(sam.Template(resources=[sam.Function("A", timeout=NULL, role=None)]))
    assert "Timeout: null" in text
    assert "Role" not in text


@pytest.mark.parametrize(
    ("types", "expected"),
    [([], "HttpApi"), ([sam.RestApi("Api", stage_name="x")], "Api"), ([sam.Resource("Api", "AWS::SNS::Topic")], "HttpApi")],
)
@pytest.mark.parametrize("api", ["Api", sam.Ref("Api"), troposphere.Ref("Api")])
def test_a_route_has_its_apis_type(types: list[sam.BaseResource], expected: str, api: Any) -> None:
    """A route has the type of its API in the template."""
    template = sam.Template(resources=[sam.Function("F", events={"A": sam.Route("GET", "/", api=api)}), *types])
    event = TemplateEncoder(template).tree()["Resources"]["F"]["Properties"]["Events"]["A"]
    assert event["Type"] == expected
    assert ("RestApiId" in event["Properties"]) == (expected == "Api")


def test_a_route_without_a_reference_is_of_an_http_api() -> None:
    """A route is of type HttpApi if its API is known only at deployment."""
    for api in (sam.GetAtt("Api", "Id"), sam.If("A", "b", "c"), troposphere.If("A", "b", "c"), None):
        template = sam.Template(resources=[sam.Function("F", events={"A": sam.Route("GET", "/", api=api)})])
        assert "Type: HttpApi" in sam.dumps(template)
