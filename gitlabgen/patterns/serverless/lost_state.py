"""Resources with data that would be lost without a word: they do not say what happens to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.modeling.model import Model
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.spellings import Spelling
from gitlabgen.sam.logical_ids import logical_id

if TYPE_CHECKING:
    from gitlabgen.sam.template import Template

__all__: list[str] = []

_STATEFUL: Final = frozenset(
    (
        *("AWS::Cognito::UserPool", "AWS::DocDB::DBCluster", "AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"),
        *("AWS::EFS::FileSystem", "AWS::ElastiCache::ReplicationGroup", "AWS::KMS::Key", "AWS::Kinesis::Stream"),
        *("AWS::MemoryDB::Cluster", "AWS::Neptune::DBCluster", "AWS::OpenSearchService::Domain", "AWS::RDS::DBCluster"),
        *("AWS::RDS::DBInstance", "AWS::Redshift::Cluster", "AWS::S3::Bucket", "AWS::SQS::Queue"),
        *("AWS::SecretsManager::Secret", "AWS::Serverless::SimpleTable", "AWS::Timestream::Table"),
    )
)
_POLICIES: Final = {"deletion_policy": "DeletionPolicy", "update_replace_policy": "UpdateReplacePolicy"}
_HINT: Final = Spelling(
    "write deletion_policy='Retain' and update_replace_policy='Retain', or 'Delete' if the data may be lost",
    "set `DeletionPolicy` and `UpdateReplacePolicy` to `Retain`, or to `Delete` if the data may be lost",
)


def lost_state(template: Template) -> Iterator[Problem]:
    """Yield a problem for each resource with data that does not say what happens when it is removed or replaced.

    Stacks of merge requests are removed with their data, whatever it says.

    Args:
        template: The template.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    for resource in template.resources:
        kind = getattr(resource, "resource_type", None) or getattr(resource, "type", "")
        if kind in _STATEFUL and not all(_is_given(resource, *names) for names in _POLICIES.items()):
            about = resource if isinstance(resource, Model) else template
            words = "loses its data when it leaves the template, or when an update replaces it"
            subject = "" if about is resource else f"has {logical_id(resource)!r}, which "
            yield Problem(f"{subject}{words}", _HINT, about=about, rule="lost-state")


def _is_given(resource: Any, field: str, attribute: str) -> bool:
    if isinstance(resource, Model):
        return getattr(resource, field, None) is not None
    attributes = getattr(resource, "resource", {})  # troposphere's
    return isinstance(attributes, Mapping) and attribute in attributes
