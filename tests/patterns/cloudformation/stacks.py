"""The records: stacks, their resources and events, change sets, and what a stack is meant to be."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.clock import Clock
from tests.patterns.cloudformation.intrinsics import Scope
from tests.patterns.cloudformation.parameters import Parameter
from tests.patterns.cloudformation.templates import macros_of, read

NOT_YET = "REVIEW_IN_PROGRESS"
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
UPDATABLE = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}


@dataclasses.dataclass(frozen=True)
class Triggers:
    """A rollback configuration.

    Attributes:
        alarms: ARN and type of each trigger.
        minutes: The monitoring time.
    """

    alarms: tuple[tuple[str, str], ...] = ()
    minutes: int | None = None

    def shown(self) -> dict[str, Any]:
        """Return it as the API shows it."""
        shown: dict[str, Any] = (
            {"RollbackTriggers": [{"Arn": arn, "Type": kind} for arn, kind in self.alarms]} if self.alarms else {}
        )
        return shown if self.minutes is None else {**shown, "MonitoringTimeInMinutes": self.minutes}


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a stack is meant to be.

    Attributes:
        text: The template as it was given.
        template: The template with its macros run.
        parameters: The parameters.
        tags: The stack tags.
        capabilities: What was allowed.
        role: The service role.
        notifications: Topics of stack events.
    """

    text: str
    template: Mapping[str, Any]
    parameters: Mapping[str, Parameter]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    role: str | None
    notifications: tuple[str, ...] = ()

    @property
    def has_macros(self) -> bool:
        """Whether CloudFormation ran macros."""
        return bool(macros_of(read(self.text)))

    def resources(self, values: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
        """Return the resources whose conditions hold."""
        scope = Scope(self.template, values)
        return {
            name: each
            for name, each in self.template["Resources"].items()
            if "Condition" not in each or scope.holds(each["Condition"])
        }


@dataclasses.dataclass
class Resource:
    """A resource of a stack."""

    name: str
    type: str
    physical: str
    definition: Mapping[str, Any]
    properties: Mapping[str, Any]
    attributes: dict[str, Any]
    # The resources of the stack that it refers to.
    needs: frozenset[str]
    exists: bool = False
    status: str = ""
    reason: str | None = None
    changed: float = 0.0


@dataclasses.dataclass(frozen=True)
class Event:
    """An event of a stack."""

    id: str
    time: float
    name: str
    type: str
    physical: str
    status: str
    reason: str | None
    properties: Mapping[str, Any] | None
    token: str | None


@dataclasses.dataclass
class ChangeSet:
    """A change set."""

    id: str
    name: str
    kind: str
    plan: Plan | None
    triggers: Triggers | None
    changes: list[dict[str, Any]]
    created: float
    request: Mapping[str, Any]
    description: str | None = None
    status: str = "CREATE_PENDING"
    execution: str = "UNAVAILABLE"
    reason: str | None = None
    token: str | None = None


@dataclasses.dataclass
class Stack:
    """A stack in one account and region."""

    name: str
    account: str
    region: str
    clock: Clock
    created: float
    id: str = ""
    status: str = NOT_YET
    reason: str | None = "User Initiated"
    plan: Plan | None = None
    # The parameters that it shows, if they are not those of the plan.
    shown_parameters: Mapping[str, Parameter] | None = None
    triggers: Triggers = Triggers()
    resources: dict[str, Resource] = dataclasses.field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    events: list[Event] = dataclasses.field(default_factory=list)
    change_sets: list[ChangeSet] = dataclasses.field(default_factory=list)
    executed: str | None = None
    updated: float | None = None
    deleted: float | None = None
    protected: bool = False
    token: str | None = None
    tokens: dict[str, str] = dataclasses.field(default_factory=dict)
    cancelled: bool = False
    # Whether an operation was accepted that the status does not show yet.
    starting: bool = False
    # The old ones of resources that an update has replaced.
    replaced: list[Resource] = dataclasses.field(default_factory=list)
    # What a rollback that failed still has to reach.
    target: tuple[Plan, dict[str, Resource]] | None = None

    def __post_init__(self) -> None:
        self.id = self.id or f"arn:aws:cloudformation:{self.region}:{self.account}:stack/{self.name}/{uuid.uuid4()}"

    @property
    def in_progress(self) -> bool:
        """Whether an operation runs."""
        return self.starting or (self.status.endswith("_IN_PROGRESS") and self.status != NOT_YET)

    def become(self, status: str, reason: str | None = None) -> None:
        """Change the stack's status, with an event."""
        self.status, self.reason = status, reason
        self.event(self.name, "AWS::CloudFormation::Stack", self.id, status, reason)

    def event(
        self,
        name: str,
        kind: str,
        physical: str,
        status: str,
        reason: str | None = None,
        properties: Mapping[str, Any] | None = None,
    ) -> None:
        """Record an event."""
        number = str(uuid.uuid4()) if physical == self.id else f"{name}-{status}-{uuid.uuid4()}"
        self.events.append(Event(number, self.clock.now, name, kind, physical, status, reason, properties, self.token))

    def values(self, plan: Plan) -> dict[str, Any]:
        """Return the values of the parameters and pseudo parameters in a plan."""
        return {
            "AWS::AccountId": self.account,
            "AWS::Region": self.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.name,
            "AWS::StackId": self.id,
            "AWS::NotificationARNs": list(plan.notifications),
            **{name: each.effective for name, each in plan.parameters.items()},
        }
