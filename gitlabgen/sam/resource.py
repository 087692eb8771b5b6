"""Resources of a template: what all have in common, and the one that can be of any type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import attrs

from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["BaseResource", "Resource"]


def _logical_id(value: Any) -> Any:
    return value if isinstance(value, str) else value.name


LogicalId = Annotated["str | BaseResource", _logical_id]
"""A resource or its logical id; the id is what is kept."""


@model
class BaseResource(Model):
    """What all resources have in common.

    Args:
        name: The logical id, letters and digits only.
        condition: The condition under which the resource exists.
        depends_on: Resources that must exist before, beyond those it refers to.
        deletion_policy: What happens when the resource leaves the template.
        update_replace_policy: What happens to the old one when an update replaces it.
        metadata: Data about the resource.
    """

    keyword: ClassVar[str] = "Resources:{name}"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html"
    type: ClassVar[str] = ""
    resource_attributes: ClassVar[frozenset[str]] = frozenset(
        ("Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata", "CreationPolicy", "UpdatePolicy")
    )

    name: str = attrs.field(kw_only=False)
    condition: str | None = None
    depends_on: LogicalId | Sequence[LogicalId] | None = None
    deletion_policy: Literal["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"] | Intrinsic | None = None
    update_replace_policy: Literal["Delete", "Retain", "Snapshot"] | Intrinsic | None = None
    metadata: Mapping[str, object] | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a logical id that CloudFormation refuses."""
        if not re.fullmatch(r"[A-Za-z0-9]{1,255}", self.name) and not self.name.startswith("Fn::"):
            yield Misfit(f"logical id should be letters and digits only, got {self.name!r}", path=("name",))

    @property
    def ref(self) -> Intrinsic:
        """The resource's identifier."""
        from gitlabgen.sam.intrinsics import Ref

        return Ref(self.name)

    @property
    def arn(self) -> Intrinsic:
        """The resource's Amazon Resource Name."""
        return self.get_att("Arn")

    def get_att(self, attribute: str) -> Intrinsic:
        """Return an attribute of the resource, such as `Arn`."""
        from gitlabgen.sam.intrinsics import GetAtt

        return GetAtt(self.name, attribute)


@model
class Resource(BaseResource):
    """A resource of any type, with its properties under CloudFormation's own names.

    Args:
        resource_type: The type, such as `AWS::SNS::Topic`.
        properties: The properties.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
    """

    resource_type: str = attrs.field(kw_only=False)
    properties: Mapping[str, object] | None = attrs.field(default=None, kw_only=False)
