"""`AWS::IAM::Role`: what a function or a deployment may do."""

from __future__ import annotations

from typing import Any, ClassVar

from gitlabgen.modeling.model import model
from gitlabgen.sam.property_types import Number, Properties, Value, Values
from gitlabgen.sam.resource import BaseResource

__all__ = ["Role", "trust"]


def trust(*services: str) -> dict[str, Any]:
    """Return the policy that lets AWS services assume a role.

    Args:
        services: The services' names, such as `lambda.amazonaws.com`.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    statement = {"Action": ["sts:AssumeRole"], "Effect": "Allow", "Principal": {"Service": list(services)}}
    return {"Version": "2012-10-17", "Statement": [statement]}


@model
class Role(BaseResource):
    """A role.

    Args:
        assume_role_policy_document: Who may assume it; `trust(…)` returns it for AWS services.
        path: The path of the role.
        role_name: The name in the account; if not given, CloudFormation generates one.
        description: What the role is for.
        managed_policy_arns: The ARNs of managed policies.
        policies: Inline policies.
        permissions_boundary: The ARN of the permissions boundary.
        max_session_duration: The maximum duration of a session in seconds.
        tags: Tags.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
    """

    type: ClassVar[str] = "AWS::IAM::Role"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html"

    assume_role_policy_document: Properties
    path: Value | None = None
    role_name: Value | None = None
    description: Value | None = None
    managed_policy_arns: Values | None = None
    policies: Values | None = None
    permissions_boundary: Value | None = None
    max_session_duration: Number | None = None
    tags: Values | None = None
