"""`AWS::Serverless::HttpApi` and `AWS::Serverless::Api`: APIs that call functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from gitlabgen.modeling.model import model
from gitlabgen.sam.property_types import Number, Properties, Switch, Value, Values
from gitlabgen.sam.resource import BaseResource
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["HttpApi", "HttpApiGlobals", "RestApi", "RestApiGlobals"]

_HOST: Final = "https://${%s}.execute-api.${AWS::Region}.${AWS::URLSuffix}/"


def _url(api: str, stage: Any) -> Intrinsic:
    from gitlabgen.sam.intrinsics import Sub

    if isinstance(stage, str):
        return Sub(_HOST % api + (f"{stage}/" if stage else ""))
    return Sub(f"{_HOST % api}${{StageName}}/", {"StageName": stage})


@model
class HttpApiGlobals(TemplateModel):
    """Properties shared by all HTTP APIs of a template; see `HttpApi`.

    Args:
        auth: Who may call it.
        cors_configuration: Which web origins may call it.
        access_log_settings: Where calls are logged.
        default_route_settings: Limits for all routes.
        route_settings: Limits by route.
        domain: The custom domain.
        fail_on_warnings: Whether warnings in the OpenAPI document stop the deployment.
        stage_variables: Variables of the stage.
        tags: Tags by name.
        propagate_tags: Whether the generated resources get the tags too.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """

    keyword: ClassVar[str] = "Globals:HttpApi"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-specification-template-anatomy-globals.html"
    )

    auth: Properties | None = None
    cors_configuration: Switch | Properties | None = None
    access_log_settings: Properties | None = None
    default_route_settings: Properties | None = None
    route_settings: Properties | None = None
    domain: Properties | None = None
    fail_on_warnings: Switch | None = None
    stage_variables: Properties | None = None
    tags: Properties | None = None
    propagate_tags: Switch | None = None


@model
class HttpApi(BaseResource, HttpApiGlobals):
    """An HTTP API.

    Args:
        stage_name: The stage; `$default` if not given.
        name_: The name that the console shows.
        description: What the API offers.
        definition_body: The OpenAPI document.
        definition_uri: The location of the OpenAPI document.
        disable_execute_api_endpoint: Whether the API is available only under its custom domain.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html
    """

    type: ClassVar[str] = "AWS::Serverless::HttpApi"
    leading: ClassVar[tuple[str, ...]] = ("stage_name", "name_", "description", "definition_body", "definition_uri")
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html"
    )

    stage_name: Value | None = None
    name_: Value | None = None
    description: Value | None = None
    definition_body: Properties | None = None
    definition_uri: Value | Properties | None = None
    disable_execute_api_endpoint: Switch | None = None

    @property
    def url(self) -> Intrinsic:
        """The URL of the API."""
        return _url(self.name, "" if self.stage_name in (None, "$default") else self.stage_name)


@model
class RestApiGlobals(TemplateModel):
    """Properties shared by all REST APIs of a template; see `RestApi`.

    Args:
        name_: The name that the console shows.
        definition_uri: The location of the OpenAPI document.
        merge_definitions: Whether the routes of functions are added to the document.
        open_api_version: `3.0.1` keeps SAM from adding a stage named `Stage`.
        endpoint_configuration: `Type`: `REGIONAL`, `EDGE` or `PRIVATE`.
        endpoint_access_mode: `BASIC` or `STRICT`: how strictly access to the endpoint is checked.
        security_policy: The minimum version of TLS.
        auth: Who may call it.
        cors: Which web origins may call it.
        gateway_responses: Responses of the API itself, by type.
        access_log_setting: Where calls are logged.
        method_settings: Limits and logs by method.
        canary_setting: The canary of the stage; no alarm watches it.
        domain: The custom domain.
        binary_media_types: Media types of binary content.
        minimum_compression_size: The size in bytes from which responses are compressed.
        cache_cluster_enabled: Whether responses are cached.
        cache_cluster_size: The cache's size in GB.
        tracing_enabled: Whether calls are traced.
        variables: Variables of the stage.
        always_deploy: Whether each update of the stack redeploys the API.
        propagate_tags: Whether the generated resources get the tags too.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """

    keyword: ClassVar[str] = "Globals:Api"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-specification-template-anatomy-globals.html"
    )

    name_: Value | None = None
    definition_uri: Value | Properties | None = None
    open_api_version: Value | None = None
    merge_definitions: Switch | None = None
    endpoint_configuration: Literal["EDGE", "PRIVATE", "REGIONAL"] | Value | Properties | None = None
    endpoint_access_mode: Literal["BASIC", "STRICT"] | Value | None = None
    security_policy: Value | None = None
    auth: Properties | None = None
    cors: Value | Properties | None = None
    gateway_responses: Properties | None = None
    access_log_setting: Properties | None = None
    method_settings: Values | None = None
    canary_setting: Properties | None = None
    domain: Properties | None = None
    binary_media_types: Values | None = None
    minimum_compression_size: Number | None = None
    cache_cluster_enabled: Switch | None = None
    cache_cluster_size: Value | None = None
    tracing_enabled: Switch | None = None
    variables: Properties | None = None
    always_deploy: Switch | None = None
    propagate_tags: Switch | None = None


@model
class RestApi(BaseResource, RestApiGlobals):
    """A REST API.

    Args:
        stage_name: The stage, which is part of the URL.
        description: What the API offers.
        definition_body: The OpenAPI document.
        mode: `overwrite` or `merge`: what happens to the API's current definition.
        models: Schemas of requests by name.
        disable_execute_api_endpoint: Whether the API is available only under its custom domain.
        policy: Who may call it, as a policy document.
        api_key_source_type: Where a caller's key comes from: `HEADER` or `AUTHORIZER`.
        fail_on_warnings: Whether warnings in the OpenAPI document stop the deployment.
        tags: Tags by name.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html
    """

    type: ClassVar[str] = "AWS::Serverless::Api"
    leading: ClassVar[tuple[str, ...]] = ("stage_name", "name_", "description", "definition_body", "definition_uri")
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-api.html"
    )

    stage_name: Value
    description: Value | None = None
    definition_body: Properties | None = None
    mode: Literal["merge", "overwrite"] | Value | None = None
    models: Properties | None = None
    disable_execute_api_endpoint: Switch | None = None
    policy: Properties | None = None
    api_key_source_type: Literal["AUTHORIZER", "HEADER"] | Value | None = None
    fail_on_warnings: Switch | None = None
    tags: Properties | None = None

    @property
    def url(self) -> Intrinsic:
        """The URL of the API's stage."""
        return _url(self.name, self.stage_name)
