"""What AWS is asked while a stack is created, updated and deleted: the requests of CloudFormation, from a translated template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.sam.bootstrapping.actions import ACTIONS
from tests.permissions.accounts import Account
from tests.permissions.evaluation import Request, many

# The formats of ARNs, by the service and kind, as the service authorization reference has them.
_ARNS: Final = {
    "apigateway apis": ("apigateway:{region}::/apis", "apigateway:{region}::/apis/a1b2c3/routes/x"),
    "apigateway restapis": ("apigateway:{region}::/restapis", "apigateway:{region}::/restapis/a1b2c3"),
    "cloudwatch alarm": ("cloudwatch:{at}:alarm:{name}",),
    "codedeploy application": ("codedeploy:{at}:application:{name}",),
    "codedeploy deploymentgroup": ("codedeploy:{at}:deploymentgroup:{stack}-ServerlessDeploymentApplication-1A2B3C/{name}",),
    "dynamodb table": ("dynamodb:{at}:table/{name}",),
    "events rule-on-default-event-bus": ("events:{at}:rule/{name}",),
    "iam policy": ("iam::{account}:policy/{name}",),
    "iam role": ("iam::{account}:role/{name}",),
    "lambda eventsourcemapping": ("lambda:{at}:event-source-mapping:91eaeb7e-c976-1234-9451-8709db01f137",),
    "lambda function": ("lambda:{at}:function:{name}",),
    "lambda layer": ("lambda:{at}:layer:{name}",),
    "logs log-group": ("logs:{at}:log-group:{name}",),
    "s3 bucket": ("s3:::{name}",),
    "scheduler schedule": ("scheduler:{at}:schedule/default/{name}",),
    "sns topic": ("sns:{at}:{name}",),
    "sqs queue": ("sqs:{at}:{name}",),
    "states statemachine": ("states:{at}:stateMachine:{name}",),
}
_PRINCIPALS: Final = {
    "ApiGateway": "apigateway",
    "CodeDeploy": "codedeploy",
    "Events": "events",
    "Lambda": "lambda",
    "S3": "s3",
    "SNS": "sns",
    "Scheduler": "scheduler",
    "StepFunctions": "states",
}
_PLAIN_NAMES: Final = ("AWS::StepFunctions::StateMachine", "AWS::Lambda::LayerVersion", "AWS::Scheduler::Schedule")
_BOUNDED: Final = (
    *("AttachRolePolicy", "CreateRole", "DeleteRole", "DeleteRolePolicy", "DetachRolePolicy", "PutRolePermissionsBoundary"),
    *("PutRolePolicy", "UpdateAssumeRolePolicy", "UpdateRole", "UpdateRoleDescription"),
)


def requests(
    tree: Mapping[str, Any], account: Account, stack: str, region: str = "eu-central-1"
) -> Iterator[tuple[str, Request]]:
    """Yield each request with the logical id of the resource that needs it.

    Args:
        tree: The template as SAM translates it.
        account: The account.
        stack: The stack's name.
        region: The region.
    """
    for logical, resource in tree["Resources"].items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        name = _name(kind, logical, properties, stack)
        for about, names in ACTIONS[kind].items():
            for action in names.split():
                for arn in _arns(about, action, kind, name, stack, region, account):
                    context = {"aws:RequestedRegion": region, **_context(about, action, kind, properties, account, stack)}
                    yield logical, Request(f"{about.partition(' ')[0]}:{action}", arn, context)


def _name(kind: str, logical: str, properties: Mapping[str, Any], stack: str) -> str:
    given = next((properties[key] for key in ("FunctionName", "LogGroupName", "AlarmName") if key in properties), None)
    if isinstance(given, dict) and "Fn::Sub" in given:
        return str(many(given["Fn::Sub"])[0]).replace("${AWS::StackName}", stack).replace("${Orders}", f"{stack}-Orders-1A2B")
    if isinstance(given, str):
        return given
    prefix = "" if kind in _PLAIN_NAMES else f"{stack}-"
    return f"{prefix}{logical}-1A2B3C4D5E6F"


def _arns(about: str, action: str, kind: str, name: str, stack: str, region: str, account: Account) -> list[str]:
    service, _, what = about.partition(" ")
    if service in ("kms", "ec2") or about in ("lambda code signing config", "lambda capacityprovider", "lambda layerversion"):
        return []  # only for properties that the templates do not have
    if what == "*":
        return ["*"]
    if about == "codedeploy deploymentconfig":
        return [f"arn:aws:codedeploy:{region}:{account.number}:deploymentconfig:CodeDeployDefault.LambdaAllAtOnce"]
    if about == "iam role" and action == "PassRole":
        name = f"{account.prefix}-codedeploy" if kind.startswith("AWS::CodeDeploy") else f"{stack}-Role-1A2B3C4D5E6F"
    known = {"region": region, "at": f"{region}:{account.number}", "account": account.number, "name": name, "stack": stack}
    return ["arn:aws:" + form.format(**known) for form in _ARNS[about]]


def _context(about: str, action: str, kind: str, properties: Mapping[str, Any], account: Account, stack: str) -> dict[str, str]:
    context: dict[str, str] = {}
    if about == "iam role" and action in _BOUNDED:
        assert "PermissionsBoundary" in properties
        context["iam:PermissionsBoundary"] = f"arn:aws:iam::{account.number}:policy/{account.prefix}-boundary"
    if action == "PassRole":
        context["iam:PassedToService"] = f"{_PRINCIPALS[kind.split('::')[1]]}.amazonaws.com"
    if action == "AddPermission":
        context["lambda:Principal"] = str(properties["Principal"])
    if action.endswith("EventSourceMapping"):
        context["lambda:FunctionArn"] = f"arn:aws:lambda:eu-central-1:{account.number}:function:{stack}-Worker-1A2B:live"
    return context
