"""The API's operations on change sets.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.changes import changes
from tests.patterns.cloudformation.clock import Task
from tests.patterns.cloudformation.deployments import Deployment, begin
from tests.patterns.cloudformation.errors import NotEmulatedError, RefusedError, invalid
from tests.patterns.cloudformation.requests import (
    NAME,
    allow,
    existing,
    find,
    may_change,
    plan_of,
    refuse_unknown,
    triggers_of,
)
from tests.patterns.cloudformation.resources import Region
from tests.patterns.cloudformation.stacks import NOT_YET, ChangeSet, Plan, Stack, Triggers
from tests.patterns.cloudformation.tokens import accept, repeated

ARN = re.compile(r"arn:aws:cloudformation:[^:]+:\d+:changeSet/[^/]+/.+")
PAGE = 100
EMPTY = "The submitted information didn't contain changes. Submit different information to create a change set."
CREATE = {
    "Capabilities",
    "ChangeSetName",
    "ChangeSetType",
    "ClientToken",
    "Description",
    "NotificationARNs",
    "Parameters",
    "RoleARN",
}
CREATE |= {"RollbackConfiguration", "StackName", "Tags", "TemplateBody", "TemplateURL", "UsePreviousTemplate"}


def create_change_set(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to create a change set."""
    refuse_unknown("CreateChangeSet", given, CREATE)
    name, kind = given["ChangeSetName"], given.get("ChangeSetType", "UPDATE")
    if not NAME.fullmatch(name):
        raise invalid(name, "changeSetName", "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*")
    stack = find(region, given["StackName"])
    if kind == "IMPORT":
        raise NotEmulatedError("imports of resources")
    if kind == "CREATE":
        if stack and stack.status != NOT_YET:
            raise RefusedError(
                f"Stack [{given['StackName']}] already exists and cannot be created again with the changeSet [{name}]."
            )
    elif stack is None or stack.deleted is not None:
        raise RefusedError(f"Stack [{given['StackName']}] does not exist")
    else:
        may_change(stack)
    new = stack is None
    stack = stack or Stack(given["StackName"], region.account, region.name, region.clock, region.clock.now)
    already = _by_name(stack, name)
    if already and not already.execution.startswith("EXECUTE_"):  # the name of an executed one is free
        if dict(already.request) == dict(given) and given.get("ClientToken"):
            return {"Id": already.id, "StackId": stack.id}
        raise RefusedError(
            f"ChangeSet {name} cannot be created due to a mismatch with existing attribute Template", "AlreadyExistsException"
        )
    plan, refusal = _planned(region, stack, given)
    triggers = None
    if "RollbackConfiguration" in given:
        triggers = triggers_of(given, stack.triggers, time_stays=region.behaviour.time_stays)
    if new:
        region.stacks.append(stack)
        stack.become(NOT_YET, "User Initiated")
    number = f"arn:aws:cloudformation:{region.name}:{region.account}:changeSet/{name}/{uuid.uuid4()}"
    made = ChangeSet(number, name, kind, plan, triggers, [], region.clock.now, given, given.get("Description"))
    stack.change_sets.append(made)
    region.clock.start(_creation(region, stack, made, refusal))
    return {"Id": made.id, "StackId": stack.id}


def _planned(region: Region, stack: Stack, given: Mapping[str, Any]) -> tuple[Plan | None, str | None]:
    """Return the plan, or why the change set fails: errors of macros are found while it is created, other ones at once."""
    try:
        plan = plan_of(region, stack, given)
    except RefusedError as refusal:
        if refusal.message.startswith("Transform "):
            return None, refusal.message
        raise
    if plan.has_macros:
        try:
            allow(plan)
        except RefusedError as refusal:
            return None, refusal.message
    else:
        allow(plan)
    return plan, None


def _creation(region: Region, stack: Stack, made: ChangeSet, refusal: str | None) -> Task:
    made.status = "CREATE_IN_PROGRESS"
    yield
    if made.status != "CREATE_IN_PROGRESS":
        return  # deleted meanwhile
    if refusal or made.plan is None:
        made.status, made.reason = "FAILED", refusal
        return
    made.changes = changes(stack, made.plan)
    if made.changes or _else_changed(region, stack, made):
        made.status, made.execution = "CREATE_COMPLETE", "AVAILABLE"
    else:
        macro = made.plan.has_macros and region.behaviour.empty_reason.startswith("No updates")
        made.status, made.reason = "FAILED", region.behaviour.empty_reason if macro else EMPTY


def _else_changed(region: Region, stack: Stack, made: ChangeSet) -> bool:
    """Return whether something changes that is no resource."""
    assert made.plan is not None
    before = stack.plan
    if before is None or before.template.get("Outputs", {}) != made.plan.template.get("Outputs", {}):
        return True
    triggers = made.triggers is not None and made.triggers != stack.triggers
    return region.behaviour.triggers_are_a_change and (triggers or dict(before.tags) != dict(made.plan.tags))


def _by_name(stack: Stack, name: str) -> ChangeSet | None:
    return next((each for each in reversed(stack.change_sets) if each.name == name), None)


def _find(region: Region, given: Mapping[str, Any]) -> tuple[Stack, ChangeSet]:
    name = given["ChangeSetName"]
    if ARN.fullmatch(name):
        for stack in region.stacks:
            for each in stack.change_sets:
                if each.id == name:
                    return stack, each
        raise RefusedError(f"ChangeSet [{name}] does not exist", "ChangeSetNotFound", 404)
    if "StackName" not in given:
        raise RefusedError("StackName must be specified if ChangeSetName is not specified as an ARN.")
    stack = existing(region, given["StackName"], words="Stack [{name}] does not exist")
    found = _by_name(stack, name)
    if found is None:
        raise RefusedError(f"ChangeSet [{name}] does not exist", "ChangeSetNotFound", 404)
    return stack, found


def describe_change_set(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a change set, page by page."""
    refuse_unknown("DescribeChangeSet", given, {"ChangeSetName", "StackName", "NextToken"})
    stack, found = _find(region, given)
    begin = int(given.get("NextToken", 0))
    more = {"NextToken": str(begin + PAGE)} if len(found.changes) > begin + PAGE else {}
    plan = found.plan
    parameters = {"Parameters": [each.shown(name) for name, each in plan.parameters.items()]} if plan and plan.parameters else {}
    tags = {"Tags": [{"Key": key, "Value": value} for key, value in plan.tags.items()]} if plan and plan.tags else {}
    return {
        **_summary(stack, found),
        **parameters,
        **tags,
        **more,
        "NotificationARNs": list(plan.notifications) if plan else [],
        "RollbackConfiguration": (found.triggers or Triggers()).shown(),
        "Capabilities": list(found.request.get("Capabilities", [])),
        "Changes": found.changes[begin : begin + PAGE],
    }


def _summary(stack: Stack, found: ChangeSet) -> dict[str, Any]:
    return {
        "ChangeSetName": found.name,
        "ChangeSetId": found.id,
        "StackId": stack.id,
        "StackName": stack.name,
        "Description": found.description,
        "CreationTime": found.created,
        "ExecutionStatus": found.execution,
        "Status": found.status,
        "StatusReason": found.reason,
        "IncludeNestedStacks": False,
    }


def list_change_sets(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """List the change sets of a stack."""
    stack = existing(region, given["StackName"], words="Stack [{name}] does not exist")
    return {"Summaries": [_summary(stack, each) for each in stack.change_sets]}


def delete_change_set(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a change set; one that does not exist counts as deleted.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
    """
    try:
        stack, found = _find(region, given)
    except RefusedError as refusal:
        if refusal.code == "ChangeSetNotFound":
            return {}
        raise
    if found.status in {"CREATE_PENDING", "CREATE_IN_PROGRESS"} or found.execution == "EXECUTE_IN_PROGRESS":
        raise RefusedError(
            "An operation on this ChangeSet is currently in progress.  Please attempt this operation again later.",
            "InvalidChangeSetStatus",
        )
    found.status = "DELETE_COMPLETE"
    stack.change_sets.remove(found)
    return {}


def execute_change_set(region: Region, given: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to deploy a change set. All other change sets of the stack are deleted.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
    """
    refuse_unknown("ExecuteChangeSet", given, {"ChangeSetName", "ClientRequestToken", "StackName"})
    stack, found = _find(region, given)
    if repeated(stack, "ExecuteChangeSet", given):
        return {}
    if found.status != "CREATE_COMPLETE":
        raise RefusedError(
            f"ChangeSet [{found.id}] cannot be executed in its current status of [{found.status}]", "InvalidChangeSetStatus"
        )
    if found.execution != "AVAILABLE":
        raise RefusedError(
            f"ChangeSet [{found.id}] cannot be executed in its current execution status of [{found.execution}]",
            "InvalidChangeSetStatus",
        )
    if stack.in_progress:
        raise RefusedError(f"Stack:{stack.id} is in {stack.status} state and can not be updated.", "InvalidChangeSetStatus")
    assert found.plan is not None
    before = stack.triggers
    if found.triggers is not None:
        stack.triggers = found.triggers
    stack.change_sets = [each for each in stack.change_sets if each is found or each.execution.startswith("EXECUTE_")]
    found.execution = "EXECUTE_IN_PROGRESS"
    accept(stack, "ExecuteChangeSet", given)
    stack.executed, stack.updated = found.id, region.clock.now
    deployment = Deployment(region, stack)
    if found.kind == "CREATE":
        begin(region, stack, "CREATE_IN_PROGRESS", deployment.create(found.plan))
    else:
        begin(region, stack, "UPDATE_IN_PROGRESS", deployment.update(found.plan, before))
    return {}
