"""`template.yml` as attrs classes: SAM's nouns and what they need of CloudFormation, loaded when they are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitlabgen.codec.templates import dumps, loads
    from gitlabgen.sam.alarm import Alarm
    from gitlabgen.sam.api import HttpApi, HttpApiGlobals, RestApi, RestApiGlobals
    from gitlabgen.sam.bootstrapping import added_permissions, bootstrap
    from gitlabgen.sam.canary import Canary, gradual_if, with_canaries
    from gitlabgen.sam.conditions import And, Equals, Not, Or
    from gitlabgen.sam.deploy_roles import DeployRoles
    from gitlabgen.sam.events import S3, SNS, AlexaSkill, CloudWatchLogs, Cognito, Event, IoTRule
    from gitlabgen.sam.function import Function, FunctionGlobals
    from gitlabgen.sam.globals_ import Globals
    from gitlabgen.sam.hook import Hook
    from gitlabgen.sam.intrinsics import FindInMap, GetAtt, If, ImportValue, Intrinsic, Join, Ref, Select, Split, Sub
    from gitlabgen.sam.layer_version import LayerVersion, LayerVersionGlobals
    from gitlabgen.sam.outputs import Output
    from gitlabgen.sam.parameters import Parameter
    from gitlabgen.sam.pollers import MQ, MSK, SQS, DocumentDB, DynamoDB, Kinesis, SelfManagedKafka
    from gitlabgen.sam.recipes import Metric, Recipe
    from gitlabgen.sam.resource import BaseResource, Resource
    from gitlabgen.sam.role import Role, trust
    from gitlabgen.sam.rollback import rollback_configuration, rollback_option
    from gitlabgen.sam.route import Route
    from gitlabgen.sam.schedules import CloudWatchEvent, EventBridgeRule, Schedule, ScheduleV2
    from gitlabgen.sam.shifts import TimeBasedCanary, TimeBasedLinear
    from gitlabgen.sam.simple_table import SimpleTable
    from gitlabgen.sam.stack_output import StackOutput
    from gitlabgen.sam.state_machine import StateMachine, StateMachineGlobals
    from gitlabgen.sam.template import Template
    from gitlabgen.sam.trigger_configuration import TriggerConfiguration

__all__ = [
    "MQ",
    "MSK",
    "S3",
    "SNS",
    "SQS",
    "Alarm",
    "AlexaSkill",
    "And",
    "BaseResource",
    "Canary",
    "CloudWatchEvent",
    "CloudWatchLogs",
    "Cognito",
    "DeployRoles",
    "DocumentDB",
    "DynamoDB",
    "Equals",
    "Event",
    "EventBridgeRule",
    "FindInMap",
    "Function",
    "FunctionGlobals",
    "GetAtt",
    "Globals",
    "Hook",
    "HttpApi",
    "HttpApiGlobals",
    "If",
    "ImportValue",
    "Intrinsic",
    "IoTRule",
    "Join",
    "Kinesis",
    "LayerVersion",
    "LayerVersionGlobals",
    "Metric",
    "Not",
    "Or",
    "Output",
    "Parameter",
    "Recipe",
    "Ref",
    "Resource",
    "RestApi",
    "RestApiGlobals",
    "Role",
    "Route",
    "Schedule",
    "ScheduleV2",
    "Select",
    "SelfManagedKafka",
    "SimpleTable",
    "Split",
    "StackOutput",
    "StateMachine",
    "StateMachineGlobals",
    "Sub",
    "Template",
    "TimeBasedCanary",
    "TimeBasedLinear",
    "TriggerConfiguration",
    "added_permissions",
    "bootstrap",
    "dumps",
    "gradual_if",
    "loads",
    "rollback_configuration",
    "rollback_option",
    "trust",
    "with_canaries",
]

_MODULES = {
    "BaseResource": "resource",
    "DeployRoles": "deploy_roles",
    "FunctionGlobals": "function",
    "Globals": "globals_",
    "LayerVersion": "layer_version",
    "LayerVersionGlobals": "layer_version",
    "Metric": "recipes",
    "Output": "outputs",
    "StackOutput": "stack_output",
    "Parameter": "parameters",
    "Recipe": "recipes",
    "SimpleTable": "simple_table",
    "StateMachine": "state_machine",
    "StateMachineGlobals": "state_machine",
    "TimeBasedCanary": "shifts",
    "TimeBasedLinear": "shifts",
    "TriggerConfiguration": "trigger_configuration",
    "gradual_if": "canary",
    "rollback_configuration": "rollback",
    "rollback_option": "rollback",
    "trust": "role",
    "with_canaries": "canary",
    **dict.fromkeys(
        ("FindInMap", "GetAtt", "If", "ImportValue", "Intrinsic", "Join", "Ref", "Select", "Split", "Sub"), "intrinsics"
    ),
    **dict.fromkeys(("added_permissions", "bootstrap"), "bootstrapping"),
    **dict.fromkeys(("HttpApi", "HttpApiGlobals", "RestApi", "RestApiGlobals"), "api"),
    **dict.fromkeys(("And", "Equals", "Not", "Or"), "conditions"),
    **dict.fromkeys(("S3", "SNS", "AlexaSkill", "CloudWatchLogs", "Cognito", "Event", "IoTRule"), "events"),
    **dict.fromkeys(("MQ", "MSK", "SQS", "DocumentDB", "DynamoDB", "Kinesis", "SelfManagedKafka"), "pollers"),
    **dict.fromkeys(("CloudWatchEvent", "EventBridgeRule", "Schedule", "ScheduleV2"), "schedules"),
}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        # The codec stands a floor above: it is named here, and imported only when asked for.
        module = "gitlabgen.codec.templates" if name in ("dumps", "loads") else f"{__name__}.{_MODULES.get(name, name.lower())}"
        found = getattr(import_module(module), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return __all__
