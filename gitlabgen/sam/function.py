"""`AWS::Serverless::Function`: a Lambda function with its events and the way its versions are published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from gitlabgen.model import model
from gitlabgen.sam._values import Arn, Links, Number, Properties, Value, Values
from gitlabgen.sam.resource import BaseResource
from gitlabgen.shapes import Misfit

if TYPE_CHECKING:
    from troposphere import AWSHelperFn

    from gitlabgen.sam.canary import Canary
    from gitlabgen.sam.intrinsics import Intrinsic
    from gitlabgen.sam.route import Route

__all__ = ["Function"]


@model
class Function(BaseResource):
    """A Lambda function.

    Args:
        code_uri: The folder or archive with the code.
        inline_code: The code itself, instead of `code_uri`.
        image_uri: The container image, for functions of `package_type` `Image`.
        package_type: `Zip` or `Image`.
        handler: The function in the code that is called.
        runtime: The language and its version.
        architectures: `x86_64` or `arm64`.
        function_name: The name in the account; without it CloudFormation makes one.
        description: What the function does.
        timeout: Seconds after which a call is ended.
        memory_size: Memory in MB.
        role: The role, or its ARN, under which it runs; without it SAM makes one from `policies`.
        policies: What it may do.
        environment: `Variables` by name.
        layers: Layers with shared code.
        tags: Tags by name.
        tracing: `Active`, `PassThrough` or `Disabled`.
        vpc_config: Subnets and security groups.
        reserved_concurrent_executions: How many calls may run at a time.
        events: What calls the function, by a name that enters logical ids.
        canary: How traffic moves to a new version.
        auto_publish_alias: The alias that points to the newest version, without a canary.
        deployment_preference: The block in SAM's own names, where `canary` does not say enough.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
    """

    type: ClassVar[str] = "AWS::Serverless::Function"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html"
    )

    code_uri: Value | Properties | None = None
    inline_code: Value | None = None
    image_uri: Value | None = None
    package_type: Literal["Zip", "Image"] | Intrinsic | AWSHelperFn | None = None
    handler: Value | None = None
    runtime: Value | None = None
    architectures: Values | None = None
    function_name: Value | None = None
    description: Value | None = None
    timeout: Number | None = None
    memory_size: Number | None = None
    role: Arn | None = None
    policies: str | Properties | Values | None = None
    environment: Properties | None = None
    layers: Links | None = None
    tags: Properties | None = None
    tracing: Literal["Active", "PassThrough", "Disabled"] | Intrinsic | AWSHelperFn | None = None
    vpc_config: Properties | None = None
    reserved_concurrent_executions: Number | None = None
    events: Mapping[str, Route | Properties] | None = None
    canary: Canary | None = None
    auto_publish_alias: Value | None = None
    deployment_preference: Properties | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield problems between properties."""
        yield from super().misfits()
        if self.canary is not None and (self.auto_publish_alias is not None or self.deployment_preference is not None):
            hint = "the canary writes both; set its `alias`"
            yield Misfit("cannot be used together with auto_publish_alias or deployment_preference", hint, ("canary",))
        limit = self.timeout
        if isinstance(limit, int) and not 1 <= limit <= 900:
            yield Misfit(f"should be between 1 and 900 seconds, got {limit}", path=("timeout",))
