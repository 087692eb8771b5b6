"""Find the resources of a template that call a function, or allow somebody to call it, without naming its alias."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from gitlabgen.analysis.template_values import choices, flat
from gitlabgen.analysis.templates import TemplateAnalysis, TemplateResource, mapping

__all__ = ["APIS", "Caller", "callers_of", "has_key", "qualified_texts"]

_Path: TypeAlias = tuple[str | int, ...]

APIS: Final[Mapping[str, str]] = {
    "AWS::Serverless::Api": "DefinitionBody",
    "AWS::Serverless::HttpApi": "DefinitionBody",
    "AWS::ApiGateway::RestApi": "Body",
    "AWS::ApiGatewayV2::Api": "Body",
}
"""The property with the definition of an API, by the type of the resource."""

# The properties that name the function to call. `*` stands for each item of a list, or each value of a mapping.
_TARGETS: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::ApiGateway::Authorizer": ("AuthorizerUri",),
    "AWS::ApiGateway::Method": ("Integration.Uri",),
    "AWS::ApiGatewayV2::Authorizer": ("AuthorizerUri",),
    "AWS::ApiGatewayV2::Integration": ("IntegrationUri",),
    "AWS::AppSync::DataSource": ("LambdaConfig.LambdaFunctionArn",),
    "AWS::Cognito::UserPool": ("LambdaConfig.*",),
    "AWS::Config::ConfigRule": ("Source.SourceIdentifier",),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("Targets.*.Id",),
    "AWS::Events::Rule": ("Targets.*.Arn",),
    "AWS::IoT::TopicRule": ("TopicRulePayload.Actions.*.Lambda.FunctionArn",),
    "AWS::Lambda::EventSourceMapping": ("FunctionName",),
    "AWS::Lambda::Permission": ("FunctionName",),
    "AWS::Lambda::Url": ("TargetFunctionArn",),
    "AWS::Logs::SubscriptionFilter": ("DestinationArn",),
    "AWS::Pipes::Pipe": ("Enrichment", "Target"),
    "AWS::S3::Bucket": ("NotificationConfiguration.LambdaConfigurations.*.Function",),
    "AWS::SES::ReceiptRule": ("Rule.Actions.*.LambdaAction.FunctionArn",),
    "AWS::SNS::Subscription": ("Endpoint",),
    "AWS::SNS::Topic": ("Subscription.*.Endpoint",),
    "AWS::Scheduler::Schedule": ("Target.Arn",),
    "AWS::SecretsManager::RotationSchedule": ("RotationLambdaARN",),
    "AWS::Serverless::Api": ("Auth.Authorizers.*.FunctionArn",),
    "AWS::Serverless::HttpApi": ("Auth.Authorizers.*.FunctionArn",),
}
_MACHINES: Final = ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")
_STATE_FIELDS: Final = ("Resource", "FunctionName")


class Caller(NamedTuple):
    """A value that names a function without its alias.

    Args:
        resource: The resource that calls the function.
        path: The path to the value, in the resource's properties.
        is_in_text: Whether the function is a part of a longer text, such as the address of an integration.
    """

    resource: TemplateResource
    path: _Path
    is_in_text: bool


def callers_of(analysis: TemplateAnalysis, function: TemplateResource) -> Iterator[Caller]:
    """Yield what calls a function without its alias, as far as the template shows it.

    Args:
        analysis: The template.
        function: The function.
    """
    name = flat(function.properties.get("FunctionName"))
    arns = [re.escape(f"${{{function.name}.Arn}}"), *([rf"[^\s]*:function:{re.escape(name)}"] if name else [])]
    names = [re.escape(f"${{{function.name}}}"), *([re.escape(name)] if name else [])]
    # `$LATEST` is no alias, but the newest code.
    whole = re.compile(rf"({'|'.join((*arns, *names))})(:\$LATEST)?")
    address = re.compile(rf"({'|'.join((*arns, *(f'.*:function:{each}' for each in names)))})(:\$LATEST)?")
    integration = re.compile(rf".*/functions/({'|'.join(arns)}|[^/]*:function:\$\{{{function.name}\}})(:\$LATEST)?/invocations")
    for resource in analysis.resources.values():
        if resource.type == "AWS::Lambda::Url" and "Qualifier" in resource.properties:
            continue
        for path, text in _targets(resource):
            if whole.fullmatch(text) or address.fullmatch(text):
                yield Caller(resource, path, is_in_text=False)
            elif integration.fullmatch(text):
                yield Caller(resource, path, is_in_text=True)
        body = APIS.get(resource.type)
        for path, text in _texts_in(resource.properties.get(body or ""), (body or "",)):
            if integration.fullmatch(text):
                yield Caller(resource, path, is_in_text=True)
            elif path[-1] == "uri" and (whole.fullmatch(text) or address.fullmatch(text)):
                yield Caller(resource, path, is_in_text=False)
        for path, text in _state_targets(resource):
            if whole.fullmatch(text) or address.fullmatch(text):
                yield Caller(resource, path, is_in_text=path[0] == "DefinitionString")


def qualified_texts(
    analysis: TemplateAnalysis, function: TemplateResource, alias: str
) -> Iterator[tuple[TemplateResource, _Path]]:
    """Yield the permissions and event source mappings that name a function's alias as text, each with the path.

    Args:
        analysis: The template.
        function: The function.
        alias: The alias.
    """
    texts = {f"${{{function.name}}}:{alias}", f"${{{function.name}.Arn}}:{alias}"}
    for kind in ("AWS::Lambda::Permission", "AWS::Lambda::EventSourceMapping"):
        for resource in analysis.of_type(kind):
            for path, text in _targets(resource):
                if text in texts:
                    yield resource, path


def has_key(value: Any, key: str) -> bool:
    """Return whether a value contains a mapping with this key, at any depth.

    Args:
        value: A plain value.
        key: The key.
    """
    if isinstance(value, Mapping):
        return key in value or any(has_key(item, key) for item in value.values())
    return isinstance(value, list) and any(has_key(item, key) for item in value)


def _targets(resource: TemplateResource) -> Iterator[tuple[_Path, str]]:
    for target in _TARGETS.get(resource.type, ()):
        yield from _at(resource.properties, target.split("."), ())


def _at(value: Any, steps: list[str], path: _Path) -> Iterator[tuple[_Path, str]]:
    if not steps:
        yield from ((path, text) for choice in choices(value) if (text := flat(choice)) is not None)
    elif steps[0] == "*":
        items = enumerate(value) if isinstance(value, list) else mapping(value).items()
        for key, item in items:
            yield from _at(item, steps[1:], (*path, key))
    elif isinstance(value, Mapping) and steps[0] in value:
        yield from _at(value[steps[0]], steps[1:], (*path, steps[0]))


def _texts_in(value: Any, path: _Path = ()) -> Iterator[tuple[_Path, str]]:
    """Yield the texts of a value at any depth, with `${…}` for their unknown parts, each with its path."""
    text = flat(value)
    if text is not None:
        yield path, text
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts_in(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts_in(item, (*path, index))


def _state_targets(resource: TemplateResource) -> Iterator[tuple[_Path, str]]:
    """Yield what the states of a state machine call, if the template contains its definition."""
    if resource.type not in _MACHINES:
        return
    for path, text in _written_targets(resource):
        # `${Name}` in a definition means a substitution, even without `Fn::Sub`.
        name = text.removeprefix("${").removesuffix("}")
        given = flat(mapping(resource.properties.get("DefinitionSubstitutions")).get(name))
        yield (path, text) if given is None or text != f"${{{name}}}" else (("DefinitionSubstitutions", name), given)


def _written_targets(resource: TemplateResource) -> Iterator[tuple[_Path, str]]:
    for path, text in _texts_in(resource.properties.get("Definition"), ("Definition",)):
        if path[-1] in _STATE_FIELDS:
            yield path, text
    written = flat(resource.properties.get("DefinitionString")) or ""
    for text in re.findall(r'"(?:Resource|FunctionName)"\s*:\s*"([^"]*)"', written):
        yield ("DefinitionString",), text
