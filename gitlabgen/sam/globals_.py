"""`Globals`: properties shared by all resources of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gitlabgen.modeling.model import model
from gitlabgen.sam.property_types import Properties
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.api import HttpApiGlobals, RestApiGlobals
    from gitlabgen.sam.function import FunctionGlobals
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.layer_version import LayerVersionGlobals
    from gitlabgen.sam.state_machine import StateMachineGlobals

__all__ = ["Globals"]


@model
class Globals(TemplateModel):
    """Properties shared by all resources of a kind; a resource's own properties take precedence.

    Args:
        function: For functions; each function without a `canary` or `deployment_preference` gets a copy of this `canary`.
        api: For REST APIs, including those that SAM creates for routes.
        http_api: For HTTP APIs, including those that SAM creates for routes.
        simple_table: For simple tables, with SAM's property names.
        state_machine: For state machines.
        layer_version: For layers.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """

    keyword: ClassVar[str] = "Globals"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-specification-template-anatomy-globals.html"
    )

    function: FunctionGlobals | Intrinsic | AWSHelperFn | None = None
    api: RestApiGlobals | Intrinsic | AWSHelperFn | None = None
    http_api: HttpApiGlobals | Intrinsic | AWSHelperFn | None = None
    simple_table: Properties | None = None
    state_machine: StateMachineGlobals | Intrinsic | AWSHelperFn | None = None
    layer_version: LayerVersionGlobals | Intrinsic | AWSHelperFn | None = None
