"""Topics that are notified of deployments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from gitlabgen.modeling.model import model
from gitlabgen.sam.property_types import Link, Value
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["TriggerConfiguration"]

TriggerEvent = Literal[
    "DeploymentFailure",
    "DeploymentReady",
    "DeploymentRollback",
    "DeploymentStart",
    "DeploymentStop",
    "DeploymentSuccess",
    "InstanceFailure",
    "InstanceReady",
    "InstanceStart",
    "InstanceSuccess",
]


@model
class TriggerConfiguration(TemplateModel):
    """A topic that is notified of deployments.

    Args:
        trigger_name: The trigger's name.
        trigger_target_arn: The topic or its ARN.
        trigger_events: The events that it is notified of.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codedeploy-deploymentgroup-triggerconfig.html
    """

    keyword: ClassVar[str] = "TriggerConfigurations"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-codedeploy-deploymentgroup-triggerconfig.html"
    )

    trigger_name: Value | None = None
    trigger_target_arn: Link | None = None
    trigger_events: Sequence[TriggerEvent | Intrinsic | AWSHelperFn] | Intrinsic | AWSHelperFn | None = None
