"""The API's operations on stacks.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.changes import changes
from tests.patterns.cloudformation.deployments import Deployment, begin
from tests.patterns.cloudformation.errors import RefusedError
from tests.patterns.cloudformation.requests import (
    allow,
    existing,
    find,
    may_change,
    may_create,
    plan_of,
    refuse_unknown,
    triggers_of,
)
from tests.patterns.cloudformation.resources import Region
from tests.patterns.cloudformation.stacks import NOT_YET, Resource, Stack
from tests.patterns.cloudformation.templates import direct_update_needs_expansion, read
from tests.patterns.cloudformation.tokens import accept, repeated

PAGE = 100
DIRECT = {
    "Capabilities",
    "ClientRequestToken",
    "NotificationARNs",
    "Parameters",
    "RoleARN",
    "RollbackConfiguration",
    "StackName",
    "Tags",
}
DIRECT |= {"TemplateBody", "TemplateURL"}


def create_stack(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to create a stack without a change set."""
    refuse_unknown("CreateStack", given, DIRECT)
    before = find(region, given["StackName"])
    if before and repeated(before, "CreateStack", given):
        return {"StackId": before.id}
    stack = may_create(region, given["StackName"]) or Stack(
        given["StackName"], region.account, region.name, region.clock, region.clock.now
    )
    plan = plan_of(region, stack, given)
    direct_update_needs_expansion(read(plan.text), plan.capabilities)
    allow(plan)
    changes(stack, plan)
    if stack not in region.stacks:
        region.stacks.append(stack)
    stack.triggers = triggers_of(given, stack.triggers, time_stays=region.behaviour.time_stays)
    _make_obsolete(stack)
    accept(stack, "CreateStack", given)
    begin(region, stack, "CREATE_IN_PROGRESS", Deployment(region, stack).create(plan))
    return {"StackId": stack.id}


def update_stack(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to update a stack without a change set."""
    refuse_unknown("UpdateStack", given, {*DIRECT, "UsePreviousTemplate"})
    stack = existing(region, given["StackName"], words="Stack [{name}] does not exist")
    if repeated(stack, "UpdateStack", given):
        return {"StackId": stack.id}
    may_change(stack)
    plan = plan_of(region, stack, given)
    direct_update_needs_expansion(read(plan.text), plan.capabilities)
    allow(plan)
    triggers = triggers_of(given, stack.triggers, time_stays=region.behaviour.time_stays)
    assert stack.plan is not None
    same_outputs = stack.plan.template.get("Outputs", {}) == plan.template.get("Outputs", {})
    other = region.behaviour.triggers_are_a_change and (triggers != stack.triggers or dict(stack.plan.tags) != dict(plan.tags))
    if not changes(stack, plan) and same_outputs and not other:
        raise RefusedError("No updates are to be performed.")
    before, stack.triggers, stack.updated = stack.triggers, triggers, region.clock.now
    _make_obsolete(stack)
    accept(stack, "UpdateStack", given)
    begin(region, stack, "UPDATE_IN_PROGRESS", Deployment(region, stack).update(plan, before))
    return {"StackId": stack.id}


def _make_obsolete(stack: Stack) -> None:
    """A direct update makes change sets obsolete.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
    """
    for each in stack.change_sets:
        if each.execution == "AVAILABLE":
            each.execution = "OBSOLETE"


def delete_stack(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to delete a stack; one that does not exist counts as deleted."""
    refuse_unknown("DeleteStack", given, {"ClientRequestToken", "RoleARN", "StackName"})
    stack = find(region, given["StackName"])
    if stack is None or stack.deleted is not None or repeated(stack, "DeleteStack", given):
        return {}
    if stack.protected:
        raise RefusedError(f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled")
    if stack.in_progress and stack.status != "CREATE_IN_PROGRESS":
        raise RefusedError(f"Stack [{stack.id}] cannot be deleted while in status {stack.status}")
    accept(stack, "DeleteStack", given)
    begin(region, stack, "DELETE_IN_PROGRESS", Deployment(region, stack).delete())
    return {}


def cancel_update_stack(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to take an update back.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CancelUpdateStack.html
    """
    stack = existing(region, given.get("StackName"), words="Stack [{name}] does not exist")
    if repeated(stack, "CancelUpdateStack", given):
        return {}
    if stack.status != "UPDATE_IN_PROGRESS":
        raise RefusedError("CancelUpdateStack cannot be called from current stack status")
    accept(stack, "CancelUpdateStack", given)
    stack.cancelled = True
    return {}


def continue_update_rollback(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Continue a rollback that failed, without some resources if asked.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
    """
    refuse_unknown("ContinueUpdateRollback", given, {"ClientRequestToken", "ResourcesToSkip", "RoleARN", "StackName"})
    stack = existing(region, given["StackName"], words="Stack [{name}] does not exist")
    if repeated(stack, "ContinueUpdateRollback", given):
        return {}
    if stack.status != "UPDATE_ROLLBACK_FAILED":
        raise RefusedError(f"Stack:{stack.id} is in {stack.status} state and can not continue rollback.")
    skipped = given.get("ResourcesToSkip", [])
    wrong = [name for name in skipped if name not in stack.resources or stack.resources[name].status != "UPDATE_FAILED"]
    if wrong:
        raise RefusedError(
            f"ResourcesToSkip: [{', '.join(wrong)}]: only resources in UPDATE_FAILED, because the rollback failed, can be skipped"
        )
    accept(stack, "ContinueUpdateRollback", given)
    begin(region, stack, "UPDATE_ROLLBACK_IN_PROGRESS", Deployment(region, stack).go_back(skipped))
    return {}


def update_termination_protection(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Protect a stack from deletion, or no longer."""
    stack = existing(region, given["StackName"], words="Stack [{name}] does not exist")
    stack.protected = given["EnableTerminationProtection"]
    return {"StackId": stack.id}


def describe_stacks(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one stack, or all that are not deleted."""
    if "StackName" in given:
        return {"Stacks": [_shown(existing(region, given["StackName"]))]}
    found = [each for each in region.stacks if each.deleted is None]
    page, more = _page(found, given)
    return {"Stacks": [_shown(each) for each in page], **more}


def _page(items: list[Any], given: Mapping[str, Any]) -> tuple[list[Any], dict[str, str]]:
    begin = int(given.get("NextToken", 0))
    more = {"NextToken": str(begin + PAGE)} if len(items) > begin + PAGE else {}
    return items[begin : begin + PAGE], more


def _shown(stack: Stack) -> dict[str, Any]:
    plan = stack.plan
    parameters = stack.shown_parameters or (plan.parameters if plan else {})
    return {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": stack.executed,
        "Description": plan.template.get("Description") if plan else None,
        "Parameters": [each.shown(name) for name, each in parameters.items()] or None,
        "CreationTime": stack.created,
        "LastUpdatedTime": stack.updated,
        "DeletionTime": stack.deleted,
        "RollbackConfiguration": stack.triggers.shown(),
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DisableRollback": False,
        "NotificationARNs": list(plan.notifications) if plan else [],
        "Capabilities": list(plan.capabilities) or None if plan else None,
        "Outputs": list(stack.outputs.values()) or None,
        "RoleARN": plan.role if plan else None,
        "Tags": [{"Key": key, "Value": value} for key, value in (plan.tags if plan else {}).items()],
        "EnableTerminationProtection": stack.protected,
        "DriftInformation": {"StackDriftStatus": "NOT_CHECKED"},
    }


def list_stacks(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """List stacks, also deleted ones."""
    wanted = given.get("StackStatusFilter")
    found = [each for each in reversed(region.stacks) if not wanted or each.status in wanted]
    page, more = _page(found, given)
    keys = (
        "StackId",
        "StackName",
        "CreationTime",
        "LastUpdatedTime",
        "DeletionTime",
        "StackStatus",
        "StackStatusReason",
        "DriftInformation",
    )
    return {"StackSummaries": [{key: _shown(each)[key] for key in keys} for each in page], **more}


def describe_stack_events(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stack's events, the newest first."""
    stack = existing(region, given["StackName"], words="Stack [{name}] does not exist")
    page, more = _page(list(reversed(stack.events)), given)
    shown = [
        {
            "StackId": stack.id,
            "EventId": each.id,
            "StackName": stack.name,
            "LogicalResourceId": each.name,
            "PhysicalResourceId": each.physical,
            "ResourceType": each.type,
            "Timestamp": each.time,
            "ResourceStatus": each.status,
            "ResourceStatusReason": each.reason,
            "ResourceProperties": None if each.properties is None else json.dumps(each.properties, default=str),
            "ClientRequestToken": each.token,
        }
        for each in page
    ]
    return {"StackEvents": shown, **more}


def _resource(resource: Resource, *, time: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": resource.name,
        "PhysicalResourceId": resource.physical or None,
        "ResourceType": resource.type,
        time: resource.changed,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def list_stack_resources(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """List a stack's resources."""
    stack = existing(region, given["StackName"])
    page, more = _page(list(stack.resources.values()), given)
    return {"StackResourceSummaries": [_resource(each, time="LastUpdatedTimestamp") for each in page], **more}


def describe_stack_resources(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a stack's first 100 resources, or one of them."""
    stack = existing(region, given.get("StackName"))
    name = given.get("LogicalResourceId")
    if name and name not in stack.resources:
        raise RefusedError(f"Resource {name} does not exist for stack {stack.name}")
    found = [each for each in stack.resources.values() if name in {None, each.name}]
    shared = {"StackId": stack.id, "StackName": stack.name}
    return {"StackResources": [{**shared, **_resource(each, time="Timestamp")} for each in found[:PAGE]]}


def describe_stack_resource(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one resource of a stack."""
    stack = existing(region, given["StackName"], words="Stack '{name}' does not exist")
    name = given["LogicalResourceId"]
    if name not in stack.resources:
        raise RefusedError(f"Resource {name} does not exist for stack {stack.name}")
    shown = _resource(stack.resources[name], time="LastUpdatedTimestamp")
    return {"StackResourceDetail": {"StackId": stack.id, "StackName": stack.name, **shown}}


def get_template(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template of a stack or of a change set, as it was given or with its macros run.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
    """
    refuse_unknown("GetTemplate", given, {"ChangeSetName", "StackName", "TemplateStage"})
    stack = existing(region, given.get("StackName"))
    plan = stack.plan
    if "ChangeSetName" in given:
        found = [each.plan for each in stack.change_sets if given["ChangeSetName"] in {each.name, each.id}]
        if not found:
            raise RefusedError(f"ChangeSet [{given['ChangeSetName']}] does not exist", "ChangeSetNotFound", 404)
        plan = found[0]
    if plan is None or (stack.status == NOT_YET and "ChangeSetName" not in given):
        raise RefusedError(f"Stack with id {stack.name} has no template")
    original = given.get("TemplateStage", "Original") == "Original" or not plan.has_macros
    return {"TemplateBody": plan.text if original else json.dumps(plan.template), "StagesAvailable": ["Original", "Processed"]}
