"""`AWS::Serverless::HttpApi` and `AWS::Serverless::Api`: the addresses under which functions are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gitlabgen.model import model
from gitlabgen.sam._values import Number, Properties, Switch, Value, Values
from gitlabgen.sam.resource import BaseResource

if TYPE_CHECKING:
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["HttpApi", "RestApi"]

_HOST = "https://${%s}.execute-api.${AWS::Region}.${AWS::URLSuffix}/"


def _url(api: str, stage: Any) -> Intrinsic:
    from gitlabgen.sam.intrinsics import Sub

    if isinstance(stage, str):
        return Sub(_HOST % api + (f"{stage}/" if stage else ""))
    return Sub(f"{_HOST % api}${{StageName}}/", {"StageName": stage})


@model
class HttpApi(BaseResource):
    """An HTTP API.

    Args:
        stage_name: The stage; `$default` if not given.
        name_: The name that the console shows.
        description: What the API offers.
        definition_body: The OpenAPI document.
        definition_uri: Where the OpenAPI document lies.
        auth: Who may call it.
        cors_configuration: Which web pages may call it.
        access_log_settings: Where calls are logged.
        default_route_settings: Limits for all routes.
        domain: The domain under which it is reached.
        fail_on_warnings: Whether warnings in the OpenAPI document stop the deployment.
        stage_variables: Variables of the stage.
        tags: Tags by name.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html
    """

    type: ClassVar[str] = "AWS::Serverless::HttpApi"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html"
    )

    stage_name: Value | None = None
    name_: Value | None = None
    description: Value | None = None
    definition_body: Properties | None = None
    definition_uri: Value | Properties | None = None
    auth: Properties | None = None
    cors_configuration: Switch | Properties | None = None
    access_log_settings: Properties | None = None
    default_route_settings: Properties | None = None
    domain: Properties | None = None
    fail_on_warnings: Switch | None = None
    stage_variables: Properties | None = None
    tags: Properties | None = None

    @property
    def url(self) -> Intrinsic:
        """The address of the API."""
        return _url(self.name, "" if self.stage_name in (None, "$default") else self.stage_name)


@model
class RestApi(BaseResource):
    """A REST API.

    Args:
        stage_name: The stage, which is a part of the address.
        name_: The name that the console shows.
        description: What the API offers.
        definition_body: The OpenAPI document.
        definition_uri: Where the OpenAPI document lies.
        open_api_version: `3.0.1` keeps SAM from adding a stage named `Stage`.
        endpoint_configuration: `Type`: `REGIONAL`, `EDGE` or `PRIVATE`.
        auth: Who may call it.
        cors: Which web pages may call it.
        access_log_setting: Where calls are logged.
        method_settings: Limits and logs by method.
        domain: The domain under which it is reached.
        binary_media_types: Types of content that are not text.
        minimum_compression_size: Bytes from which on answers are compressed.
        cache_cluster_enabled: Whether answers are cached.
        tracing_enabled: Whether calls are traced.
        variables: Variables of the stage.
        tags: Tags by name.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
    """

    type: ClassVar[str] = "AWS::Serverless::Api"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html"
    )

    stage_name: Value
    name_: Value | None = None
    description: Value | None = None
    definition_body: Properties | None = None
    definition_uri: Value | Properties | None = None
    open_api_version: Value | None = None
    endpoint_configuration: Value | Properties | None = None
    auth: Properties | None = None
    cors: Value | Properties | None = None
    access_log_setting: Properties | None = None
    method_settings: Values | None = None
    domain: Properties | None = None
    binary_media_types: Values | None = None
    minimum_compression_size: Number | None = None
    cache_cluster_enabled: Switch | None = None
    tracing_enabled: Switch | None = None
    variables: Properties | None = None
    tags: Properties | None = None

    @property
    def url(self) -> Intrinsic:
        """The address of the API's stage."""
        return _url(self.name, self.stage_name)
