"""`AWS::Serverless::StateMachine`: a workflow of Step Functions with its events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, Union, get_args

from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam._vocabulary import StateMachineEventType
from gitlabgen.sam.events.mistyped import mistyped
from gitlabgen.sam.existing import Existing, use_problems
from gitlabgen.sam.property_types import Arn, Properties, Switch, Value, Values
from gitlabgen.sam.resource import BaseResource
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from gitlabgen.sam._troposphere import AWSHelperFn
    from gitlabgen.sam.canaries.canary import Canary
    from gitlabgen.sam.events.route import Route
    from gitlabgen.sam.events.schedules import CloudWatchEvent, EventBridgeRule, Schedule, ScheduleV2
    from gitlabgen.sam.intrinsics import Intrinsic

__all__ = ["StateMachine", "StateMachineGlobals"]

# `Route` must be first: the function that reads any event is registered under its name.
StateMachineEvent: TypeAlias = Union["Route", "CloudWatchEvent", "EventBridgeRule", "Schedule", "ScheduleV2"]


@model
class StateMachineGlobals(TemplateModel):
    """Properties shared by all state machines of a template; see `StateMachine`.

    Args:
        propagate_tags: Whether the generated resources get the tags too.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
    """

    keyword: ClassVar[str] = "Globals:StateMachine"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/"
        "sam-specification-template-anatomy-globals.html"
    )

    propagate_tags: Switch | None = None


@model
class StateMachine(BaseResource, StateMachineGlobals):
    """A workflow of Step Functions.

    Args:
        definition: The states, in the template itself.
        definition_uri: The file with the states, instead of `definition`.
        definition_substitutions: What replaces `${name}` in the file, by name.
        name_: The name in the account; if not given, CloudFormation generates one.
        type_: `STANDARD` or `EXPRESS`.
        role: The execution role or its ARN; if not given, SAM creates one from `policies`.
        policies: What the state machine may do.
        uses: What it uses although its stack does not create it, added to its policies and to the permissions boundary.
        role_path: The path of the generated role.
        permissions_boundary: The ARN of the permissions boundary of the generated role.
        events: What starts it, by a name that is part of logical ids; routes must belong to a REST API.
        logging: Where executions are logged.
        tracing: `Enabled`: whether executions are traced.
        canary: How executions move to a new version; it cannot have hooks, and its recipes watch `AWS/States`.
        auto_publish_alias: The alias that points to the newest version, without a canary.
        deployment_preference: How executions move to a new version, with SAM's property names.
        use_alias_as_event_target: Whether events start the version that the alias points to.
        tags: Tags by name.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
    """

    type: ClassVar[str] = "AWS::Serverless::StateMachine"
    leading: ClassVar[tuple[str, ...]] = ("definition", "definition_uri")
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html"
    )

    definition: Properties | None = None
    definition_uri: Value | Properties | None = None
    definition_substitutions: Properties | None = None
    name_: Value | None = None
    type_: Literal["STANDARD", "EXPRESS"] | Intrinsic | AWSHelperFn | None = None
    role: Arn | None = None
    policies: str | Properties | Values | None = None
    uses: ListOf[Existing] | None = field(default=None, is_written=False)
    role_path: Value | None = None
    permissions_boundary: Value | None = None
    events: Mapping[str, StateMachineEvent | Properties] | None = None
    logging: Properties | None = None
    tracing: Properties | None = None
    canary: Canary | None = field(default=None, is_written=False)
    auto_publish_alias: Value | None = None
    deployment_preference: Properties | None = None
    use_alias_as_event_target: Switch | None = None
    tags: Properties | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield problems with properties, and with events that cannot start a state machine."""
        yield from super().problems()
        yield from mistyped(self.events, get_args(StateMachineEventType))
        yield from use_problems(self)
        if self.definition is not None and self.definition_uri is not None:
            yield Problem("cannot be used together with `definition`", path=("definition_uri",))
        if self.deployment_preference is not None and self.auto_publish_alias is None:
            yield Problem("needs `auto_publish_alias`", "without an alias nothing can shift", ("deployment_preference",))
        if self.canary is not None:
            from gitlabgen.sam.canaries.executions import canary_problems

            yield from canary_problems(self, self.canary)
        for name, event in (self.events or {}).items() if isinstance(self.events, Mapping) else ():
            kind = getattr(event, "type", None)
            if hasattr(event, "method") and (kind == "HttpApi" or (kind is None and getattr(event, "api", None) is None)):
                hint = "write Route(…, type='Api'), or set `api` to the REST API"
                yield Problem("should be a route of a REST API, got one of an HTTP API", hint, ("events", name))
