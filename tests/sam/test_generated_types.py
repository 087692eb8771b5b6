"""The types that a template needs, compared with the result of aws-sam-translator."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from gitlabgen import sam
from gitlabgen.analysis.template_values import plain
from gitlabgen.codec.templates import tree_of
from gitlabgen.sam._vocabulary import FunctionEventType, ServerlessType, StateMachineEventType
from gitlabgen.sam.bootstrapping.actions import ACTIONS
from gitlabgen.sam.bootstrapping.generated_types import generated_types
from gitlabgen.verification.translation import translated

ARN = "arn:aws:{}:eu-central-1:123456789012:{}"
SECRET = [{"Type": "BASIC_AUTH", "URI": ARN.format("secretsmanager", "secret:x")}]
DOMAIN = {"DomainName": "a.example", "CertificateArn": ARN.format("acm", "certificate/x"), "Route53": {"HostedZoneId": "Z"}}
QUEUE = {"DeadLetterConfig": {"Type": "SQS"}}
BOUNDARY = {"PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"}
NETWORK = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
CODE = {"Runtime": "python3.13", "Handler": "a.b", "CodeUri": "src/", **BOUNDARY}

EVENTS: dict[str, dict[str, Any]] = {
    "AlexaSkill": {},
    "Api": {"Path": "/a", "Method": "get"},
    "CloudWatchEvent": {"Pattern": {"source": ["a"]}},
    "CloudWatchLogs": {"LogGroupName": "a", "FilterPattern": ""},
    "Cognito": {"UserPool": {"Ref": "Pool"}, "Trigger": "PreSignUp"},
    "DocumentDB": {"Cluster": ARN.format("rds", "cluster:d"), "DatabaseName": "d", "SourceAccessConfigurations": SECRET},
    "DynamoDB": {"Stream": ARN.format("dynamodb", "table/t/stream/x"), "StartingPosition": "LATEST"},
    "EventBridgeRule": {"Pattern": {"source": ["a"]}, **QUEUE},
    "HttpApi": {"Path": "/a", "Method": "get"},
    "IoTRule": {"Sql": "SELECT *"},
    "Kinesis": {"Stream": ARN.format("kinesis", "stream/s"), "StartingPosition": "LATEST"},
    "MQ": {"Broker": ARN.format("mq", "broker:b"), "Queues": ["q"], "SourceAccessConfigurations": SECRET},
    "MSK": {"Stream": ARN.format("kafka", "cluster/c"), "StartingPosition": "LATEST", "Topics": ["t"]},
    "S3": {"Bucket": {"Ref": "Bucket"}, "Events": "s3:ObjectCreated:*"},
    "SNS": {"Topic": ARN.format("sns", "t"), "SqsSubscription": True},
    "SQS": {"Queue": ARN.format("sqs", "q")},
    "Schedule": {"Schedule": "rate(1 day)", **QUEUE},
    "ScheduleV2": {"ScheduleExpression": "rate(1 day)", **QUEUE, **BOUNDARY},
    "SelfManagedKafka": {"KafkaBootstrapServers": ["k"], "Topics": ["t"], "SourceAccessConfigurations": SECRET},
}
RUNTIME = {"Name": "APPSYNC_JS", "Version": "1.0.0"}
RESOURCES: dict[str, dict[str, Any]] = {
    "Api": {
        "StageName": "live",
        "Domain": DOMAIN,
        "Auth": {
            "ApiKeyRequired": True,
            "UsagePlan": {"CreateUsagePlan": "PER_API"},
            "Authorizers": {"A": {"FunctionArn": {"Fn::GetAtt": ["Called", "Arn"]}}},
        },
    },
    "Application": {"Location": "nested.yml"},
    "CapacityProvider": {"VpcConfig": NETWORK},
    "Connector": {"Source": {"Id": "Called"}, "Destination": {"Id": "Table"}, "Permissions": ["Read"]},
    "Function": {
        "AutoPublishAlias": "live",
        "DeploymentPreference": {"Type": "AllAtOnce"},
        "FunctionUrlConfig": {"AuthType": "NONE"},
        "EventInvokeConfig": {"DestinationConfig": {"OnSuccess": {"Type": "SQS"}, "OnFailure": {"Type": "SNS"}}},
        "Events": {"Private": {"Type": "Api", "Properties": {"Path": "/p", "Method": "get", "RestApiId": {"Ref": "Rest"}}}},
    },
    "GraphQLApi": {
        "SchemaInline": "type Query { a: String }",
        "Auth": {"Type": "API_KEY"},
        "ApiKeys": {"K": {}},
        "Logging": True,
        "Cache": {"ApiCachingBehavior": "FULL_REQUEST_CACHING", "Ttl": 1, "Type": "SMALL"},
        "DomainName": {"CertificateArn": DOMAIN["CertificateArn"], "DomainName": "a.example"},
        "DataSources": {
            "DynamoDb": {"D": {"TableName": {"Ref": "Table"}, "TableArn": {"Fn::GetAtt": ["Table", "Arn"]}}},
            "Lambda": {"L": {"FunctionArn": {"Fn::GetAtt": ["Called", "Arn"]}}},
        },
        "Functions": {"F": {"Runtime": RUNTIME, "DataSource": "D", "InlineCode": "x"}},
        "Resolvers": {"Query": {"a": {"Runtime": RUNTIME, "Pipeline": ["F"], "InlineCode": "x"}}},
    },
    "HttpApi": {
        "Domain": DOMAIN,
        "Auth": {
            "Authorizers": {
                "A": {
                    "FunctionArn": {"Fn::GetAtt": ["Called", "Arn"]},
                    "AuthorizerPayloadFormatVersion": "2.0",
                    "EnableFunctionDefaultPermissions": True,
                }
            }
        },
    },
    "LayerVersion": {"ContentUri": "layer/"},
    "MicrovmImage": {"Name": "a", "CodeUri": "s3://a/b", "BaseImageArn": ARN.format("lambda", "x"), "BaseImageVersion": "1"},
    "NetworkConnector": {"VpcConfig": {"NetworkProtocol": "IPv4", **NETWORK}},
    "SimpleTable": {},
    "StateMachine": {
        "Definition": {"StartAt": "A"},
        "AutoPublishAlias": "live",
        "DeploymentPreference": {"Type": "ALL_AT_ONCE"},
        **BOUNDARY,
    },
    "WebFunction": {"AuthType": "IamAuth", "CodeUri": "s3://a/b", "Runtime": "python3.13"},
    "WebSocketApi": {
        "RouteSelectionExpression": "$request.body.action",
        "Domain": DOMAIN,
        "Auth": {"AuthType": "CUSTOM", "AuthArn": {"Fn::GetAtt": ["Called", "Arn"]}},
        "Routes": {"$connect": {"FunctionArn": {"Fn::GetAtt": ["Called", "Arn"]}}},
    },
}
CONTEXT: list[Any] = [
    sam.Resource("Pool", "AWS::Cognito::UserPool"),
    sam.Resource("Bucket", "AWS::S3::Bucket"),
    sam.Resource("Table", "AWS::Serverless::SimpleTable"),
    sam.Resource("Called", "AWS::Serverless::Function", CODE),
]


def _translation(template: sam.Template) -> dict[str, Any]:
    problems, tree = translated(plain(tree_of(template)), "eu-central-1")
    assert tree is not None, problems
    resources: dict[str, Any] = tree["Resources"]
    return resources


def _types(resources: dict[str, Any]) -> set[str]:
    return {resource["Type"] for resource in resources.values()}


def _template(kind: str, properties: dict[str, Any]) -> sam.Template:
    return sam.Template(resources=[*CONTEXT, sam.Resource("Made", f"AWS::Serverless::{kind}", properties)])


def test_all_resources_and_events_are_tested() -> None:
    """The tables of this test contain each resource and each event that SAM knows."""
    assert {f"AWS::Serverless::{kind}" for kind in RESOURCES} == {*get_args(ServerlessType)}
    assert EVENTS.keys() == {*get_args(FunctionEventType)}


@pytest.mark.parametrize("kind", RESOURCES)
def test_the_types_of_a_resource_are_derived(kind: str) -> None:
    """Each type that the translator creates for a resource is derived, and types with permissions are in the table."""
    needed = {**CODE, **RESOURCES[kind]} if kind == "Function" else RESOURCES[kind]
    template = _template(kind, needed)
    if kind == "Function":
        rest = sam.Resource("Rest", "AWS::Serverless::Api", {"StageName": "live"})
        template = sam.Template(resources=[*template.resources, rest])

    found = generated_types(template)

    assert _types(_translation(template)) <= {*found}
    assert {*found} - {*ACTIONS} <= {"AWS::Route53::RecordSetGroup"}


@pytest.mark.parametrize("kind", EVENTS)
def test_the_types_of_a_functions_event_are_derived(kind: str) -> None:
    """Each type that the translator creates for an event is derived, and an API only for routes."""
    template = _template("Function", {**CODE, "Events": {"E": {"Type": kind, "Properties": EVENTS[kind]}}})

    found = generated_types(template)
    made = {name for name, ids in found.items() if "Made" in ids}

    assert _types(_translation(template)) <= {*found} <= {*ACTIONS}
    assert any("ApiGateway" in name for name in made) == (kind in ("Api", "HttpApi"))


@pytest.mark.parametrize("kind", get_args(StateMachineEventType))
def test_the_types_of_a_state_machines_event_are_derived(kind: str) -> None:
    """Each type that the translator creates for an event of a state machine is derived, including roles of events."""
    events = {"Events": {"E": {"Type": kind, "Properties": EVENTS[kind]}}}
    template = _template("StateMachine", {**RESOURCES["StateMachine"], "Role": "arn:aws:iam::123456789012:role/x", **events})

    assert _types(_translation(template)) <= {*generated_types(template)} <= {*ACTIONS}


@pytest.mark.parametrize("kind", EVENTS)
def test_events_as_models_and_as_mappings_need_the_same_types(kind: str) -> None:
    """An event as a model needs the same types as a mapping with SAM's property names."""
    written = _template("Function", {**CODE, "Events": {"E": {"Type": kind, "Properties": EVENTS[kind]}}})

    read = sam.loads(sam.dumps(written))

    assert isinstance(read.resources[-1], sam.Function)
    assert generated_types(read) == generated_types(written)


def test_a_private_domain_needs_other_types() -> None:
    """A private REST API gets the domain and mapping that only private ones have."""
    domain = {**DOMAIN, "EndpointConfiguration": "PRIVATE", "Policy": {"Version": "2012-10-17"}}
    del domain["Route53"]
    template = _template("Api", {"StageName": "live", "Domain": domain})

    assert "AWS::ApiGateway::DomainNameV2" in _types(_translation(template))
    assert _types(_translation(template)) <= {*generated_types(template)}


def test_a_resource_with_connectors() -> None:
    """Connectors of a resource need the types that a connector needs."""
    function = sam.Function(
        "Made",
        runtime="python3.13",
        handler="a.b",
        code_uri="src/",
        connectors={"C": {"Properties": {"Destination": {"Id": "Table"}, "Permissions": ["Read"]}}},
    )
    template = sam.Template(resources=[*CONTEXT, function])

    assert _types(_translation(template)) <= {*generated_types(template)}


def test_a_route_follows_its_api() -> None:
    """A route with an API needs no other API, and a route of a REST API needs no HTTP API."""
    rest = sam.RestApi("Rest", stage_name="live")
    routes = {"A": sam.Route("GET", "/a", api=rest), "B": sam.Route("GET", "/b")}
    function = sam.Function("F", role="r", events={**routes, "C": sam.S3("Bucket", events="s3:ObjectCreated:*")})
    template = sam.Template(resources=[rest, function])

    assert generated_types(template) == {
        "AWS::ApiGateway::Deployment": ("Rest",),
        "AWS::ApiGateway::RestApi": ("Rest",),
        "AWS::ApiGateway::Stage": ("Rest",),
        "AWS::ApiGatewayV2::Api": ("F",),
        "AWS::ApiGatewayV2::Stage": ("F",),
        "AWS::Lambda::Function": ("F",),
        "AWS::Lambda::Permission": ("F",),
    }


def test_a_canary_needs_its_alarms_and_hooks() -> None:
    """The alarms, hooks and configuration of a canary are resources; a disabled canary needs none."""
    canary = sam.Canary(
        sam.TimeBasedCanary(canary_percentage=12, canary_interval=5),
        alarms=[sam.Alarm.errors()],
        hooks=[sam.Hook.pre_traffic("hooks/a.py")],
    )
    keywords: dict[str, Any] = {"runtime": "python3.13", "handler": "a.b", "code_uri": "src/"}
    found = generated_types(sam.Template(resources=[sam.Function("F", canary=canary, **keywords)]))
    off = generated_types(sam.Template(resources=[sam.Function("F", canary=sam.Canary(enabled=False), **keywords)]))

    assert found["AWS::Lambda::Function"] == ("F", "FPreTrafficHook")
    assert found["AWS::CloudWatch::Alarm"] == ("FErrorsAlarm",)
    assert found["AWS::CodeDeploy::DeploymentGroup"] == ("F",)
    assert "AWS::CodeDeploy::DeploymentConfig" in found
    assert {*off} == {"AWS::IAM::Role", "AWS::Lambda::Alias", "AWS::Lambda::Function", "AWS::Lambda::Version"}


def test_globals_count() -> None:
    """Properties of `Globals`, as a model or a mapping, count for each function."""
    function = sam.Function("F", role="r")
    for shared in (
        sam.Globals(function=sam.FunctionGlobals(auto_publish_alias="live")),
        {"Function": {"AutoPublishAlias": "live"}},
    ):
        assert "AWS::Lambda::Alias" in generated_types(sam.Template(globals_=shared, resources=[function]))
    assert "AWS::Lambda::Alias" not in generated_types(sam.Template(resources=[function]))


def test_troposphere_and_loops_count() -> None:
    """Resources of troposphere, with their events, and resources in loops are treated like all others."""
    from troposphere import serverless, sqs

    event = serverless.SQSEvent("E", Queue="arn:aws:sqs:eu-central-1:123456789012:q", BatchSize=1)
    function = serverless.Function("F", Runtime="x", Handler="a.b", CodeUri="src/", Role="r", Events={"E": event})
    loop = """
Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]
Resources:
  Fn::ForEach::Topics:
    - Name
    - [A, B]
    - Topic${Name}: {Type: AWS::SNS::Topic}
      Fn::ForEach::Inner:
        - Other
        - [C]
        - Table${Name}${Other}: {Type: AWS::Serverless::SimpleTable}
  Fn::ForEach::Odd: [1]
"""

    assert {*generated_types(sam.Template(resources=[function, sqs.Queue("Q")]))} == {
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::SQS::Queue",
    }
    assert generated_types(sam.loads(loop)) == {"AWS::DynamoDB::Table": ("Inner",), "AWS::SNS::Topic": ("Topics",)}


def test_custom_resources_are_one_type() -> None:
    """A resource of a custom type is a custom resource."""
    template = sam.Template(resources=[sam.Resource("A", "Custom::Thing", {"ServiceToken": "x"})])

    assert generated_types(template) == {"AWS::CloudFormation::CustomResource": ("A",)}
