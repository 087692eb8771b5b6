"""The types of CloudFormation that a template needs after SAM has translated it, and the resources that need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gitlabgen.modeling.model import Model
from gitlabgen.sam.canaries.wiring import expanded
from gitlabgen.sam.events.event import Event
from gitlabgen.sam.intrinsics import Intrinsic
from gitlabgen.sam.resource import Resource

if TYPE_CHECKING:
    from gitlabgen.sam.template import Template

CUSTOM: Final = "AWS::CloudFormation::CustomResource"
"""The type of resources that a function or topic creates; `Custom::…` is another name for it."""

_SAM: Final = "AWS::Serverless::"
_RULE: Final = "Events::Rule Lambda::Permission"
_STREAM: Final = "Lambda::EventSourceMapping"
_EVENTS: Final = {
    "AlexaSkill": "Lambda::Permission",
    "Api": "ApiGateway::Deployment ApiGateway::RestApi ApiGateway::Stage Lambda::Permission",
    "CloudWatchEvent": _RULE,
    "CloudWatchLogs": "Lambda::Permission Logs::SubscriptionFilter",
    "Cognito": "Lambda::Permission",
    "DocumentDB": _STREAM,
    "DynamoDB": _STREAM,
    "EventBridgeRule": _RULE,
    "HttpApi": "ApiGatewayV2::Api ApiGatewayV2::Stage Lambda::Permission",
    "IoTRule": "IoT::TopicRule Lambda::Permission",
    "Kinesis": _STREAM,
    "MQ": _STREAM,
    "MSK": _STREAM,
    "S3": "Lambda::Permission",
    "SNS": "Lambda::Permission SNS::Subscription",
    "SQS": _STREAM,
    "Schedule": _RULE,
    "ScheduleV2": "IAM::Role Scheduler::Schedule",
    "SelfManagedKafka": _STREAM,
}
_CONNECTOR: Final = "IAM::ManagedPolicy Lambda::Permission SNS::TopicPolicy SQS::QueuePolicy"
_RESOURCES: Final = {
    "Api": "ApiGateway::Deployment ApiGateway::RestApi ApiGateway::Stage",
    "Application": "CloudFormation::Stack",
    "CapacityProvider": "IAM::Role Lambda::CapacityProvider",
    "Connector": _CONNECTOR,
    "Function": "Lambda::Function",
    "GraphQLApi": (
        "AppSync::ApiCache AppSync::ApiKey AppSync::DataSource AppSync::DomainName AppSync::DomainNameApiAssociation "
        f"AppSync::FunctionConfiguration AppSync::GraphQLApi AppSync::GraphQLSchema AppSync::Resolver IAM::Role {_CONNECTOR}"
    ),
    "HttpApi": "ApiGatewayV2::Api ApiGatewayV2::Stage",
    "LayerVersion": "Lambda::LayerVersion",
    "MicrovmImage": "IAM::Role Lambda::MicrovmImage",
    "NetworkConnector": "IAM::Role Lambda::NetworkConnector",
    "SimpleTable": "DynamoDB::Table",
    "StateMachine": "StepFunctions::StateMachine",
    "WebFunction": "IAM::Role Lambda::WebFunction Lambda::WebFunctionEndpoint Lambda::WebFunctionRevision",
    "WebSocketApi": (
        "ApiGatewayV2::Api ApiGatewayV2::Authorizer ApiGatewayV2::Integration ApiGatewayV2::Route ApiGatewayV2::Stage "
        "Lambda::Permission"
    ),
}
# The types that a property adds; its name is lowercase without underscores, for Python's and CloudFormation's spelling.
_PROPERTIES: Final = {
    ("Api", "auth"): "ApiGateway::ApiKey ApiGateway::UsagePlan ApiGateway::UsagePlanKey Lambda::Permission",
    ("Api", "domain"): "ApiGateway::BasePathMapping ApiGateway::DomainName",
    ("Function", "autopublishalias"): "Lambda::Alias Lambda::Version",
    ("Function", "canary"): "Lambda::Alias Lambda::Version",
    ("Function", "eventinvokeconfig"): "Lambda::EventInvokeConfig",
    ("Function", "functionurlconfig"): "Lambda::Permission Lambda::Url",
    ("HttpApi", "auth"): "Lambda::Permission",
    ("HttpApi", "domain"): "ApiGatewayV2::ApiMapping ApiGatewayV2::DomainName",
    ("StateMachine", "autopublishalias"): "StepFunctions::StateMachineAlias StepFunctions::StateMachineVersion",
    ("StateMachine", "canary"): "StepFunctions::StateMachineAlias StepFunctions::StateMachineVersion",
    ("WebSocketApi", "domain"): "ApiGatewayV2::ApiMapping ApiGatewayV2::DomainName",
}


class Source(NamedTuple):
    """A resource as it is written, with the properties of `Globals`.

    Args:
        name: The logical id.
        type: The type.
        given: The properties that are given; their names are lowercase without underscores.
        about: The model that findings refer to.
    """

    name: str
    type: str
    given: Mapping[str, Any]
    about: Model


def generated_types(template: Template) -> dict[str, tuple[str, ...]]:
    """Return the types of CloudFormation that a template is translated to, each with the logical ids that need it.

    A type is included if only the translation can decide whether it is needed.

    Args:
        template: The template; canaries count as the alarms and hooks that they create.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
    """
    found: dict[str, dict[str, None]] = {}
    everything = sources(template)
    apis = {source.name for source in everything if source.type == f"{_SAM}Api"}
    for source in everything:
        for kind in types_of(source, apis):
            found.setdefault(kind, {})[source.name] = None
    return {kind: tuple(names) for kind, names in sorted(found.items())}


def sources(template: Template) -> list[Source]:
    """Return the resources of a template, including those that canaries create and those in loops.

    Args:
        template: The template.
    """
    shared = _given(template.globals_)
    found = [_source(resource, template, shared) for resource in expanded(template).resources]
    return [*found, *_looped((template.extra or {}).get("Resources"), template, shared)]


def property_of(value: Any, name: str) -> Any:
    """Return a property of a block; None if it has no such property, or is known only at deployment.

    Args:
        value: A model or a mapping.
        name: The property's name, lowercase without underscores.
    """
    return _given(value).get(name)


def _source(resource: Any, template: Template, shared: Mapping[str, Any]) -> Source:
    if not isinstance(resource, Model):  # troposphere's
        return _made(resource.title, resource.resource_type, resource.properties, template, shared)
    if isinstance(resource, Resource):
        return _made(resource.name, resource.resource_type, resource.properties, resource, shared)
    return _made(getattr(resource, "name", ""), getattr(resource, "type", ""), resource, resource, shared)


def _made(name: str, kind: str, written: Any, about: Model, shared: Mapping[str, Any]) -> Source:
    section = shared.get(kind.removeprefix(_SAM).casefold()) if kind.startswith(_SAM) else None
    return Source(name, kind, {**_given(section), **_given(written)}, about)


def _looped(loops: Any, template: Template, shared: Mapping[str, Any]) -> Iterator[Source]:
    """Yield the resources that `Fn::ForEach` repeats."""
    for name, loop in loops.items() if isinstance(loops, Mapping) else ():
        if isinstance(loop, tuple) and loop and isinstance(loop[-1], Mapping):
            for inner, block in loop[-1].items():
                if isinstance(block, Mapping) and "Type" in block:
                    yield _made(name.rpartition(":")[2], str(block["Type"]), block.get("Properties"), template, shared)
                else:
                    yield from _looped({inner: block}, template, shared)


def _given(value: Any) -> dict[str, Any]:
    if isinstance(value, Model):
        # The result of an intrinsic function is known only at deployment.
        pairs = {} if isinstance(value, Intrinsic) else {**vars(value), **(value.extra or {}), "comments": None}
    else:
        pairs = dict(value) if isinstance(value, Mapping) else {}
    return {str(key).replace("_", "").casefold(): item for key, item in pairs.items() if item is not None}


def types_of(source: Source, apis: frozenset[str] | set[str] = frozenset()) -> set[str]:
    """Return the types of CloudFormation that a resource is translated to.

    Args:
        source: The resource.
        apis: The logical ids of the template's REST APIs, whose routes do not belong to HTTP APIs.
    """
    if not source.type.startswith(_SAM):
        return {CUSTOM if source.type.startswith("Custom::") else source.type}
    kind, given = source.type.removeprefix(_SAM), source.given
    words = [_RESOURCES.get(kind, ""), *(words for (of, name), words in _PROPERTIES.items() if of == kind and name in given)]
    if "connectors" in given:
        words.append(_CONNECTOR)
    if kind in ("Function", "StateMachine"):
        words += _implicit_types(kind, given, apis)
    if mentions(given.get("domain"), "route53"):
        words.append("Route53::RecordSetGroup")
    if mentions(given.get("domain"), "policy") or _has(given.get("domain"), "PRIVATE"):
        words.append("ApiGateway::BasePathMappingV2 ApiGateway::DomainNameV2")
    return {f"AWS::{word}" for text in words for word in text.split()}


def _implicit_types(kind: str, given: Mapping[str, Any], apis: frozenset[str] | set[str]) -> Iterator[str]:
    """Yield the types that SAM creates for a function or a state machine."""
    preference = given.get("canary", given.get("deploymentpreference"))
    if "role" not in given:
        yield "IAM::Role"
    if kind == "Function" and _shifts(preference):
        yield "CodeDeploy::Application CodeDeploy::DeploymentGroup"
        if "role" not in _given(preference):
            yield "IAM::Role"
    if _has(given.get("eventinvokeconfig"), "SQS"):
        yield "SQS::Queue"
    if _has(given.get("eventinvokeconfig"), "SNS"):
        yield "SNS::Topic"
    events = given.get("events")
    for event in events.values() if isinstance(events, Mapping) else ():
        # An API that the event names is a separate resource.
        named = not {"api", "apiid", "restapiid"}.isdisjoint(event_properties(event))
        yield "Lambda::Permission" if named else _EVENTS.get(event_type(event, apis), "")
        if kind == "StateMachine":
            yield "IAM::Role"
        if mentions(event, "sqssubscription"):
            yield "Lambda::EventSourceMapping SQS::Queue SQS::QueuePolicy"
        if mentions(event, "deadletterconfig"):
            yield "SQS::Queue SQS::QueuePolicy"


def _shifts(preference: Any) -> bool:
    return preference is not None and _given(preference).get("enabled") is not False


def event_properties(event: Any) -> dict[str, Any]:
    """Return the properties of an event; their names are lowercase without underscores.

    Args:
        event: The event: gitlabgen's, troposphere's, or a mapping with SAM's property names.
    """
    if isinstance(event, Mapping):
        return _given(event.get("Properties"))
    return _given(event if isinstance(event, Model) else getattr(event, "properties", None))


def event_type(event: Any, apis: frozenset[str] | set[str] = frozenset()) -> str:
    """Return SAM's name for the type of an event.

    Args:
        event: The event: gitlabgen's, troposphere's, or a mapping with SAM's property names.
        apis: The logical ids of the template's REST APIs.
    """
    if isinstance(event, Mapping):
        return str(event.get("Type"))
    if not isinstance(event, Model):  # troposphere's
        return str(getattr(event, "resource_type", None))
    if isinstance(event, Event):
        return event.type
    api = getattr(event, "api", None)
    target = getattr(api, "argument", api)
    return getattr(event, "type", None) or ("Api" if isinstance(target, str) and target in apis else "HttpApi")


def mentions(value: Any, pattern: str) -> bool:
    """Return whether the name of any property in a value matches a pattern.

    Args:
        value: A model, mapping, list or scalar.
        pattern: The name, lowercase without underscores; `*` matches anything.
    """
    if isinstance(value, list | tuple):
        return any(mentions(item, pattern) for item in value)
    if hasattr(value, "properties") and not isinstance(value, Model):  # troposphere's
        value = value.properties
    return any(fnmatchcase(key, pattern) or mentions(inner, pattern) for key, inner in _given(value).items())


def _has(value: Any, word: str) -> bool:
    """Return whether any string in a value is equal to a word."""
    return value == word if isinstance(value, str) else any(_has(inner, word) for inner in _given(value).values())
