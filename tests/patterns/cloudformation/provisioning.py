"""What happens to one resource of a stack: it becomes what a plan says, or what it was before, or goes.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError  # type: ignore[import-untyped,unused-ignore]

from tests.patterns.cloudformation.clock import Task
from tests.patterns.cloudformation.errors import BrokenError
from tests.patterns.cloudformation.intrinsics import Scope
from tests.patterns.cloudformation.resources import Plain, Region, attributes_of, handler, name_of, named_by_template
from tests.patterns.cloudformation.schemas import Schema, schema
from tests.patterns.cloudformation.stacks import Plan, Resource, Stack
from tests.patterns.cloudformation.templates import needs

DYNAMIC = re.compile(r"\{\{resolve:ssm:([\w./-]+)(?::\d+)?\}\}")
RETAINED = {"Retain", "RetainExceptOnCreate"}


class Provisioner:
    """The resources of a stack.

    Args:
        region: Where it is.
        stack: The stack.
    """

    def __init__(self, region: Region, stack: Stack) -> None:
        self.region, self.stack = region, stack

    def needs(self, plan: Plan, name: str) -> frozenset[str]:
        """Return the resources that a resource refers to."""
        return frozenset(needs(plan.template["Resources"][name]) & set(plan.template["Resources"]))

    def reach(self, plan: Plan, name: str) -> Task:
        """Make a resource what the plan says."""
        stack = self.stack
        now = stack.resources.get(name)
        try:
            definition = self._definition(plan, name)
            if now and now.type == definition["Type"]:
                self._refuse_unknown(now, definition["Properties"])
        except BrokenError as error:
            raw = plan.template["Resources"][name]
            resource = now or Resource(name, raw["Type"], "", raw, {}, {}, self.needs(plan, name))
            self._status(resource, "UPDATE_FAILED" if now else "CREATE_FAILED", str(error))
            raise
        if now is None or now.type != definition["Type"]:
            if now:
                self.stack.replaced.append(now)
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
        self.stack.resources[name].needs = self.needs(plan, name)

    def _definition(self, plan: Plan, name: str) -> dict[str, Any]:
        """Return a resource of a plan with all functions evaluated, and with the stack's tags."""
        scope = Scope(plan.template, self.stack.values(plan), self.look)
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

    def look(self, name: str, attribute: str | None) -> Any:
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
    def _refuse_unknown(resource: Resource, after: Mapping[str, Any]) -> None:
        known = schema(resource.type)
        assert known is not None
        for name in known.names("conditionalCreateOnlyProperties"):
            if resource.properties.get(name) != after.get(name):
                raise BrokenError(f"The emulator does not know whether a change of {name} replaces {resource.name}")

    @staticmethod
    def _replaces(known: Schema, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        def at(tree: Any, path: list[str]) -> Any:
            for step in path:
                tree = tree.get(step) if isinstance(tree, dict) else None
            return tree

        paths = [path.split("/")[2:] for path in known.tree.get("createOnlyProperties", ())]
        return any(at(before, path) != at(after, path) for path in paths)

    def _act(self, resource: Resource, verb: str, task: Task, *, done: str) -> Task:
        """Run what changes a resource, and record how it ends."""
        try:
            yield from self._unless_broken(resource, verb)
            try:
                yield from task
            except ClientError as error:
                raise BrokenError(f"Resource handler returned message: {error}") from None
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
        resource = Resource(name, kind, "", definition, given, attributes_of(kind, self.stack, physical), self.needs(plan, name))
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
            resource.exists = True

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
        """Create a new resource next to the old one, which goes in the cleanup.

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
            self.stack.replaced.append(resource)
            self.stack.resources[resource.name] = new

        self.stack.resources[resource.name] = new
        try:
            yield from self._act(new, "update", task(), done="UPDATE")
        except (BrokenError, GeneratorExit):
            if resource not in self.stack.replaced:
                self.stack.resources[resource.name] = resource
            raise

    def restore(self, before: Resource, *, skipped: bool) -> Task:
        """Make a resource what it was before the update."""
        now = self.stack.resources[before.name]
        if skipped:
            self._status(now, "UPDATE_COMPLETE")
            return
        old = next((each for each in self.stack.replaced if each.name == before.name and each.physical == before.physical), None)
        if old:
            # The old one was not deleted yet, and takes the place of the new one.
            self.stack.replaced[self.stack.replaced.index(old)] = now
            self.stack.resources[before.name] = old
            self._status(old, "UPDATE_COMPLETE")
        elif now.properties != before.properties or now.status in {"UPDATE_FAILED", "UPDATE_IN_PROGRESS"}:
            yield from self._update(now, before.definition, back=True)
            now.attributes |= before.attributes

    def take_back(self, resource: Resource) -> None:
        """Remember that a version comes from an update that was rolled back."""
        if resource.type == "AWS::Lambda::Version" and "Version" in resource.attributes:
            function = self.region.functions.get(resource.physical.rpartition(":")[0].rpartition(":")[2])
            if function:
                function.taken_back.add(resource.attributes["Version"])

    def delete(self, resource: Resource, policy: str | None) -> Task:
        """Delete a resource, unless a policy retains it."""
        if policy in RETAINED:
            self._status(resource, "DELETE_SKIPPED")
        else:
            self._status(resource, "DELETE_IN_PROGRESS")
            task = (
                handler(resource.type).delete(self.region, resource) if resource.exists else Plain().delete(self.region, resource)
            )
            yield from self._act(resource, "delete", task, done="DELETE")
        if self.stack.resources.get(resource.name) is resource:
            del self.stack.resources[resource.name]
