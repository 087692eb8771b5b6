"""`AWS::Serverless::SimpleTable`: a DynamoDB table with one key."""

from __future__ import annotations

from typing import ClassVar

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.sam.property_types import Properties, Value
from gitlabgen.sam.resource import BaseResource

__all__ = ["SimpleTable"]


@model
class SimpleTable(BaseResource):
    """A DynamoDB table with one key.

    Args:
        primary_key: `Name` and `Type` of the key; if not given, a string named `id`.
        table_name: The name in the account; if not given, CloudFormation generates one.
        provisioned_throughput: `ReadCapacityUnits` and `WriteCapacityUnits`; on demand if not given.
        point_in_time_recovery_specification: Whether the table can be restored to any second of the last weeks.
        sse_specification: `SSEEnabled`, and the key that encrypts the table.
        tags: Tags by name.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html
    """

    type: ClassVar[str] = "AWS::Serverless::SimpleTable"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html"
    )

    primary_key: Properties | None = None
    table_name: Value | None = None
    provisioned_throughput: Properties | None = None
    point_in_time_recovery_specification: Properties | None = None
    sse_specification: Properties | None = field("SSESpecification", default=None)
    tags: Properties | None = None
