"""What happens to a stack over time: creation, update, monitoring, cleanup, rollback and deletion.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from typing import Any

from tests.patterns.cloudformation.clock import Task, in_order
from tests.patterns.cloudformation.errors import BrokenError, FailedError
from tests.patterns.cloudformation.intrinsics import Scope, mentions
from tests.patterns.cloudformation.resources import Region, attributes_of, handler, name_of, named_by_template
from tests.patterns.cloudformation.schemas import Schema, schema
from tests.patterns.cloudformation.stacks import Plan, Resource, Stack

DYNAMIC = re.compile(r"\{\{resolve:ssm:([\w./-]+)(?::\d+)?\}\}")
RETAINED = {"Retain", "RetainExceptOnCreate"}


class Deployment:
    """The operations of a stack.

    Args:
        region: Where it is.
        stack: The stack.
    """

    def __init__(self, region: Region, stack: Stack) -> None:
        self.region, self.stack = region, stack
        # Old ones of the resources that were replaced.
        self._old: list[Resource] = []

    def create(self, plan: Plan) -> Task:
        """Create the stack; if that fails, delete what was created."""
        stack = self.stack
        stack.plan = plan
        try:
            yield from self._guarded(self._deploy(plan))
            yield from self._guarded(self._monitor())
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

    def update(self, plan: Plan) -> Task:
        """Update the stack; if that fails, go back to what it was."""
        stack = self.stack
        assert stack.plan is not None
        before = stack.plan
        resources = {name: dataclasses.replace(each, attributes=dict(each.attributes)) for name, each in stack.resources.items()}
        triggers = stack.triggers
        stack.plan = plan
        try:
            yield from self._guarded(self._deploy(plan))
            yield from self._guarded(self._monitor())
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
        replaced = [(each, each.definition.get("UpdateReplacePolicy")) for each in self._old]
        yield from self._clean_up([*((each, each.definition.get("DeletionPolicy")) for each in gone), *replaced])
        stack.become("UPDATE_COMPLETE")

    def go_back(self, skipped: Collection[str]) -> Task:
        """Restore what the stack was before an update.

        CloudFormation does not watch the triggers meanwhile.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html

        Args:
            skipped: Logical ids of resources that are left as they are.
        """
        stack = self.stack
        assert stack.target is not None
        plan, before = stack.target
        stack.cancelled = False
        yield
        needs = {name: set(each.needs) & set(before) for name, each in before.items()}

        def restore(name: str) -> Task:
            return self._restore(before[name], skipped=name in skipped)

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
            self._mark_version(each)
        yield from self._clean_up([(each, _unless_new(each)) for each in [*new, *self._old]])
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

    def _guarded(self, task: Task) -> Task:
        """Run a task while the triggers are quiet and nobody cancels."""
        stack = self.stack
        standing = (
            set()
            if self.region.behaviour.standing_alarm
            else {arn for arn, _ in stack.triggers.alarms if self._state(arn) == "ALARM"}
        )
        while True:
            for arn, _ in stack.triggers.alarms:
                state = self._state(arn)
                if state is None:
                    task.close()
                    raise BrokenError(f"Rollback trigger {arn} does not exist. ")
                if state != "ALARM":
                    standing.discard(arn)
                elif arn not in standing:
                    task.close()
                    raise BrokenError(f"Rollback trigger {arn} is in ALARM state. ")
            if stack.cancelled:
                task.close()
                raise BrokenError("User Initiated")
            try:
                next(task)
            except StopIteration:
                return
            yield

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
        needs = {name: self._needs_of(plan, name) & set(names) for name in names}
        yield
        yield from in_order(names, needs, lambda name: self._reach(plan, name), stop=self.region.behaviour.failure_stops_shifts)

    def _needs_of(self, plan: Plan, name: str) -> frozenset[str]:
        """Return the resources that a resource refers to."""
        definition = plan.template["Resources"][name]
        given = definition.get("DependsOn", [])
        named = {given} if isinstance(given, str) else set(given)
        told = {other for part in ("Properties", "UpdatePolicy") for other, _ in mentions(definition.get(part, {}))}
        return frozenset((named | told) & set(plan.template["Resources"]))

    def _reach(self, plan: Plan, name: str) -> Task:
        """Make a resource what the plan says."""
        stack = self.stack
        definition = self._definition(plan, name)
        now = stack.resources.get(name)
        if now is None or now.type != definition["Type"]:
            if now:
                self._old.append(now)
            yield from self._create(plan, name, definition)
        elif now.properties != definition["Properties"]:
            known = schema(now.type)
            assert known is not None
            if self._replaces(known, now.properties, definition["Properties"]):
                yield from self._replace(now, definition)
            else:
                yield from self._update(now, definition, back=False)
        else:
            now.definition = definition
        self.stack.resources[name].needs = self._needs_of(plan, name)

    def _definition(self, plan: Plan, name: str) -> dict[str, Any]:
        """Return a resource of a plan with all functions evaluated, and with the stack's tags."""
        scope = Scope(plan.template, self.stack.values(plan), self._look)
        definition = dict(scope.resolve(plan.template["Resources"][name]))
        properties = self._dynamic(definition.get("Properties", {}))
        known = schema(definition["Type"])
        if known and known.tags and plan.tags:
            own = properties.get(known.tags, [])
            if isinstance(own, dict):
                properties = {**properties, known.tags: {**plan.tags, **own}}
            else:
                taken = {each["Key"] for each in own}
                more = [{"Key": key, "Value": value} for key, value in plan.tags.items() if key not in taken]
                properties = {**properties, known.tags: [*own, *more]}
        return {**definition, "Properties": properties}

    def _look(self, name: str, attribute: str | None) -> Any:
        """Return a resource's `Ref` or an attribute."""
        resource = self.stack.resources.get(name)
        if resource is None:
            return None
        if attribute is None:
            return resource.physical
        if attribute in resource.attributes:
            return resource.attributes[attribute]
        return resource.properties.get(attribute, f"{resource.physical}.{attribute}")

    def _dynamic(self, tree: Any) -> Any:
        """Return a value with the parameters that it reads from the store.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm.html
        """
        if isinstance(tree, dict):
            return {key: self._dynamic(each) for key, each in tree.items()}
        if isinstance(tree, list):
            return [self._dynamic(each) for each in tree]
        if not isinstance(tree, str) or "{{resolve:ssm:" not in tree:
            return tree

        def value(match: re.Match[str]) -> str:
            found = self.region.backing.stored(self.region.account, self.region.name, match[0][len("{{resolve:ssm:") : -2])
            if found is None:
                raise BrokenError(f"Parameters: [ssm:{match[1]}] cannot be found.")
            return found

        return DYNAMIC.sub(value, tree)

    @staticmethod
    def _replaces(known: Schema, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        def at(tree: Any, path: list[str]) -> Any:
            for step in path:
                tree = tree.get(step) if isinstance(tree, dict) else None
            return tree

        paths = [path.split("/")[2:] for path in known.tree.get("createOnlyProperties", ())]
        return any(at(before, path) != at(after, path) for path in paths)

    # One resource

    def _act(self, resource: Resource, verb: str, task: Task, *, done: str) -> Task:
        """Run what changes a resource, and record how it ends."""
        try:
            yield from self._unless_broken(resource, verb)
            yield from task
        except BrokenError as error:
            self._status(resource, f"{done}_FAILED", str(error))
            raise
        except GeneratorExit:
            self._status(resource, f"{done}_FAILED", f"Resource {'creation' if done == 'CREATE' else 'update'} cancelled")
            raise
        self._status(resource, f"{done}_COMPLETE")

    def _unless_broken(self, resource: Resource, verb: str) -> Task:
        if reason := self.region.broken.get((self.stack.name, resource.name, verb)):
            yield
            raise BrokenError(reason)

    def _status(self, resource: Resource, status: str, reason: str | None = None) -> None:
        resource.status, resource.reason, resource.changed = status, reason, self.region.clock.now
        self.stack.event(resource.name, resource.type, resource.physical, status, reason, resource.properties)

    def _create(self, plan: Plan, name: str, definition: Mapping[str, Any]) -> Task:
        kind, given = definition["Type"], definition["Properties"]
        physical = name_of(kind, self.stack, name, given, len(self.stack.events))
        resource = Resource(
            name, kind, "", definition, given, attributes_of(kind, self.stack, physical), self._needs_of(plan, name)
        )
        self._status(resource, "CREATE_IN_PROGRESS")
        self.stack.resources[name] = resource
        known = schema(kind)
        assert known is not None

        def task() -> Task:
            if problem := known.problem(given):
                raise BrokenError(f"Properties validation failed for resource {name} with message:\n[{problem}]")
            resource.physical = physical
            self._status(resource, "CREATE_IN_PROGRESS", "Resource creation Initiated")
            yield from handler(kind).create(self.region, resource)

        yield from self._act(resource, "create", task(), done="CREATE")

    def _update(self, resource: Resource, definition: Mapping[str, Any], *, back: bool) -> Task:
        before = resource.properties
        resource.definition, resource.properties = definition, definition["Properties"]
        self._status(resource, "UPDATE_IN_PROGRESS")
        known = schema(resource.type)
        assert known is not None

        def task() -> Task:
            if problem := known.problem(resource.properties):
                raise BrokenError(f"Properties validation failed for resource {resource.name} with message:\n[{problem}]")
            yield from handler(resource.type).update(self.region, resource, before, back=back)

        yield from self._act(resource, "rollback" if back else "update", task(), done="UPDATE")

    def _replace(self, resource: Resource, definition: Mapping[str, Any]) -> Task:
        """Create a new resource beside the old one, which goes in the cleanup.

        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
        """
        kind, given = definition["Type"], definition["Properties"]
        physical = name_of(kind, self.stack, resource.name, given, len(self.stack.events))
        new = dataclasses.replace(
            resource, definition=definition, properties=given, attributes=attributes_of(kind, self.stack, physical)
        )
        self._status(
            resource,
            "UPDATE_IN_PROGRESS",
            "Requested update requires the creation of a new physical resource; hence creating one.",
        )

        def task() -> Task:
            if named_by_template(kind, given) and physical == resource.physical:
                raise BrokenError(
                    "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
                    f"Rename {resource.physical} and update the stack again."
                )
            new.physical = physical
            yield from handler(kind).create(self.region, new)
            self._old.append(resource)
            self.stack.resources[resource.name] = new

        self.stack.resources[resource.name] = new
        try:
            yield from self._act(new, "update", task(), done="UPDATE")
        except (BrokenError, GeneratorExit):
            if resource not in self._old:
                self.stack.resources[resource.name] = resource
            raise

    def _restore(self, before: Resource, *, skipped: bool) -> Task:
        """Make a resource what it was before the update."""
        now = self.stack.resources[before.name]
        if skipped:
            self._status(now, "UPDATE_COMPLETE")
            return
        old = next((each for each in self._old if each.name == before.name and each.physical == before.physical), None)
        if old:
            # The old one was not deleted yet, and takes the place of the new one.
            self._old[self._old.index(old)] = now
            self.stack.resources[before.name] = old
            self._status(old, "UPDATE_COMPLETE")
        elif now.properties != before.properties or now.status in {"UPDATE_FAILED", "UPDATE_IN_PROGRESS"}:
            yield from self._update(now, before.definition, back=True)
            now.attributes |= before.attributes

    def _mark_version(self, resource: Resource) -> None:
        if resource.type == "AWS::Lambda::Version" and "Version" in resource.attributes:
            function = self.region.functions.get(resource.physical.rpartition(":")[0].rpartition(":")[2])
            if function:
                function.taken_back.add(resource.attributes["Version"])

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
            yield from in_order(keys, users, lambda key: self._delete(*doomed[int(key)]), stop=False)
        except FailedError as failure:
            raise FailedError([doomed[int(key)][0].name for key in failure.names]) from None

    def _delete(self, resource: Resource, policy: str | None) -> Task:
        if policy in RETAINED:
            self._status(resource, "DELETE_SKIPPED")
        else:
            self._status(resource, "DELETE_IN_PROGRESS")
            yield from self._act(resource, "delete", handler(resource.type).delete(self.region, resource), done="DELETE")
        if self.stack.resources.get(resource.name) is resource:
            del self.stack.resources[resource.name]

    # The end

    def _show_outputs(self, plan: Plan) -> None:
        stack = self.stack
        scope = Scope(plan.template, stack.values(plan), self._look)
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
