"""Turns a request to create or change a stack into a plan, or refuses it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.errors import NotEmulatedError, RefusedError, invalid
from tests.patterns.cloudformation.intrinsics import Scope
from tests.patterns.cloudformation.parameters import Parameter, settle
from tests.patterns.cloudformation.resources import Region
from tests.patterns.cloudformation.stacks import NOT_YET, UPDATABLE, Plan, Stack, Triggers
from tests.patterns.cloudformation.templates import BODY_LIMIT, URL_LIMIT, demand_capabilities, processed, read

NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
MOST_TRIGGERS, LONGEST = 5, 180
TRIGGER = re.compile(r"arn:aws[\w-]*:cloudwatch:[\w-]+:\d{12}:alarm:.+")
TRIGGER_TYPES = {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"}
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MOST_PARAMETERS, MOST_TAGS, MOST_RESOURCES = 200, 50, 500
CALM = {"DisableRollback": False, "ImportExistingResources": False, "IncludeNestedStacks": False, "OnStackFailure": "ROLLBACK"}
CALM |= {"RetainExceptOnCreate": False, "ResourceTypes": [], "EnableTerminationProtection": False}


def refuse_unknown(operation: str, given: Mapping[str, Any], known: set[str]) -> None:
    """Refuse parameters that change what happens, and that the emulator does not know."""
    for name, value in given.items():
        if name not in known and not (name in CALM and value == CALM[name]):
            raise NotEmulatedError(f"{name}={value!r} of {operation}")


def text_of(region: Region, stack: Stack | None, given: Mapping[str, Any]) -> str:
    """Return the template of a request."""
    sources = [name for name in ("TemplateBody", "TemplateURL", "UsePreviousTemplate") if given.get(name)]
    if len(sources) != 1:
        raise RefusedError(
            "Either Template URL or Template Body must be specified." if not sources else "Specify exactly one template source"
        )
    if sources == ["UsePreviousTemplate"]:
        if stack is None or stack.plan is None:
            raise RefusedError("There is no previous template to use")
        return stack.plan.text
    if sources == ["TemplateURL"]:
        text, limit = region.backing.template(region.account, region.name, given["TemplateURL"]), URL_LIMIT
    else:
        text, limit = given["TemplateBody"], BODY_LIMIT
    if len(text.encode()) > limit:
        raise invalid(f"{text[:20]}…", "templateBody", f"have length less than or equal to {limit}")
    return text


def plan_of(region: Region, stack: Stack, given: Mapping[str, Any]) -> Plan:
    """Return what a stack should be after a request."""
    before = stack.plan
    text = text_of(region, stack, given)
    original = read(text)
    shown = stack.shown_parameters or (before.parameters if before else None)
    declared = original.get("Parameters", {})
    if len(declared) > MOST_PARAMETERS:
        raise RefusedError(
            f"Template format error: Number of parameters, {len(declared)}, is greater than maximum allowed, {MOST_PARAMETERS}"
        )
    parameters = settle(
        declared, given.get("Parameters", ()), shown, lambda name: region.backing.stored(region.account, region.name, name)
    )
    return Plan(
        text,
        _processed(stack, original, parameters),
        parameters,
        _tags(given, before),
        tuple(given.get("Capabilities", ())),
        given.get("RoleARN") or (before.role if before else None),
        tuple(given.get("NotificationARNs", before.notifications if before else ())),
    )


def _processed(stack: Stack, original: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Mapping[str, Any]:
    values = {"AWS::Region": stack.region, "AWS::AccountId": stack.account, "AWS::StackName": stack.name, "AWS::Partition": "aws"}
    known = {**values, **{name: each.effective for name, each in parameters.items()}}
    template = processed(original, known)
    Scope(template, known).resolve([template["Resources"], template.get("Outputs", {})])  # refuses what it cannot evaluate
    if len(template["Resources"]) > MOST_RESOURCES:
        count = len(template["Resources"])
        raise RefusedError(
            f"Template format error: Number of resources, {count}, is greater than maximum allowed, {MOST_RESOURCES}"
        )
    return template


def _tags(given: Mapping[str, Any], before: Plan | None) -> dict[str, str]:
    """Return the stack tags; those of before if none are given.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
    """
    if "Tags" not in given:
        return dict(before.tags) if before else {}
    tags = {each["Key"]: each["Value"] for each in given["Tags"]}
    if len(tags) > MOST_TAGS:
        raise invalid(len(tags), "tags", f"have length less than or equal to {MOST_TAGS}")
    if any(key.startswith("aws:") for key in tags):
        raise RefusedError("aws: prefixed tag key names are not allowed for external use.")
    return tags


def allow(plan: Plan) -> None:
    """Refuse a plan that needs capabilities which the request does not give."""
    demand_capabilities(plan.template, plan.capabilities)


def triggers_of(given: Mapping[str, Any], before: Triggers, *, time_stays: bool) -> Triggers:
    """Return the rollback configuration of a request: triggers that it does not name stay.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
    """
    told = given.get("RollbackConfiguration")
    if told is None:
        return before
    minutes = told.get("MonitoringTimeInMinutes", before.minutes if time_stays else None)
    if minutes is not None and not 0 <= minutes <= LONGEST:
        bound = f"less than or equal to {LONGEST}" if minutes > LONGEST else "greater than or equal to 0"
        raise invalid(minutes, "rollbackConfiguration.monitoringTimeInMinutes", f"have value {bound}")
    if "RollbackTriggers" not in told:
        return Triggers(before.alarms, minutes)
    alarms = tuple((each["Arn"], each["Type"]) for each in told["RollbackTriggers"])
    if len(alarms) > MOST_TRIGGERS:
        raise invalid(len(alarms), "rollbackConfiguration.rollbackTriggers", f"have length less than or equal to {MOST_TRIGGERS}")
    for arn, kind in alarms:
        if kind not in TRIGGER_TYPES or not TRIGGER.fullmatch(arn):
            raise RefusedError(f"Invalid rollback trigger: {arn} of type {kind}")
    return Triggers(alarms, minutes)


def find(region: Region, name: str | None) -> Stack | None:
    """Return the stack with a name, or with an id, which also finds deleted stacks."""
    for stack in reversed(region.stacks):
        if stack.id == name or (stack.name == name and stack.deleted is None):
            return stack
    return None


def existing(region: Region, name: str | None, *, words: str = "Stack with id {name} does not exist") -> Stack:
    """Return a stack, or refuse."""
    found = find(region, name)
    if found is None:
        raise RefusedError(words.format(name=name))
    return found


def may_change(stack: Stack) -> None:
    """Refuse a stack that cannot be updated now."""
    if stack.starting or stack.status not in UPDATABLE:
        raise RefusedError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.")


def may_create(region: Region, name: str) -> Stack | None:
    """Refuse a name that is taken, and return the stack in review that has it."""
    if not NAME.fullmatch(name):
        raise invalid(name, "stackName", "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*")
    stack = find(region, name)
    if stack and stack.status != NOT_YET:
        raise RefusedError(f"Stack [{name}] already exists", "AlreadyExistsException")
    return stack
