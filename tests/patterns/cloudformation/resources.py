"""Resources: their names and attributes, and what creating, changing and deleting one does."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.alarms import Alarms
from tests.patterns.cloudformation.backing import Backing
from tests.patterns.cloudformation.behaviour import Behaviour
from tests.patterns.cloudformation.clock import Clock, Task
from tests.patterns.cloudformation.codedeploy import CodeDeploy
from tests.patterns.cloudformation.errors import BrokenError
from tests.patterns.cloudformation.functions import BESIDE, Alias, Function, Version
from tests.patterns.cloudformation.schemas import schema
from tests.patterns.cloudformation.stacks import Resource, Stack

# How the ARN of a resource follows from its physical id.
ARNS = {
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
    "AWS::CloudWatch::CompositeAlarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{id}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{account}:policy/{id}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{id}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{id}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{id}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{id}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{id}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{id}",
    "AWS::StepFunctions::StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{id}",
}
# Types whose `Ref` is the ARN.
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
BY_ARN = {"AWS::CloudWatch::CompositeAlarm", "AWS::IAM::ManagedPolicy", "AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}


@dataclasses.dataclass
class Region:
    """One region of one account."""

    account: str
    name: str
    clock: Clock
    behaviour: Behaviour
    backing: Backing
    alarms: Alarms
    codedeploy: CodeDeploy
    stacks: list[Stack] = dataclasses.field(default_factory=list)
    functions: dict[str, Function] = dataclasses.field(default_factory=dict)
    # Why a resource fails, by stack, logical id and what is done: create, update, delete or rollback.
    broken: dict[tuple[str, str, str], str] = dataclasses.field(default_factory=dict)


def name_of(kind: str, stack: Stack, name: str, given: Mapping[str, Any], generation: int) -> str:
    """Return the physical id of a new resource."""
    digest = hashlib.sha256(f"{stack.id}/{name}/{generation}".encode()).digest()
    known = schema(kind)
    assert known is not None
    chosen = next((given[key] for key in _name_properties(kind) if key in given), None)
    text = str(chosen or f"{stack.name}-{name}-{base64.b32encode(digest).decode()[:12]}")
    if kind == "AWS::SQS::Queue":
        return f"https://sqs.{stack.region}.amazonaws.com/{stack.account}/{text}"
    if kind in BY_ARN:
        return ARNS[kind].format(region=stack.region, account=stack.account, id=text)
    return text.lower() if kind == "AWS::S3::Bucket" else text


def _name_properties(kind: str) -> list[str]:
    """Return the properties that can name a resource: those that identify it, and a `…Name` that cannot change."""
    known = schema(kind)
    assert known is not None
    fixed = known.names("createOnlyProperties")
    writable = set(known.properties) - known.names("readOnlyProperties")
    short = kind.rpartition("::")[2]
    return [key for key in (known.identifier, f"{short}Name", "Name") if key in writable and key in fixed]


def named_by_template(kind: str, given: Mapping[str, Any]) -> bool:
    """Return whether the template chooses the physical id."""
    return any(key in given for key in _name_properties(kind))


def attributes_of(kind: str, stack: Stack, physical: str) -> dict[str, Any]:
    """Return the attributes of a resource for `Fn::GetAtt`, as far as they are known."""
    plain = physical.rsplit("/", 1)[-1] if physical.startswith("https://") else physical
    arn = physical if physical.startswith("arn:") else None
    if kind in ARNS and arn is None:
        arn = ARNS[kind].format(region=stack.region, account=stack.account, id=plain)
    found: dict[str, Any] = {"Arn": arn} if arn else {}
    if kind == "AWS::SQS::Queue":
        found |= {"QueueName": plain, "QueueUrl": physical}
    if kind == "AWS::SNS::Topic":
        found |= {"TopicArn": arn, "TopicName": str(arn).rsplit(":", 1)[1]}
    if kind == "AWS::ApiGatewayV2::Api":
        found["ApiEndpoint"] = f"https://{physical}.execute-api.{stack.region}.amazonaws.com"
    return found


class Plain:
    """A resource that has only a name."""

    def create(self, region: Region, resource: Resource) -> Task:
        """Create the resource."""
        del region, resource
        yield

    def update(self, region: Region, resource: Resource, before: Mapping[str, Any], *, back: bool) -> Task:
        """Change the resource, which already has its new properties."""
        del region, resource, before, back
        yield

    def delete(self, region: Region, resource: Resource) -> Task:
        """Delete the resource."""
        del region, resource
        yield


class LambdaFunction(Plain):
    """A function."""

    def create(self, region: Region, resource: Resource) -> Task:
        """Create the function."""
        yield
        arn = ARNS[resource.type].format(region=region.name, account=region.account, id=resource.physical)
        if resource.physical in region.functions:
            raise BrokenError(f"{resource.physical} already exists in stack or account")
        region.functions[resource.physical] = Function(resource.physical, arn, self._latest(region, resource))

    def update(self, region: Region, resource: Resource, before: Mapping[str, Any], *, back: bool) -> Task:
        """Change code and configuration of `$LATEST`."""
        del before, back
        latest = self._latest(region, resource)
        yield
        region.functions[resource.physical].latest = latest

    def delete(self, region: Region, resource: Resource) -> Task:
        """Delete the function with its versions."""
        yield
        region.functions.pop(resource.physical, None)

    def _latest(self, region: Region, resource: Resource) -> Version:
        code = region.backing.code(region.account, region.name, dict(resource.properties["Code"]))
        return Version("$LATEST", code, {key: value for key, value in resource.properties.items() if key not in BESIDE})


class LambdaVersion(Plain):
    """A version."""

    def create(self, region: Region, resource: Resource) -> Task:
        """Publish the version."""
        yield
        function = function_of(region, resource.properties["FunctionName"])
        number = function.publish(kept_version_blocks=region.behaviour.kept_version_blocks)
        resource.physical = f"{function.arn}:{number}"
        resource.attributes |= {"Version": number, "FunctionArn": resource.physical}

    def delete(self, region: Region, resource: Resource) -> Task:
        """Delete the version, unless an alias uses it."""
        yield
        name, _, number = resource.physical.rpartition(":")
        function = region.functions.get(name.rpartition(":")[2])
        if function is None:
            return
        if any(number in alias.shares for alias in function.aliases.values()):
            raise BrokenError(f"Version {number} cannot be deleted: an alias points to it")
        function.versions.pop(number, None)


class LambdaAlias(Plain):
    """An alias. The first deployment shifts nothing.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
    """

    def create(self, region: Region, resource: Resource) -> Task:
        """Create the alias."""
        yield
        function = function_of(region, resource.properties["FunctionName"])
        arn = f"{function.arn}:{resource.properties['Name']}"
        function.aliases[resource.properties["Name"]] = Alias(arn, self._shares(resource))
        resource.physical = arn
        resource.attributes["AliasArn"] = arn

    def update(self, region: Region, resource: Resource, before: Mapping[str, Any], *, back: bool) -> Task:
        """Move the alias: through CodeDeploy if its version changes and the update policy says so."""
        del before
        yield
        alias = function_of(region, resource.properties["FunctionName"]).aliases[resource.properties["Name"]]
        wanted = self._shares(resource)
        policy = resource.definition.get("UpdatePolicy", {}).get("CodeDeployLambdaAliasUpdate")
        if alias.shares == wanted:
            return
        if policy and not (back and region.behaviour.way_back == "at-once"):
            yield from region.codedeploy.shift(alias, resource.properties["FunctionVersion"], policy)
        else:
            alias.shares = wanted

    def delete(self, region: Region, resource: Resource) -> Task:
        """Delete the alias."""
        yield
        name, _, alias = resource.physical.rpartition(":")
        function = region.functions.get(name.rpartition(":")[2])
        if function:
            function.aliases.pop(alias, None)

    def _shares(self, resource: Resource) -> dict[str, float]:
        more = resource.properties.get("RoutingConfig", {}).get("AdditionalVersionWeights", [])
        others = {each["FunctionVersion"]: float(each["FunctionWeight"]) for each in more}
        return {resource.properties["FunctionVersion"]: 1 - sum(others.values()), **others}


class CloudWatchAlarm(Plain):
    """An alarm, also a composite one."""

    def create(self, region: Region, resource: Resource) -> Task:
        """Create the alarm."""
        yield
        region.alarms.put(alarm_name(resource), dict(resource.properties))

    def update(self, region: Region, resource: Resource, before: Mapping[str, Any], *, back: bool) -> Task:
        """Change the alarm."""
        del before, back
        yield
        region.alarms.put(alarm_name(resource), dict(resource.properties))

    def delete(self, region: Region, resource: Resource) -> Task:
        """Delete the alarm."""
        yield
        region.alarms.delete(alarm_name(resource))


def alarm_name(resource: Resource) -> str:
    """Return the name of an alarm."""
    return resource.physical.rpartition(":alarm:")[2]


class StoredParameter(Plain):
    """A parameter of the parameter store, which moto keeps."""

    def create(self, region: Region, resource: Resource) -> Task:
        """Write the parameter."""
        yield
        given = resource.properties
        client = region.backing.client("ssm", region.account, region.name)
        client.put_parameter(Name=resource.physical, Value=given["Value"], Type=given["Type"], Overwrite=True)
        resource.attributes |= {"Value": given["Value"], "Type": given["Type"]}

    def update(self, region: Region, resource: Resource, before: Mapping[str, Any], *, back: bool) -> Task:
        """Write the parameter again."""
        del before, back
        yield from self.create(region, resource)

    def delete(self, region: Region, resource: Resource) -> Task:
        """Delete the parameter."""
        yield
        region.backing.client("ssm", region.account, region.name).delete_parameter(Name=resource.physical)


class DeploymentGroup(Plain):
    """A deployment group of CodeDeploy."""

    def create(self, region: Region, resource: Resource) -> Task:
        """Create the group."""
        yield
        region.codedeploy.groups[resource.properties["ApplicationName"], resource.physical] = resource.properties

    def update(self, region: Region, resource: Resource, before: Mapping[str, Any], *, back: bool) -> Task:
        """Change the group."""
        del before, back
        yield from self.create(region, resource)

    def delete(self, region: Region, resource: Resource) -> Task:
        """Delete the group."""
        yield
        region.codedeploy.groups.pop((resource.properties["ApplicationName"], resource.physical), None)


class DeploymentConfig(Plain):
    """A deployment configuration of CodeDeploy, which cannot be changed."""

    def create(self, region: Region, resource: Resource) -> Task:
        """Create the configuration."""
        yield
        region.codedeploy.configurations[resource.physical] = resource.properties


HANDLERS: dict[str, Plain] = {
    "AWS::CloudWatch::Alarm": CloudWatchAlarm(),
    "AWS::CloudWatch::CompositeAlarm": CloudWatchAlarm(),
    "AWS::CodeDeploy::DeploymentConfig": DeploymentConfig(),
    "AWS::CodeDeploy::DeploymentGroup": DeploymentGroup(),
    "AWS::Lambda::Alias": LambdaAlias(),
    "AWS::Lambda::Function": LambdaFunction(),
    "AWS::Lambda::Version": LambdaVersion(),
    "AWS::SSM::Parameter": StoredParameter(),
}


def handler(kind: str) -> Plain:
    """Return what handles a resource type."""
    return HANDLERS.get(kind, Plain())


def function_of(region: Region, name: str) -> Function:
    """Return a function by its name or ARN."""
    found = region.functions.get(name.rpartition(":function:")[2] or name)
    if found is None:
        raise BrokenError(f"Function not found: {name} (Service: Lambda, Status Code: 404)")
    return found
