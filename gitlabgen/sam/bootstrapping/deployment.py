"""Statements of the deploy role, which jobs assume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gitlabgen.sam.bootstrapping.arns import STACKS
from gitlabgen.sam.bootstrapping.execution import reading
from gitlabgen.sam.bootstrapping.statements import (
    Needs,
    Statement,
    allow,
    bucket_arns,
    deny,
    other_regions,
    own_arn,
    package_arns,
)

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

_STACK: Final = (
    *("CancelUpdateStack", "ContinueUpdateRollback", "CreateChangeSet", "DeleteChangeSet", "DeleteStack", "Describe*", "Detect*"),
    *("ExecuteChangeSet", "Get*", "List*", "RollbackStack", "TagResource", "UntagResource"),
)
_READS: Final = (
    *("cloudformation:DescribeStackDriftDetectionStatus", "cloudformation:DescribeStacks"),
    *("cloudformation:GetTemplateSummary", "cloudformation:ListStacks", "cloudformation:ValidateTemplate"),
    *("cloudwatch:DescribeAlarm*", "cloudwatch:GetMetricData", "tag:GetResources"),
)
_OBJECTS: Final = (*("s3:AbortMultipartUpload", "s3:GetObject*", "s3:ListMultipartUploadParts", "s3:PutObject"),)


def deployment(targets: Sequence[DeployRoles], needs: Needs) -> Iterator[Statement]:
    """Yield the statements for jobs: they update stacks with the prefix, store packages and read alarms.

    Args:
        targets: The targets.
        needs: What the template needs.

    Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
    """
    yield Statement("stacks of the prefix", allow("Stacks", [f"cloudformation:{name}" for name in _STACK], STACKS))
    execution = own_arn("role", "execution")
    # Without a role, CloudFormation uses the one of the last deployment.
    other = {"StringNotEqualsIfExists": {"cloudformation:RoleArn": execution}}
    body = deny("OnlyOurExecutionRole", ["cloudformation:CreateChangeSet"], STACKS, other)
    yield Statement("a stack is changed with our execution role, or not at all", body)
    if needs.macros:
        macros = [f"arn:${{AWS::Partition}}:cloudformation:*:aws:transform/{name}" for name in needs.macros]
        yield Statement("the template's macros", allow("Transforms", ["cloudformation:CreateChangeSet"], macros))
    yield Statement("reads only, for gates and the search for stacks", allow("Reads", _READS))
    yield Statement("packages", allow("Packages", _OBJECTS, package_arns(targets)))
    yield Statement("where packages are", allow("Bucket", ["s3:GetBucketLocation", "s3:ListBucket"], bucket_arns(targets)))
    condition = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    yield Statement("CloudFormation does the rest", allow("PassExecutionRole", ["iam:PassRole"], [execution], condition))
    yield Statement("whether the roles exist", allow("ExecutionRole", ["iam:GetRole"], [execution]))
    yield from _notifications(targets)
    further = targets[0].deploy_statements or ()
    yield from (Statement("further permissions of jobs", body) for body in further if isinstance(body, Mapping))
    if targets[0].drift:
        yield from reading(needs)
    yield other_regions(targets)


def _notifications(targets: Sequence[DeployRoles]) -> Iterator[Statement]:
    topics = dict.fromkeys(target.topic for target in targets if target.topic is not None)
    if topics:
        arns = [f"arn:${{AWS::Partition}}:sns:*:${{AWS::AccountId}}:{topic}" for topic in topics]
        yield Statement("outcomes of releases", allow("Notify", ["sns:Publish"], arns))
