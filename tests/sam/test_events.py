from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gitlabgen import KeywordError, comment, sam
from gitlabgen.codec.template_encoding import TemplateEncoder
from gitlabgen.errors import collecting
from tests.sam.messages import said

QUEUE = sam.Resource("Queue", "AWS::SQS::Queue")
TABLE = sam.Resource("Table", "AWS::DynamoDB::Table")


def _machine(**keywords: Any) -> sam.StateMachine:
    return sam.StateMachine("M", **keywords)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "an empty batch": (lambda: sam.SQS("arn:x", batch_size=0), "`SQS`: `batch_size` should be between 1 and 10000, got 0"),
    "a batch that is too large": (
        lambda: sam.Kinesis("arn:x", starting_position="LATEST", batch_size=10_001),
        "`Kinesis`: `batch_size` should be between 1 and 10000, got 10001",
    ),
    "a window that is too long": (
        lambda: sam.SQS("arn:x", maximum_batching_window_in_seconds=301),
        "`SQS`: `maximum_batching_window_in_seconds` should be between 0 and 300 seconds, got 301",
    ),
    "a large batch without a window": (
        lambda: sam.SQS("arn:x", batch_size=11),
        (
            "`SQS`: `batch_size` needs `maximum_batching_window_in_seconds`; batches of more than 10 messages need a "
            "window of at least 1 second"
        ),
    ),
    "a large batch with a window of zero seconds": (
        lambda: sam.SQS("arn:x", batch_size=11, maximum_batching_window_in_seconds=0),
        (
            "`SQS`: `batch_size` needs `maximum_batching_window_in_seconds`; batches of more than 10 messages need a "
            "window of at least 1 second"
        ),
    ),
    "a stream without a start": (
        lambda: sam.Kinesis("arn:x"),  # type: ignore[call-arg]
        "`Kinesis`: `starting_position` is missing",
    ),
    "a position with a typo": (
        lambda: sam.MSK("arn:x", topics=["a"], starting_position="LATESTS"),  # type: ignore[arg-type]
        "`MSK`: `starting_position` should be one of AT_TIMESTAMP, LATEST, TRIM_HORIZON, got 'LATESTS'; did you mean `LATEST`?",
    ),
    "a start time without its timestamp": (
        lambda: sam.Kinesis("arn:x", starting_position="AT_TIMESTAMP"),
        "`Kinesis`: `starting_position_timestamp` is missing; AT_TIMESTAMP needs the time at which to begin",
    ),
    "a start time for a table's changes": (
        lambda: sam.DynamoDB("arn:x", starting_position="AT_TIMESTAMP", starting_position_timestamp=1),
        "`DynamoDB`: `starting_position` should be one of LATEST, TRIM_HORIZON, got 'AT_TIMESTAMP'",
    ),
    "an event of an unknown type": (
        lambda: sam.Function("F", events={"E": {"Type": "Schedul"}}),
        (
            "`F`: `events:E:Type` should be one of AlexaSkill, Api, CloudWatchEvent, CloudWatchLogs, Cognito, "
            "DocumentDB or one of 13 others, got 'Schedul'; did you mean `Schedule`?"
        ),
    ),
    "an event of a type without a suggestion": (
        lambda: sam.Function("F", events={"E": {"Type": "?"}}),
        (
            "`F`: `events:E:Type` should be one of AlexaSkill, Api, CloudWatchEvent, CloudWatchLogs, Cognito, "
            "DocumentDB or one of 13 others, got '?'"
        ),
    ),
    "a function's event for a state machine": (
        lambda: _machine(events={"E": {"Type": "SQS"}}),
        "`M`: `events:E:Type` should be one of Api, CloudWatchEvent, EventBridgeRule, Schedule, ScheduleV2, got 'SQS'",
    ),
    "a queue for a state machine": (
        lambda: _machine(events={"E": sam.SQS("arn:x")}),
        (
            "`M`: `events:E` should be a Route, a CloudWatchEvent, an EventBridgeRule, a Schedule, a ScheduleV2, a "
            "mapping or an Intrinsic, got SQS('arn:x')"
        ),
    ),
    "a route without a REST API for a state machine": (
        lambda: _machine(events={"E": sam.Route("GET", "/")}),
        (
            "`M`: `events:E` should be a route of a REST API, got one of an HTTP API; write Route(…, type='Api'), or "
            "set `api` to the REST API"
        ),
    ),
    "a route of an HTTP API for a state machine": (
        lambda: _machine(events={"E": sam.Route("GET", "/", api="Api", type="HttpApi")}),
        (
            "`M`: `events:E` should be a route of a REST API, got one of an HTTP API; write Route(…, type='Api'), or "
            "set `api` to the REST API"
        ),
    ),
    "two definitions": (
        lambda: _machine(definition={"StartAt": "A"}, definition_uri="a.json"),
        "`M`: `definition_uri` cannot be used together with `definition`",
    ),
    "a state machine's shift without an alias": (
        lambda: _machine(deployment_preference={"Type": "ALL_AT_ONCE"}),
        "`M`: `deployment_preference` needs `auto_publish_alias`; without an alias nothing can shift",
    ),
    "a layer without content": (
        lambda: sam.LayerVersion("L"),  # type: ignore[call-arg]
        "`L`: `content_uri` is missing",
    ),
    "a resource that SAM does not know": (
        lambda: sam.Resource("R", "AWS::Serverless::Funktion"),
        (
            "`R`: `resource_type` should be a resource type of SAM, got 'AWS::Serverless::Funktion'; did you mean "
            "`AWS::Serverless::Function`?"
        ),
    ),
    "a resource type without a suggestion": (
        lambda: sam.Resource("R", "AWS::Serverless::"),
        "`R`: `resource_type` should be a resource type of SAM, got 'AWS::Serverless::'; did you mean `AWS::Serverless::Api`?",
    ),
    "globals that SAM does not support": (
        lambda: sam.FunctionGlobals(events={}),  # type: ignore[call-arg]
        "`FunctionGlobals` has no keyword `events`; put a keyword that is newer than this version into extra={'events': …}",
    ),
    "globals as a mapping": (
        lambda: sam.Globals(function={"Timeout": 3}),  # type: ignore[arg-type]
        (
            "`Globals`: `function` should be a FunctionGlobals or an Intrinsic, got the mapping {'Timeout': 3}; write "
            "`function=FunctionGlobals(timeout=3)`"
        ),
    ),
    "a timeout in globals that is too long": (
        lambda: sam.FunctionGlobals(timeout=901),
        "`FunctionGlobals`: `timeout` should be between 1 and 900 seconds, got 901",
    ),
    "a parameter of an unknown type": (
        lambda: sam.Parameter("string"),
        (
            "`Parameter`: `type` should be one of String, Number, List<Number>, CommaDelimitedList, or a type of AWS, "
            "got 'string'; did you mean `String`?"
        ),
    ),
    "a parameter of a type without a suggestion": (
        lambda: sam.Parameter("?"),
        "`Parameter`: `type` should be one of String, Number, List<Number>, CommaDelimitedList, or a type of AWS, got '?'",
    ),
    "a default that is not allowed": (
        lambda: sam.Parameter("String", default="dev", allowed_values=["qa", "prod"]),
        "`Parameter`: `default` should be one of `allowed_values`, got 'dev'",
    ),
    "a shift without an alias, other globals": (
        lambda: sam.Template(
            resources=[sam.Function("F", deployment_preference={"Type": "AllAtOnce"})],
            globals_=sam.Globals(function=sam.FunctionGlobals(timeout=3)),
        ),
        "`F`: `deployment_preference` needs `auto_publish_alias`; without an alias no traffic can shift",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_fails_at_deployment_fails_at_once(name: str) -> None:
    """What SAM or Lambda would reject is a problem at the user's line, with a suggestion."""
    make, message = REFUSED[name]
    with collecting() as findings:
        make()
    (finding,) = findings
    assert said(finding) == message
    assert finding.file == "tests/sam/test_events.py"
    assert finding.line is not None
    assert finding.url is not None


ACCEPTED: dict[str, Callable[[], Any]] = {
    "a large batch with a window": lambda: sam.SQS("arn:x", batch_size=10_000, maximum_batching_window_in_seconds=1),
    "numbers as intrinsic functions": lambda: sam.SQS(
        "arn:x", batch_size=sam.Ref("A"), maximum_batching_window_in_seconds=sam.Ref("B")
    ),
    "a large batch with a window as an intrinsic function": lambda: sam.SQS(
        "arn:x", batch_size=11, maximum_batching_window_in_seconds=sam.Ref("B")
    ),
    "a start time": lambda: sam.Kinesis("arn:x", starting_position="AT_TIMESTAMP", starting_position_timestamp=1),
    "an event with SAM's property names": lambda: sam.Function(
        "F", events={"E": {"Type": "SQS", "Properties": {"Queue": "arn:x"}}}
    ),
    "an event whose type is missing": lambda: sam.Function("F", events={"E": {}}),
    "an event as an intrinsic function": lambda: sam.Function("F", events={"E": sam.If("A", "b", "c")}),
    "a route of a REST API for a state machine": lambda: _machine(
        events={"A": sam.Route("GET", "/", type="Api"), "B": sam.Route("GET", "/b", api="Api")}
    ),
    "a schedule for a state machine": lambda: _machine(events={"A": sam.Schedule("rate(1 minute)")}),
    "a state machine's shift": lambda: _machine(auto_publish_alias="live", deployment_preference={"Type": "ALL_AT_ONCE"}),
    "a parameter of a type of AWS": lambda: [sam.Parameter("AWS::EC2::VPC::Id"), sam.Parameter("List<AWS::EC2::Subnet::Id>")],
    "a default that is allowed": lambda: sam.Parameter("String", default="qa", allowed_values=["qa", "prod"]),
    "a default that may be allowed": lambda: [
        sam.Parameter("String", default="true", allowed_values=[True]),
        sam.Parameter("Number", default="1", allowed_values=["1.0"]),
        sam.Parameter("String", default=1, allowed_values=["1"]),
    ],
    "an alias for all functions": lambda: sam.Template(
        resources=[sam.Function("F", deployment_preference={"Type": "AllAtOnce"})],
        globals_=sam.Globals(function=sam.FunctionGlobals(auto_publish_alias="live")),
    ),
    "a resource of SAM without a class": lambda: sam.Resource("R", "AWS::Serverless::Application"),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_valid_events_are_accepted(name: str) -> None:
    """Values that SAM and Lambda accept, or that are known only at deployment, are no problem."""
    ACCEPTED[name]()


def test_resources_become_links() -> None:
    """A queue, stream or broker becomes its ARN, a table the ARN of its stream, a bucket or topic a reference."""
    assert sam.SQS(QUEUE).queue == sam.GetAtt("Queue", "Arn")
    assert sam.DynamoDB(TABLE, starting_position="LATEST").stream == sam.GetAtt("Table", "StreamArn")
    assert sam.DynamoDB("arn:x", starting_position="LATEST").stream == "arn:x"
    assert sam.S3(sam.Resource("Bucket", "AWS::S3::Bucket"), events="s3:ObjectCreated:*").bucket == sam.Ref("Bucket")


def test_an_event_is_written_with_required_properties_first() -> None:
    """An event is written as type and properties, with its comments; required properties are first."""
    events = {
        "Queue": comment(sam.SQS(QUEUE, batch_size=comment(5, "five"), comment="Orders."), "From the shop."),
        "Skill": sam.AlexaSkill(),
        "Raw": {"Type": "SNS", "Properties": {"Topic": "arn:x"}},
    }
    template = sam.Template(resources=[sam.Function("F", events=events)], transform=None, format_version=None)  # type: ignore[arg-type]
    text = sam.dumps(template)
    assert text == (
        "Resources:\n"
        "  F:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        "      Events:\n"
        "        # From the shop.\n"
        "        # Orders.\n"
        "        Queue:\n"
        "          Type: SQS\n"
        "          Properties:\n"
        "            Queue: !GetAtt Queue.Arn\n"
        "            BatchSize: 5  # five\n"
        "        Skill:\n"
        "          Type: AlexaSkill\n"
        "        Raw:\n"
        "          Type: SNS\n"
        "          Properties:\n"
        "            Topic: arn:x\n"
    )
    (function,) = sam.loads(text).resources
    assert isinstance(function, sam.Function)
    assert isinstance(function.events, dict)
    assert function.events["Queue"] == sam.SQS(QUEUE, batch_size=5)
    assert function.comments[("events", "Queue")] == "From the shop.\nOrders."
    assert function.events["Skill"] == sam.AlexaSkill()
    assert function.events["Raw"] == sam.SNS("arn:x")


KEPT = {
    "properties of a macro": "{Type: SQS, Properties: {'Fn::Transform': {Name: X}}}",
    "properties that are empty": "{Type: AlexaSkill, Properties: {}}",
    "properties that are no mapping": "{Type: SQS, Properties: !Ref X}",
    "another key next to the properties": "{Type: SQS, Properties: {Queue: x}, More: 1}",
    "no type": "{Properties: {Queue: x}}",
}


@pytest.mark.parametrize("name", KEPT)
def test_an_event_that_does_not_fit_its_class_is_kept(name: str) -> None:
    """An event that its class cannot hold is kept as a mapping with SAM's property names."""
    text = f"Resources: {{F: {{Type: AWS::Serverless::Function, Properties: {{Events: {{E: {KEPT[name]}}}}}}}}}"
    template = sam.loads(text)
    (function,) = template.resources
    assert isinstance(function, sam.Function)
    assert isinstance(function.events, dict)
    assert isinstance(function.events["E"], dict)
    assert sam.loads(sam.dumps(template)) == template


def test_problems_in_an_event_are_reported_at_their_location() -> None:
    """A finding about an event in a file has the location of the property."""
    text = (
        "Resources:\n"
        "  F:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        "      Events:\n"
        "        E:\n"
        "          Type: SQS\n"
        "          Properties:\n"
        "            Queue: x\n"
        "            BatchSize: 0\n"
    )
    with pytest.raises(KeywordError) as caught:
        sam.loads(text, filename="template.yml")
    (finding,) = caught.value.findings
    assert (finding.file, finding.line, finding.column) == ("template.yml", 10, 24)
    assert said(finding) == "`Events:E:BatchSize` should be between 1 and 10000, got 0"


def test_conditions_are_functions() -> None:
    """Conditions are written as functions; a string is a condition's name."""
    conditions = {
        "IsProd": sam.Equals(sam.Ref("Stage"), "prod"),
        "IsTest": sam.Not("IsProd"),
        "Both": sam.And("IsProd", sam.Not(sam.Equals("a", "b"))),
        "Any": sam.Or("IsProd", "IsTest"),
    }
    text = sam.dumps(sam.Template(conditions=conditions))
    assert "IsProd: !Equals" in text
    assert sam.loads(text).conditions == conditions


def test_parameters_of_a_macro_are_kept() -> None:
    """A section of parameters that a macro creates is kept, and so are its other keys."""
    text = "Parameters: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: x}}, A: {Type: String, Default: x}}"
    template = sam.loads(text)
    assert isinstance(template.parameters, dict)
    assert template.parameters["A"] == sam.Parameter("String", default="x")
    assert template.parameters["Fn::Transform"] == {"Name": "AWS::Include", "Parameters": {"Location": "x"}}
    assert sam.loads(sam.dumps(template)) == template


def test_globals_are_read_as_classes() -> None:
    """Each section of `Globals` is read as its class; a section without a class is kept."""
    text = "Globals: {Function: {Timeout: 3, Unheard: 1}, SimpleTable: {SSESpecification: {}}, WebSocketApi: {Tags: {}}}"
    template = sam.loads(text)
    assert template.globals_ == sam.Globals(
        function=sam.FunctionGlobals(timeout=3, extra={"Unheard": 1}),
        simple_table={"SSESpecification": {}},
        extra={"WebSocketApi": {"Tags": {}}},
    )
    assert sam.loads(sam.dumps(template)) == template


def test_an_event_always_has_type_and_properties() -> None:
    """In functions, in resources without a class and in the tree, an event has the form that SAM reads."""
    event = {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)", "Enabled": True}}
    daily = sam.Schedule(enabled=True, schedule="rate(1 day)")
    resources = [
        sam.Function("F", events={"E": daily}),
        sam.Resource("W", "AWS::Serverless::WebFunction", {"Events": {"E": daily}}),
        _machine(events={"E": daily}),
    ]
    tree = TemplateEncoder(sam.Template(resources=resources)).tree()["Resources"]
    assert [tree[name]["Properties"]["Events"]["E"] for name in "FWM"] == [event] * 3
    assert [*tree["F"]["Properties"]["Events"]["E"]["Properties"]] == ["Schedule", "Enabled"]
    assert TemplateEncoder(sam.Template(resources=[sam.Function("F", events={"A": sam.AlexaSkill()})])).tree()["Resources"]["F"][
        "Properties"
    ]["Events"] == {"A": {"Type": "AlexaSkill"}}


def test_properties_are_written_in_reading_order() -> None:
    """A resource's leading properties come before common ones: in models, in resources of any type, and in loops."""
    properties = {"Timeout": 3, "Handler": "a.b", "CodeUri": "src/"}
    order = ["CodeUri", "Handler", "Timeout"]
    kind = "AWS::Serverless::Function"
    template = sam.Template(
        resources=[sam.Function("F", timeout=3, handler="a.b", code_uri="src/"), sam.Resource("R", kind, properties)],
        extra={"Resources": {"X": {"Type": kind, "Properties": properties}, "Fn::ForEach::A": ["I", [], {}]}},
    )
    tree = TemplateEncoder(template).tree()["Resources"]
    assert [[*tree[name]["Properties"]] for name in "FRX"] == [order] * 3
    other = sam.Resource("R", "AWS::Lambda::Function", properties)
    untyped = sam.Resource("S", kind, sam.Ref("P"))
    tree = TemplateEncoder(sam.Template(resources=[other, untyped, sam.Function("T")])).tree()["Resources"]
    assert [*tree["R"]["Properties"]] == [*properties]
    assert tree["S"]["Properties"] == {"Ref": "P"}
    assert tree["T"] == {"Type": kind}
