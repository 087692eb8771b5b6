"""What happens to a stack over time: creation, update, monitoring, cleanup, rollback and deletion.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from tests.patterns.cloudformation.clock import Task, in_order
from tests.patterns.cloudformation.errors import BrokenError, FailedError
from tests.patterns.cloudformation.intrinsics import Scope
from tests.patterns.cloudformation.provisioning import Provisioner
from tests.patterns.cloudformation.resources import Region
from tests.patterns.cloudformation.stacks import Plan, Resource, Stack, Triggers

LATE = 10.0  # seconds


def begin(region: Region, stack: Stack, status: str, task: Task) -> None:
    """Begin an operation of a stack, which shows its status at once or a little later."""
    stack.cancelled = False
    if region.behaviour.late_status:
        stack.starting = True
        region.clock.start(_late(region, stack, status, task))
    else:
        stack.become(status, "User Initiated")
        region.clock.start(task)


def _late(region: Region, stack: Stack, status: str, task: Task) -> Task:
    yield from region.clock.wait(LATE)
    stack.starting = False
    stack.become(status, "User Initiated")
    yield from task


class DeletedError(BrokenError):
    """Somebody deletes the stack while it is created."""


class Deployment:
    """The operations of a stack.

    Args:
        region: Where it is.
        stack: The stack.
    """

    def __init__(self, region: Region, stack: Stack) -> None:
        self.region, self.stack = region, stack
        self._resources = Provisioner(region, stack)
        self._disturbed: BrokenError | None = None

    def create(self, plan: Plan) -> Task:
        """Create the stack; if that fails, delete what was created.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
        """
        stack = self.stack
        stack.plan = plan
        try:
            yield from self._guarded(self._deploy(plan), waits=not self.region.behaviour.failure_stops_shifts)
            yield from self._guarded(self._monitor(), waits=False)
        except DeletedError:
            return
        except BrokenError as error:
            self._ended(executed=False)
            stack.become("ROLLBACK_IN_PROGRESS", f"{self._reason(error)}Rollback requested by user.")
            try:
                yield from self._delete_all([(each, _unless_new(each)) for each in stack.resources.values()])
            except FailedError as failure:
                stack.become("ROLLBACK_FAILED", self._reason(failure))
                return
            stack.become("ROLLBACK_COMPLETE")
            return
        self._show_outputs(plan)
        self._ended(executed=True)
        stack.become("CREATE_COMPLETE")

    def update(self, plan: Plan, triggers: Triggers) -> Task:
        """Update the stack; if that fails, go back to what it was.

        Args:
            plan: What it is meant to be.
            triggers: The rollback configuration before.
        """
        stack = self.stack
        assert stack.plan is not None
        before = stack.plan
        resources = {name: dataclasses.replace(each, attributes=dict(each.attributes)) for name, each in stack.resources.items()}
        stack.plan, stack.replaced = plan, []
        try:
            yield from self._guarded(self._deploy(plan), waits=not self.region.behaviour.failure_stops_shifts)
            yield from self._guarded(self._monitor(), waits=False)
        except BrokenError as error:
            self._ended(executed=False)
            stack.become("UPDATE_ROLLBACK_IN_PROGRESS", self._reason(error))
            if self.region.behaviour.triggers_go_back:
                stack.triggers = triggers
            if not self.region.behaviour.parameters_go_back:
                stack.shown_parameters = plan.parameters
            stack.plan = before
            stack.target = (before, resources)
            yield from self.go_back(set())
            return
        stack.shown_parameters = None
        self._show_outputs(plan)
        gone = [each for name, each in stack.resources.items() if name not in plan.resources(stack.values(plan))]
        stack.resources = {name: each for name, each in stack.resources.items() if each not in gone}
        self._ended(executed=True)
        if stack.status != "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS":
            stack.become("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        yield
        replaced = [(each, each.definition.get("UpdateReplacePolicy")) for each in stack.replaced]
        yield from self._clean_up([*((each, each.definition.get("DeletionPolicy")) for each in gone), *replaced])
        stack.become("UPDATE_COMPLETE")

    def go_back(self, skipped: Collection[str]) -> Task:
        """Restore what the stack was before an update.

        CloudFormation does not watch the triggers meanwhile.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html

        Args:
            skipped: Logical ids of resources that are left unchanged.
        """
        stack = self.stack
        assert stack.target is not None
        plan, before = stack.target
        yield
        needs = {name: set(each.needs) & set(before) for name, each in before.items()}

        def restore(name: str) -> Task:
            return self._resources.restore(before[name], skipped=name in skipped)

        try:
            yield from in_order(list(before), needs, restore, stop=False)
        except FailedError as failure:
            stack.become("UPDATE_ROLLBACK_FAILED", self._reason(failure))
            return
        stack.target = None
        new = [each for name, each in stack.resources.items() if name not in before]
        stack.resources = {name: each for name, each in stack.resources.items() if name in before}
        stack.become("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        yield
        for each in new:
            self._resources.take_back(each)
        yield from self._clean_up([(each, _unless_new(each)) for each in [*new, *stack.replaced]])
        self._show_outputs(plan)
        stack.become("UPDATE_ROLLBACK_COMPLETE")

    def delete(self) -> Task:
        """Delete the stack."""
        stack = self.stack
        yield
        try:
            yield from self._delete_all([(each, each.definition.get("DeletionPolicy")) for each in stack.resources.values()])
        except FailedError as failure:
            stack.become("DELETE_FAILED", self._reason(failure))
            return
        stack.deleted = self.region.clock.now
        stack.become("DELETE_COMPLETE")

    # The steps of an operation

    def _guarded(self, task: Task, *, waits: bool) -> Task:
        """Run a task while the triggers are quiet and no one cancels.

        Args:
            task: The task.
            waits: Whether it is allowed to end, without new resources, if it is disturbed.
        """
        standing: set[str] = set()
        if not self.region.behaviour.standing_alarm:
            standing = {arn for arn, _ in self.stack.triggers.alarms if self._state(arn) == "ALARM"}
        while True:
            self._disturbed = self._disturbed or self._disturbance(standing)
            if self._disturbed and (not waits or isinstance(self._disturbed, DeletedError)):
                task.close()
                raise self._disturbed
            try:
                next(task)
            except StopIteration:
                if self._disturbed:
                    raise self._disturbed from None
                return
            yield

    def _disturbance(self, standing: set[str]) -> BrokenError | None:
        """Return why an operation must not go on, if that is so."""
        if self.stack.status == "DELETE_IN_PROGRESS":
            return DeletedError()
        for arn, _ in self.stack.triggers.alarms:
            state = self._state(arn)
            if state is None:
                return BrokenError(f"Rollback trigger {arn} does not exist. ")
            if state != "ALARM":
                standing.discard(arn)
            elif arn not in standing:
                return BrokenError(f"Rollback trigger {arn} is in ALARM state. ")
        return BrokenError("User Initiated") if self.stack.cancelled else None

    def _state(self, arn: str) -> str | None:
        return self.region.alarms.state(arn)

    def _monitor(self) -> Task:
        """Wait for the monitoring time.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
        """
        minutes = self.stack.triggers.minutes or 0
        if minutes and self.stack.status == "UPDATE_IN_PROGRESS" and self.region.behaviour.monitoring_status != self.stack.status:
            self.stack.become(self.region.behaviour.monitoring_status)
        yield from self.region.clock.wait(minutes * 60)

    def _deploy(self, plan: Plan) -> Task:
        names = list(plan.resources(self.stack.values(plan)))
        needs = {name: self._resources.needs(plan, name) & set(names) for name in names}
        yield
        yield from in_order(
            names,
            needs,
            lambda name: self._resources.reach(plan, name),
            stop=self.region.behaviour.failure_stops_shifts,
            halted=lambda: self._disturbed is not None,
        )

    def _clean_up(self, doomed: list[tuple[Resource, str | None]]) -> Task:
        """Delete what the stack no longer has. What cannot be deleted is left, with an event."""
        try:
            yield from self._delete_all(doomed)
        except FailedError:
            return

    def _delete_all(self, doomed: list[tuple[Resource, str | None]]) -> Task:
        """Delete resources, those that need others before these.

        Args:
            doomed: Each resource with the policy that says whether it stays.
        """
        keys = [str(number) for number in range(len(doomed))]
        users = {
            key: {
                other
                for other, (user, _) in zip(keys, doomed, strict=True)
                if resource.name in user.needs and user.name != resource.name
            }
            for key, (resource, _) in zip(keys, doomed, strict=True)
        }
        try:
            yield from in_order(keys, users, lambda key: self._resources.delete(*doomed[int(key)]), stop=False)
        except FailedError as failure:
            raise FailedError([doomed[int(key)][0].name for key in failure.names]) from None

    # The end

    def _show_outputs(self, plan: Plan) -> None:
        stack = self.stack
        scope = Scope(plan.template, stack.values(plan), self._resources.look)
        stack.outputs = {}
        for name, given in plan.template.get("Outputs", {}).items():
            if "Condition" in given and not scope.holds(given["Condition"]):
                continue
            shown = {"OutputKey": name, "OutputValue": str(scope.resolve(given["Value"]))}
            if "Description" in given:
                shown["Description"] = given["Description"]
            if "Export" in given:
                shown["ExportName"] = str(scope.resolve(given["Export"]["Name"]))
            stack.outputs[name] = shown

    def _reason(self, error: BrokenError) -> str:
        """Return the reason of a stack's status."""
        if not isinstance(error, FailedError):
            return str(error)
        verbs = {"CREATE_FAILED": "create", "UPDATE_FAILED": "update", "DELETE_FAILED": "delete"}
        failed = {event.name: event.status for event in self.stack.events if event.status in verbs}
        told = [
            f"The following resource(s) failed to {verb}: [{', '.join(names)}]. "
            for status, verb in verbs.items()
            if (names := [name for name in error.names if failed[name] == status])
        ]
        return "".join(told)

    def _ended(self, *, executed: bool) -> None:
        for each in self.stack.change_sets:
            if each.execution == "EXECUTE_IN_PROGRESS":
                each.execution = "EXECUTE_COMPLETE" if executed else "EXECUTE_FAILED"


def _unless_new(resource: Resource) -> str | None:
    """Return the policy of a resource whose creation is rolled back.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    """
    policy = resource.definition.get("DeletionPolicy")
    return None if policy == "RetainExceptOnCreate" else policy
