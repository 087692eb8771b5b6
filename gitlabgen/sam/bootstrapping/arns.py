"""ARN patterns by kind of resource, limited to the stack's prefix where names allow it."""

from __future__ import annotations

from typing import Final

PATTERNS: Final[dict[str, tuple[str, ...]]] = {
    "apigateway account": ("apigateway:{region}::/account",),
    "apigateway apikeys": ("apigateway:{region}::/apikeys", "apigateway:{region}::/apikeys/*", "apigateway:{region}::/tags/*"),
    "apigateway apis": ("apigateway:{region}::/apis", "apigateway:{region}::/apis/*", "apigateway:{region}::/tags/*"),
    "apigateway domainnames": ("apigateway:{region}::/domainnames", "apigateway:{region}::/domainnames/*"),
    "apigateway domainnames/v2": ("apigateway:{region}::/domainnames", "apigateway:{region}::/domainnames/*"),
    "apigateway restapis": (
        "apigateway:{region}::/restapis",
        "apigateway:{region}::/restapis/*",
        "apigateway:{region}::/tags/*",
    ),
    "apigateway usageplans": ("apigateway:{region}::/usageplans", "apigateway:{region}::/usageplans/*"),
    "apigateway vpclinks": ("apigateway:{region}::/vpclinks", "apigateway:{region}::/vpclinks/*"),
    "apigateway vpclinks/v2": ("apigateway:{region}::/vpclinks", "apigateway:{region}::/vpclinks/*"),
    "appconfig application": ("appconfig:{at}:application/*",),
    "appconfig deploymentstrategy": ("appconfig:{at}:deploymentstrategy/*",),
    "appsync domain": ("appsync:{at}:domainnames/*",),
    "appsync graphqlapi": ("appsync:{at}:apis/*",),
    "appsync mergedapiassociation": ("appsync:{at}:apis/*",),
    "appsync sourceapiassociation": ("appsync:{at}:apis/*",),
    "cloudformation stack": ("cloudformation:{at}:stack/{prefix}/*", "cloudformation:{at}:stack/{prefix}-*/*"),
    "cloudwatch alarm": ("cloudwatch:{at}:alarm:{prefix}-*",),
    "cloudwatch dashboard": ("cloudwatch::${AWS::AccountId}:dashboard/{prefix}-*",),
    "codedeploy application": ("codedeploy:{at}:application:{prefix}-*",),
    "codedeploy deploymentconfig": (
        "codedeploy:{at}:deploymentconfig:{prefix}-*",
        "codedeploy:{at}:deploymentconfig:CodeDeployDefault.*",
    ),
    "codedeploy deploymentgroup": ("codedeploy:{at}:deploymentgroup:{prefix}-*/*",),
    "cognito-idp userpool": ("cognito-idp:{at}:userpool/*",),
    "dynamodb table": ("dynamodb:{at}:table/{prefix}-*",),
    "events api-destination": ("events:{at}:api-destination/{prefix}-*", "events:{at}:api-destination/{id}-*"),
    "events archive": ("events:{at}:archive/{prefix}-*", "events:{at}:archive/{id}-*"),
    "events connection": ("events:{at}:connection/{prefix}-*", "events:{at}:connection/{id}-*"),
    "events event-bus": ("events:{at}:event-bus/{prefix}-*",),
    "events rule-on-default-event-bus": ("events:{at}:rule/{prefix}-*", "events:{at}:rule/*/{prefix}-*"),
    "firehose deliverystream": ("firehose:{at}:deliverystream/{prefix}-*",),
    "iam policy": ("iam::${AWS::AccountId}:policy/{prefix}-*",),
    "iam role": ("iam::${AWS::AccountId}:role/{prefix}-*",),
    "iot rule": ("iot:{at}:rule/{id}*",),
    "kinesis consumer": ("kinesis:{at}:stream/{prefix}-*/consumer/*",),
    "kinesis stream": ("kinesis:{at}:stream/{prefix}-*",),
    "kms key": ("kms:{at}:key/*",),
    "lambda capacityprovider": ("lambda:{at}:capacity-provider:{prefix}-*", "lambda:{at}:capacity-provider:{id}*"),
    "lambda code signing config": ("lambda:{at}:code-signing-config:*",),
    "lambda eventsourcemapping": ("lambda:{at}:event-source-mapping:*",),
    "lambda function": ("lambda:{at}:function:{prefix}-*", "lambda:{at}:function:CodeDeployHook_{prefix}-*"),
    "lambda layer": ("lambda:{at}:layer:{prefix}-*", "lambda:{at}:layer:{id}*"),
    "lambda layerversion": ("lambda:{region}:*:layer:*",),
    "lambda microvmimage": ("lambda:{at}:microvm-image:{prefix}-*",),
    "lambda networkconnector": ("lambda:{at}:network-connector:{prefix}-*",),
    "lambda webfunction": ("lambda:{at}:web-function/{prefix}-*",),
    "lambda webfunctionendpoint": ("lambda:{at}:web-function/{prefix}-*",),
    "lambda webfunctionrevision": ("lambda:{at}:web-function/{prefix}-*",),
    "logs log-group": (
        "logs:{at}:log-group:{prefix}-*",
        "logs:{at}:log-group:/aws/*/{prefix}-*",
        "logs:{at}:log-group:/aws/lambda/CodeDeployHook_{prefix}-*",
    ),
    "pipes pipe": ("pipes:{at}:pipe/{prefix}-*", "pipes:{at}:pipe/{id}-*"),
    "s3 bucket": ("s3:::{prefix}-*",),
    "scheduler schedule": ("scheduler:{at}:schedule/*/{prefix}-*", "scheduler:{at}:schedule/*/{id}*"),
    "scheduler schedule-group": ("scheduler:{at}:schedule-group/{prefix}-*", "scheduler:{at}:schedule-group/{id}-*"),
    "secretsmanager secret": ("secretsmanager:{at}:secret:{prefix}-*", "secretsmanager:{at}:secret:{id}-*"),
    "sns topic": ("sns:{at}:{prefix}-*",),
    "sqs queue": ("sqs:{at}:{prefix}-*",),
    "ssm parameter": ("ssm:{at}:parameter/{prefix}-*", "ssm:{at}:parameter/{prefix}/*", "ssm:{at}:parameter/CFN-{id}-*"),
    "states activity": ("states:{at}:activity:{prefix}-*", "states:{at}:activity:{id}-*"),
    "states statemachine": ("states:{at}:stateMachine:{prefix}-*", "states:{at}:stateMachine:{id}-*"),
}
"""The patterns by service and kind: `{prefix}` is the prefix of the stack's name, `{id}` is a logical id with which a generated
name begins, and `{at}` is region and account.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

STACKS: Final = tuple(
    "arn:${AWS::Partition}:" + pattern.replace("{at}", "*:${AWS::AccountId}").replace("{prefix}", "${Prefix}")
    for pattern in PATTERNS["cloudformation stack"]
)
"""The ARN patterns of the stacks with the prefix."""
