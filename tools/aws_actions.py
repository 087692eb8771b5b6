"""Write `gitlabgen/sam/bootstrapping/actions.py`: the API actions that CloudFormation calls for each type of resource.

The schemas of CloudFormation's registry, which cfn-lint includes, name the actions of their handlers. This file lists the types
of a serverless stack. To add a type, add one line to `KINDS`, and one to `gitlabgen/sam/bootstrapping/arns.py` if its kind of
resource is new.

Requires cfn-lint, which the extra `verify` installs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from textwrap import wrap
from typing import Any

TARGET = Path(__file__).parent.parent / "gitlabgen" / "sam" / "bootstrapping" / "actions.py"

# The kinds of resources in IAM, as the service's prefix and the kind, with the types of each.
KINDS = {
    "lambda function": "Lambda:: Alias EventInvokeConfig Function Permission Url Version",
    "lambda eventsourcemapping": "Lambda:: EventSourceMapping",
    "lambda layer": "Lambda:: LayerVersion LayerVersionPermission",
    "lambda code signing config": "Lambda:: CodeSigningConfig",
    "lambda capacityprovider": "Lambda:: CapacityProvider",
    "lambda microvmimage": "Lambda:: MicrovmImage",
    "lambda networkconnector": "Lambda:: NetworkConnector",
    "lambda webfunction": "Lambda:: WebFunction",
    "lambda webfunctionendpoint": "Lambda:: WebFunctionEndpoint",
    "lambda webfunctionrevision": "Lambda:: WebFunctionRevision",
    "iam role": "IAM:: Policy Role RolePolicy",
    "iam policy": "IAM:: ManagedPolicy",
    "apigateway restapis": (
        "ApiGateway:: Authorizer Deployment DocumentationPart DocumentationVersion GatewayResponse Method Model RequestValidator "
        "Resource RestApi Stage"
    ),
    "apigateway domainnames": "ApiGateway:: BasePathMapping BasePathMappingV2 DomainName DomainNameV2",
    "apigateway usageplans": "ApiGateway:: UsagePlan UsagePlanKey",
    "apigateway apikeys": "ApiGateway:: ApiKey",
    "apigateway account": "ApiGateway:: Account",
    "apigateway vpclinks": "ApiGateway:: VpcLink",
    "apigateway apis": "ApiGatewayV2:: Api Authorizer Deployment Integration IntegrationResponse Model Route RouteResponse Stage",
    "apigateway domainnames/v2": "ApiGatewayV2:: ApiMapping DomainName",
    "apigateway vpclinks/v2": "ApiGatewayV2:: VpcLink",
    "codedeploy application": "CodeDeploy:: Application",
    "codedeploy deploymentgroup": "CodeDeploy:: DeploymentGroup",
    "codedeploy deploymentconfig": "CodeDeploy:: DeploymentConfig",
    "cloudwatch alarm": "CloudWatch:: Alarm CompositeAlarm",
    "cloudwatch dashboard": "CloudWatch:: Dashboard",
    "logs log-group": "Logs:: LogGroup MetricFilter SubscriptionFilter",
    "events rule-on-default-event-bus": "Events:: Rule",
    "events event-bus": "Events:: EventBus EventBusPolicy",
    "events archive": "Events:: Archive",
    "events connection": "Events:: Connection",
    "events api-destination": "Events:: ApiDestination",
    "scheduler schedule": "Scheduler:: Schedule",
    "scheduler schedule-group": "Scheduler:: ScheduleGroup",
    "pipes pipe": "Pipes:: Pipe",
    "sqs queue": "SQS:: Queue QueueInlinePolicy QueuePolicy",
    "sns topic": "SNS:: Subscription Topic TopicInlinePolicy TopicPolicy",
    "dynamodb table": "DynamoDB:: GlobalTable Table",
    "states statemachine": "StepFunctions:: StateMachine StateMachineAlias StateMachineVersion",
    "states activity": "StepFunctions:: Activity",
    "s3 bucket": "S3:: Bucket BucketPolicy",
    "ssm parameter": "SSM:: Parameter",
    "secretsmanager secret": "SecretsManager:: ResourcePolicy RotationSchedule Secret",
    "cognito-idp userpool": (
        "Cognito:: UserPool UserPoolClient UserPoolDomain UserPoolGroup UserPoolIdentityProvider UserPoolResourceServer"
    ),
    "kinesis stream": "Kinesis:: Stream StreamConsumer",
    "firehose deliverystream": "KinesisFirehose:: DeliveryStream",
    "appsync graphqlapi": (
        "AppSync:: ApiCache ApiKey DataSource FunctionConfiguration GraphQLApi GraphQLSchema Resolver SourceApiAssociation"
    ),
    "appsync domain": "AppSync:: DomainName DomainNameApiAssociation",
    "iot rule": "IoT:: TopicRule",
    "appconfig application": "AppConfig:: Application ConfigurationProfile Deployment Environment HostedConfigurationVersion",
    "appconfig deploymentstrategy": "AppConfig:: DeploymentStrategy",
    "cloudformation stack": "CloudFormation:: Stack WaitCondition WaitConditionHandle",
}
# Actions of other services that a resource needs. Handlers may call further actions, but only for features that few use.
HELPERS = {
    "ec2": ("DescribeNetworkInterfaces", "DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"),
    "iam": ("PassRole",),
    "kms": ("CreateGrant", "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"),
}
# Parts of action names, by service, for data, people and features that a deployment does not need. A role whose boundary could
# be removed would have no limits.
NEVER = {
    "codedeploy": ("OnPremises",),
    "dynamodb": ("Import", "Item", "Query", "Scan"),
    "iam": ("DeleteRolePermissionsBoundary", "Group", "User"),
    "logs": ("BearerToken", "IndexPolic", "LogDelivery", "ResourcePolic"),
    "s3": ("BucketMetadata", "Object", "ReplicateTags"),
}


def table() -> dict[str, dict[str, list[str]]]:
    """Return the actions by type and by the kind of resource that they apply to; `*` if they support no resource."""
    folder = Path(str(import_module("cfnlint").__file__)).parent / "data"
    known = json.loads((folder / "AdditionalSpecs" / "Policies.json").read_text("utf-8"))
    read = (json.loads(path.read_text("utf-8")) for path in (folder / "schemas" / "resources").glob("*.json"))
    schemas = {schema["typeName"]: schema for schema in read}
    return {
        kind_of_type: _grouped(schemas[kind_of_type], own, known)
        for kind_of_type, own in sorted((name, own) for own, names in KINDS.items() for name in _types(names))
    }


def _types(names: str) -> list[str]:
    service, *rest = names.split()
    return [f"AWS::{service}{name}" for name in rest]


def _grouped(schema: dict[str, Any], own: str, known: dict[str, Any]) -> dict[str, list[str]]:
    groups: dict[str, set[str]] = {}
    for action in _actions(schema):
        service, _, name = action.partition(":")
        about = known.get(service, {}).get("Actions", {}).get(name.lower())
        if about is None or not _is_needed(service, name, own):
            continue  # some schemas name actions that do not exist
        kinds = [f"{service} {kind.lower()}" for kind in about.get("Resources", ())]
        # Aliases and versions are named after their function; the type distinguishes paths of API Gateway.
        is_own = any(kind.startswith(own) for kind in kinds) or service == own.partition(" ")[0] == "apigateway"
        groups.setdefault(own if is_own else next(iter(kinds), f"{service} *"), set()).add(name)
    return {kind: sorted(names) for kind, names in sorted(groups.items())}


def _actions(schema: dict[str, Any]) -> Iterator[str]:
    for handler in schema.get("handlers", {}).values():
        yield from handler.get("permissions", ())


def _is_needed(service: str, name: str, own: str) -> bool:
    if service != own.partition(" ")[0]:
        return name in HELPERS.get(service, ())
    return not any(part in name for part in NEVER.get(service, ()))


def module(found: dict[str, dict[str, list[str]]]) -> str:
    """Return the text of the module.

    Args:
        found: The result of `table`.
    """
    lines = ['"""GENERATED by tools/aws_actions.py from the schemas of cfn-lint: what CloudFormation calls for each type."""', ""]
    lines += ["from typing import Final", "", "ACTIONS: Final[dict[str, dict[str, str]]] = {"]
    for name, groups in found.items():
        lines += [f'    "{name}": {{', *(line for kind, names in groups.items() for line in _lines(kind, names)), "    },"]
    lines += ["}", '"""The actions by type and by the kind of resource that they are called on; `*` where they know of none."""']
    return "\n".join(lines).replace("{\n    },", "{},") + "\n"


def _lines(kind: str, names: list[str]) -> Iterator[str]:
    one_line = f'        "{kind}": "{" ".join(names)}",'
    if len(one_line) <= 130:
        yield one_line
        return
    yield f'        "{kind}": ('
    lines = wrap(" ".join(names), 116) if len(" ".join(names)) <= 116 else wrap(" ".join(names), 115)
    yield from (f'            "{line} "' for line in lines[:-1])
    yield f'            "{lines[-1]}"'
    yield "        ),"


if __name__ == "__main__":
    TARGET.write_text(module(table()), "utf-8")
    sys.stdout.write(f"wrote {TARGET.name}\n")
