"""`AWS::Serverless::Function`: a Lambda function with its events and its deployment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, Union, get_args

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam._vocabulary import Architecture, FunctionEventType, Runtime, Tracing
from gitlabgen.sam.events.mistyped import mistyped
from gitlabgen.sam.existing import Existing, use_problems
from gitlabgen.sam.property_types import Arn, Link, Links, Number, Properties, Switch, Value, Values
from gitlabgen.sam.resource import BaseResource
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.canaries.canary import Canary
    from gitlabgen.sam.events.pollers import MQ, MSK, SQS, DocumentDB, DynamoDB, Kinesis, SelfManagedKafka
    from gitlabgen.sam.events.push_sources import S3, SNS, AlexaSkill, CloudWatchLogs, Cognito, IoTRule
    from gitlabgen.sam.events.route import Route
    from gitlabgen.sam.events.schedules import CloudWatchEvent, EventBridgeRule, Schedule, ScheduleV2
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["Function", "FunctionGlobals"]

# `Route` must be first: the function that reads any event is registered under its name.
FunctionEvent: TypeAlias = Union[
    "Route",
    "AlexaSkill",
    "CloudWatchEvent",
    "CloudWatchLogs",
    "Cognito",
    "DocumentDB",
    "DynamoDB",
    "EventBridgeRule",
    "IoTRule",
    "Kinesis",
    "MQ",
    "MSK",
    "S3",
    "SNS",
    "SQS",
    "Schedule",
    "ScheduleV2",
    "SelfManagedKafka",
]


@model
class FunctionGlobals(TemplateModel):
    """Properties shared by all functions of a template; see `Function`.

    Args:
        code_uri: The folder or archive with the code.
        handler: The function in the code that is called.
        runtime: The language and its version.
        architectures: `x86_64` or `arm64`.
        description: What the function does.
        timeout: The time limit of a call in seconds.
        memory_size: Memory in MB.
        ephemeral_storage: `Size` of `/tmp` in MB.
        environment: `Variables` by name.
        layers: Layers with shared code.
        kms_key_arn: The key that encrypts the environment.
        source_kms_key_arn: The key that encrypts the archive with the code.
        code_signing_config_arn: The configuration that defines whose code may be deployed.
        role_path: The path of the generated role.
        permissions_boundary: The ARN of the permissions boundary of the generated role.
        assume_role_policy_document: Who may assume the generated role.
        vpc_config: Subnets and security groups.
        file_system_configs: File systems and where they are mounted.
        tracing: `Active`, `PassThrough` or `Disabled`.
        logging_config: The log group, the format and the levels.
        reserved_concurrent_executions: How many calls may run concurrently.
        provisioned_concurrency_config: How many instances of the alias are kept ready.
        snap_start: Whether instances start from a snapshot.
        runtime_management_config: When Lambda updates the runtime.
        recursive_loop: `Terminate` to stop recursive loops, or `Allow`.
        tenancy_config: Whether tenants are isolated.
        durable_config: How long durable executions may run and are kept.
        capacity_provider_config: The capacity provider whose instances run it.
        function_scaling_config: The minimum and maximum number of execution environments.
        publish_to_latest_published: Whether `$LATEST.PUBLISHED` points to each new version.
        dead_letter_queue: `Type` and `TargetArn` of the target for failed events.
        event_invoke_config: Retries and destinations of asynchronous calls.
        function_url_config: The function's URL.
        tags: Tags by name.
        propagate_tags: Whether the generated resources get the tags too.
        canary: How traffic moves to a new version.
        auto_publish_alias: The alias that points to the newest version, without a canary.
        auto_publish_alias_all_properties: Whether any changed property creates a new version, not only changed code.
        version_deletion_policy: Whether old versions are kept.
        deployment_preference: The block with SAM's property names, for what `canary` does not support.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """

    keyword: ClassVar[str] = "Globals:Function"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-specification-template-anatomy-globals.html"
    )

    code_uri: Value | Properties | None = None
    handler: Value | None = None
    runtime: Runtime | Value | None = None
    architectures: ListOf[Architecture | Value] | Intrinsic | AWSHelperFn | None = None
    description: Value | None = None
    timeout: Number | None = None
    memory_size: Number | None = None
    ephemeral_storage: Properties | None = None
    environment: Properties | None = None
    layers: Links | None = None
    kms_key_arn: Arn | None = None
    source_kms_key_arn: Arn | None = field("SourceKMSKeyArn", default=None)
    code_signing_config_arn: Link | None = None
    role_path: Value | None = None
    permissions_boundary: Value | None = None
    assume_role_policy_document: Properties | None = None
    vpc_config: Properties | None = None
    file_system_configs: Values | None = None
    tracing: Tracing | Intrinsic | AWSHelperFn | None = None
    logging_config: Properties | None = None
    reserved_concurrent_executions: Number | None = None
    provisioned_concurrency_config: Properties | None = None
    snap_start: Properties | None = None
    runtime_management_config: Properties | None = None
    recursive_loop: Literal["Allow", "Terminate"] | Intrinsic | AWSHelperFn | None = None
    tenancy_config: Properties | None = None
    durable_config: Properties | None = None
    capacity_provider_config: Properties | None = None
    function_scaling_config: Properties | None = None
    publish_to_latest_published: Switch | None = None
    version_deletion_policy: Literal["Delete", "Retain"] | Value | Switch | None = None
    dead_letter_queue: Properties | None = None
    event_invoke_config: Properties | None = None
    function_url_config: Properties | None = None
    tags: Properties | None = None
    propagate_tags: Switch | None = None
    auto_publish_alias: Value | None = None
    auto_publish_alias_all_properties: Switch | None = None
    deployment_preference: Properties | None = None
    canary: Canary | None = field(default=None, is_written=False)

    def problems(self) -> Iterator[Problem]:
        """Yield problems with numbers that Lambda rejects, and with properties that the canary sets."""
        yield from super().problems()
        limit = self.timeout
        if isinstance(limit, int) and not 1 <= limit <= 900:
            yield Problem(f"should be between 1 and 900 seconds, got {limit}", path=("timeout",))
        if self.canary is not None and (self.auto_publish_alias is not None or self.deployment_preference is not None):
            hint = "the canary writes both; set its `alias`"
            yield Problem("cannot be used together with `auto_publish_alias` or `deployment_preference`", hint, ("canary",))


@model
class Function(BaseResource, FunctionGlobals):
    """A Lambda function.

    Args:
        inline_code: The code itself, instead of `code_uri`.
        image_uri: The container image, for functions of `package_type` `Image`.
        image_config: The entry point, command and working directory in the image.
        package_type: `Zip` or `Image`.
        function_name: The name in the account; if not given, CloudFormation generates one.
        role: The execution role or its ARN; if not given, SAM creates one from `policies`.
        policies: What the function may do.
        uses: What it uses although its stack does not create it, added to its policies and to the permissions boundary.
        events: What calls the function, by a name that is part of logical ids.
        auto_publish_code_sha256: The hash by which SAM detects changed code, instead of `code_uri`.
        version_description: The description of the version.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
    """

    type: ClassVar[str] = "AWS::Serverless::Function"
    leading: ClassVar[tuple[str, ...]] = (
        *("code_uri", "inline_code", "image_uri", "package_type", "handler", "runtime", "architectures", "function_name"),
        *("description", "timeout", "memory_size", "role", "policies"),
    )
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html"
    )

    inline_code: Value | None = None
    image_uri: Value | None = None
    image_config: Properties | None = None
    package_type: Literal["Zip", "Image"] | Intrinsic | AWSHelperFn | None = None
    function_name: Value | None = None
    role: Arn | None = None
    policies: str | Properties | Values | None = None
    uses: ListOf[Existing] | None = field(default=None, is_written=False)
    events: Mapping[str, FunctionEvent | Properties] | None = None
    auto_publish_code_sha256: Value | None = None
    version_description: Value | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield problems with properties, and with events whose type SAM does not know."""
        yield from super().problems()
        yield from mistyped(self.events, get_args(FunctionEventType))
        yield from use_problems(self)
