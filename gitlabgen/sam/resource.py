"""Resources of a template: the base class of all, and a class for any type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Union, get_args

from gitlabgen.errors import did_you_mean, suggestion
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.logical_ids import logical_id
from gitlabgen.sam.property_types import Properties
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn, BaseAWSObject
    from gitlabgen.sam.intrinsics import Intrinsic


__all__ = ["BaseResource", "Resource"]


LogicalId = Annotated[Union[str, "BaseResource", "BaseAWSObject"], logical_id]
"""A resource or its logical id; the id is stored."""


@model
class BaseResource(TemplateModel):
    """The base class of all resources.

    Args:
        name: The logical id, letters and digits only.
        condition: The condition under which the resource exists.
        depends_on: Resources that must exist first, in addition to those that it refers to.
        deletion_policy: What happens when the resource leaves the template.
        update_replace_policy: What happens to the old resource when an update replaces it.
        metadata: Data about the resource.
        creation_policy: What CloudFormation waits for after it has created the resource.
        update_policy: How it is updated, for the few types that support this.
        connectors: Access to other resources, by the connector's name.
        ignore_globals: `*`, or the properties that it does not take from `Globals`.
    """

    keyword: ClassVar[str] = "Resources:{name}"
    docs_url: ClassVar[str] = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html"
    from_mapping: ClassVar[bool] = False
    type: ClassVar[str] = ""

    name: str = field(kw_only=False, is_written=False)
    condition: str | None = None
    depends_on: LogicalId | Sequence[LogicalId] | None = None
    creation_policy: Properties | None = None
    update_policy: Properties | None = None
    deletion_policy: Literal["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"] | Intrinsic | AWSHelperFn | None = None
    update_replace_policy: Literal["Delete", "Retain", "Snapshot"] | Intrinsic | AWSHelperFn | None = None
    metadata: Mapping[str, object] | None = None
    connectors: Mapping[str, Properties] | None = None
    ignore_globals: str | Sequence[str] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a logical id that CloudFormation rejects."""
        yield from super().problems()
        if not (self.name.isascii() and self.name.isalnum() and len(self.name) <= 255):
            near = "".join(char for char in self.name if char.isascii() and char.isalnum())
            hint = suggestion(near) if 0 < len(near) <= 255 else None
            words = (
                "is not a logical ID: only letters (A-Z, a-z) and digits are allowed, at most 255"
                if self.name
                else "needs a name"
            )
            yield Problem(words, hint, ("name",), entry="")

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
    """A resource of any type, with CloudFormation's property names.

    Args:
        resource_type: The type, such as `AWS::SNS::Topic`.
        properties: The properties; `extra` holds other keys of the resource.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
    """

    resource_type: str = field("Type", kw_only=False, is_written=False)
    properties: Properties | None = field(default=None, kw_only=False)

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a type that SAM does not know."""
        yield from super().problems()
        kind = self.resource_type
        if isinstance(kind, str) and kind.startswith("AWS::Serverless::"):
            from gitlabgen.sam._vocabulary import ServerlessType

            known = get_args(ServerlessType)
            if kind not in known:
                hint = did_you_mean(kind, known)
                yield Problem(f"should be a resource type of SAM, got {kind!r}", hint, ("resource_type",))
