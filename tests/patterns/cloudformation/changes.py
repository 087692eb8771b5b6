"""What a change set says: which resources change, why, and whether they are replaced.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.patterns.cloudformation.intrinsics import Scope, mentions
from tests.patterns.cloudformation.schemas import Schema, schema
from tests.patterns.cloudformation.stacks import Plan, Stack

ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "Metadata", "UpdatePolicy")
SCOPES = ("Properties", "Tags", "Metadata", "UpdatePolicy", "DeletionPolicy", "UpdateReplacePolicy")


def changes(stack: Stack, after: Plan) -> list[dict[str, Any]]:
    """Return the changes that a plan makes in a stack, in the order in which the template names the resources."""
    new = after.resources(stack.values(after))
    before = stack.plan
    old = before.resources(stack.values(before)) if before else {}
    found = {name: _added(name, each) for name, each in new.items() if name not in old or old[name]["Type"] != each["Type"]}
    if before:
        common = [name for name in new if name in old and name not in found]
        modified = _modified(stack, before, after, common, dict.fromkeys(found, "True"))
        found |= modified
    removed = [_removed(stack, name, each) for name, each in old.items() if name not in new]
    return [{"Type": "Resource", "ResourceChange": each} for each in [*removed, *(found[name] for name in new if name in found)]]


def _added(name: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    return {"Action": "Add", "LogicalResourceId": name, "ResourceType": resource["Type"], "Scope": [], "Details": []}


def _removed(stack: Stack, name: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    policy = "Retain" if resource.get("DeletionPolicy") in {"Retain", "RetainExceptOnCreate"} else "Delete"
    return {
        "PolicyAction": policy,
        "Action": "Remove",
        "LogicalResourceId": name,
        "PhysicalResourceId": stack.resources[name].physical,
        "ResourceType": resource["Type"],
        "Scope": [],
        "Details": [],
    }


def _modified(stack: Stack, before: Plan, after: Plan, names: list[str], added: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the modified resources. A change reaches those that refer to a changed resource, until nothing is new."""
    replaced = dict(added)
    found: dict[str, dict[str, Any]] = {}
    while True:
        now: dict[str, dict[str, Any]] = {}
        for name in names:
            details = [*_details(stack, before, after, name, {*found, *added}, replaced)]
            if details:
                now[name] = _change(stack, name, after.template["Resources"][name], details)
        if now == found:
            return found
        found = now
        replaced = {**added, **{name: each["Replacement"] for name, each in now.items()}}


def _change(stack: Stack, name: str, resource: Mapping[str, Any], details: list[dict[str, Any]]) -> dict[str, Any]:
    scopes = {each["Target"]["Attribute"] for each in details}
    replacement = "False"
    for each in details:
        needs = each["Target"].get("RequiresRecreation", "Never")
        certain = each["Evaluation"] == "Static" or each["ChangeSource"] == "DirectModification"
        if needs == "Always" and certain:
            replacement = "True"
        elif needs != "Never" and replacement == "False":
            replacement = "Conditional"
    kept = resource.get("UpdateReplacePolicy") == "Retain"
    policy = {"PolicyAction": "ReplaceAndRetain" if kept else "ReplaceAndDelete"} if replacement == "True" else {}
    return {
        **policy,
        "Action": "Modify",
        "LogicalResourceId": name,
        "PhysicalResourceId": stack.resources[name].physical,
        "ResourceType": resource["Type"],
        "Replacement": replacement,
        "Scope": [scope for scope in SCOPES if scope in scopes],
        "Details": details,
    }


def _details(
    stack: Stack, before: Plan, after: Plan, name: str, changed: Collection[str], replaced: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    old, new = before.template["Resources"][name], after.template["Resources"][name]
    kind = schema(new["Type"])
    assert kind is not None
    then, now = Scope(before.template, stack.values(before)), Scope(after.template, stack.values(after))
    was, will = old.get("Properties", {}), new.get("Properties", {})
    for key in {**was, **will}:
        same = then.resolve(was.get(key)) == now.resolve(will.get(key))
        yield from _property(
            kind, key, was.get(key), will.get(key), same=same, before=before, after=after, changed=changed, replaced=replaced
        )
    if kind.tags and dict(before.tags) != dict(after.tags):
        yield _detail("Tags", None, "Never", "Static", "DirectModification")
    for attribute in ATTRIBUTES:
        if then.resolve(old.get(attribute)) != now.resolve(new.get(attribute)):
            yield _detail(attribute, None, None, "Static", "DirectModification")


def _property(
    kind: Schema,
    key: str,
    was: Any,
    will: Any,
    *,
    same: bool,
    before: Plan,
    after: Plan,
    changed: Collection[str],
    replaced: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    attribute = "Tags" if key == kind.tags else "Properties"
    needs = kind.recreation(key)
    if not same:
        named = [name for name, _ in mentions(will) if name in after.parameters]
        causes = [
            name
            for name in dict.fromkeys(named)
            if name not in before.parameters or before.parameters[name].effective != after.parameters[name].effective
        ]
        for cause in causes:
            yield _detail(attribute, key, needs, "Static", "ParameterReference", cause)
        direct = json.dumps(was, sort_keys=True) != json.dumps(will, sort_keys=True)
        later = (causes and not direct) or any(
            name not in after.parameters and not name.startswith("AWS::") for name, _ in mentions(will)
        )
        yield _detail(attribute, key, needs, "Dynamic" if later else "Static", "DirectModification")
    for name, part in dict.fromkeys(mentions(will)):
        if part is not None and name in changed and name not in after.parameters:
            yield _detail(attribute, key, needs, "Dynamic", "ResourceAttribute", f"{name}.{part}")
        elif part is None and replaced.get(name, "False") != "False":
            yield _detail(attribute, key, needs, "Dynamic", "ResourceReference", name)


def _detail(
    attribute: str, key: str | None, needs: str | None, evaluation: str, source: str, cause: str | None = None
) -> dict[str, Any]:
    target = {"Attribute": attribute}
    if key and attribute == "Properties":
        target["Name"] = key
    if needs:
        target["RequiresRecreation"] = needs
    detail = {"Target": target, "Evaluation": evaluation, "ChangeSource": source}
    return {**detail, "CausingEntity": cause} if cause else detail
