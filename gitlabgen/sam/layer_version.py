"""`AWS::Serverless::LayerVersion`: code that functions share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.sam._vocabulary import Architecture, Runtime
from gitlabgen.sam.property_types import Properties, Switch, Value
from gitlabgen.sam.resource import BaseResource
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["LayerVersion", "LayerVersionGlobals"]


@model
class LayerVersionGlobals(TemplateModel):
    """Properties shared by all layers of a template; see `LayerVersion`.

    Args:
        publish_lambda_version: Whether a change creates a new version.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """

    keyword: ClassVar[str] = "Globals:LayerVersion"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-specification-template-anatomy-globals.html"
    )

    publish_lambda_version: Switch | None = None


@model
class LayerVersion(BaseResource, LayerVersionGlobals):
    """A layer; each change creates a new version.

    Args:
        content_uri: The folder or archive with the code.
        layer_name: The name in the account; the logical id if not given.
        description: What the layer contains.
        compatible_runtimes: The runtimes that can use it.
        compatible_architectures: `x86_64` or `arm64`.
        license_info: Its licence.
        retention_policy: `Retain` (the default) to keep old versions, or `Delete`.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html
    """

    type: ClassVar[str] = "AWS::Serverless::LayerVersion"
    leading: ClassVar[tuple[str, ...]] = ("content_uri", "layer_name")
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html"
    )

    content_uri: Value | Properties
    layer_name: Value | None = None
    description: Value | None = None
    compatible_runtimes: ListOf[Runtime | Value] | Intrinsic | AWSHelperFn | None = None
    compatible_architectures: ListOf[Architecture | Value] | Intrinsic | AWSHelperFn | None = None
    license_info: Value | None = None
    retention_policy: Literal["Delete", "Retain"] | Value | None = None
