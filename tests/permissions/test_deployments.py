"""Everything that a deployment needs is allowed."""

from __future__ import annotations

import pytest

from tests.permissions.deployments import requests
from tests.permissions.evaluation import Request, is_allowed, many
from tests.permissions.services import TARGETS, Target, account, translation

STACK = "arn:aws:cloudformation:{region}:{account}:stack/{stack}/7c1e5d20-0000-11ee-b962-0242ac120002"


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: f"{target.prefix}-{target.region}")
def test_cloudformation_may_deploy_the_template(target: Target) -> None:
    """Each action that AWS's schemas name for the translated template is allowed on the names that CloudFormation generates."""
    made = account(target)
    asked = [*requests(translation(target), made, target.stack, target.region)]

    assert len(asked) > 100
    assert [(name, one) for name, one in asked if not is_allowed(made.policies["execution"], one)] == []


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: f"{target.prefix}-{target.region}")
def test_jobs_may_release(target: Target) -> None:
    """A job may upload packages, make and execute change sets with the execution role, follow them, and undo them."""
    made = account(target)
    stack = STACK.replace("{stack}", target.stack).replace("{region}", target.region)
    execution = "arn:aws:iam::{account}:role/{prefix}-execution"
    region = {"aws__RequestedRegion": target.region}

    for action in (
        *("DescribeChangeSet", "ExecuteChangeSet", "DeleteChangeSet", "ListChangeSets", "DescribeStacks", "DescribeStackEvents"),
        *("ListStackResources", "DescribeStackResources", "GetTemplate", "CancelUpdateStack", "ContinueUpdateRollback"),
        *("RollbackStack", "DeleteStack", "TagResource"),
    ):
        assert made.may("deploy", f"cloudformation:{action}", stack, **region), action
    for resource in (stack, f"arn:aws:cloudformation:{target.region}:aws:transform/Serverless-2016-10-31"):
        assert made.may("deploy", "cloudformation:CreateChangeSet", resource, cloudformation__RoleArn=execution, **region)
    for action in ("cloudformation:ListStacks", "cloudwatch:DescribeAlarms", "cloudformation:ValidateTemplate"):
        assert made.may("deploy", action, **region)
    assert made.may("deploy", "iam:PassRole", execution, iam__PassedToService="cloudformation.amazonaws.com")
    assert made.may("deploy", "iam:GetRole", execution)
    assert made.may("deploy", "s3:GetBucketLocation", _package(target).partition("/")[0], **region)
    for role, action in (("deploy", "PutObject"), ("deploy", "GetObject"), ("execution", "GetObject")):
        assert made.may(role, f"s3:{action}", _package(target), **region)


def _package(target: Target) -> str:
    """Return the ARN of a package in the bucket of a target's region."""
    statements = [one for policy in account(target).policies["deploy"] for one in policy["Statement"] if one["Sid"] == "Packages"]
    arns: list[str] = [arn for one in statements for arn in many(one["Resource"])]
    return next(arn for arn in arns if target.region in arn or len(arns) == 1).replace("*", "0123abc")


def test_the_stacks_roles_may_use_what_is_declared() -> None:
    """The boundary allows the stack's own resources and those in `uses`, and nothing of others."""
    made = account(TARGETS[-1])

    def bounds(action: str, resource: str) -> bool:
        return is_allowed([made.boundary], Request(action, resource))

    table = f"arn:aws:dynamodb:eu-central-1:{made.number}:table/"
    assert bounds("dynamodb:GetItem", f"{table}wide-prod-Stock-1A2B")
    assert bounds("dynamodb:Query", f"{table}orders/index/by-day")
    assert bounds("bedrock:InvokeModel", "arn:aws:bedrock:eu-central-1::foundation-model/x")
    assert not bounds("dynamodb:GetItem", f"{table}payments")
    assert not bounds("dynamodb:DeleteTable", f"{table}orders")
    assert not bounds("iam:CreateRole", f"arn:aws:iam::{made.number}:role/wide-prod-x")
    assert not bounds("s3:GetObject", "arn:aws:s3:::wide-packages/wide-prod/x")
