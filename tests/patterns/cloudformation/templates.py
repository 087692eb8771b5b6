"""Templates: their text, the SAM macro, the capabilities that they ask for, and their mistakes."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Collection, Mapping
from types import SimpleNamespace
from typing import Any

import yaml

from tests.patterns.cloudformation.errors import NotEmulatedError, RefusedError
from tests.patterns.cloudformation.intrinsics import mentions
from tests.patterns.cloudformation.schemas import schema

SAM = "AWS::Serverless-2016-10-31"
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
BODY_LIMIT, URL_LIMIT = 51_200, 1_048_576
SECTIONS = {
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
}
# Types and attributes whose behaviour the emulator does not have.
FOREIGN = {"AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Macro", "AWS::CloudFormation::Stack"}
FOREIGN |= {"AWS::CloudFormation::WaitCondition", "AWS::StepFunctions::StateMachineAlias", "AWS::AutoScaling::AutoScalingGroup"}
ATTRIBUTES = {"Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "Metadata", "UpdatePolicy", "UpdateReplacePolicy"}
PSEUDO = ("AccountId", "NotificationARNs", "NoValue", "Partition", "Region", "StackId", "StackName", "URLSuffix")
# Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html
ROLES = {
    "AWS::IAM::AccessKey",
    "AWS::IAM::Group",
    "AWS::IAM::InstanceProfile",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
}
ROLES |= {"AWS::IAM::UserToGroupAddition", "AWS::IAM::ManagedPolicy"}
NAMES = {"GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName"}


class _Loader(yaml.SafeLoader):
    """A loader that knows CloudFormation's short forms."""


def _short_form(loader: Any, suffix: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)
# A date is a text in CloudFormation.
_Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


def read(text: str) -> dict[str, Any]:
    """Return the template in a text, JSON or YAML."""
    try:
        tree = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Loader)
    except (ValueError, yaml.YAMLError) as error:
        raise RefusedError(f"Template format error: YAML not well-formed. ({error})") from None
    if not isinstance(tree, dict):
        raise RefusedError("Template format error: unsupported structure.")
    return tree


def processed(template: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a template as CloudFormation deploys it, with the SAM macro run.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/transform-aws-serverless.html
    """
    macros = macros_of(template)
    if set(macros) - {SAM}:
        raise NotEmulatedError(f"the macros {macros}")
    tree = copy.deepcopy(dict(template))
    if macros:
        tree = _translated(tree, values)
    check(tree)
    return tree


def macros_of(template: Mapping[str, Any]) -> list[str]:
    """Return the names of the macros of a template."""
    given = template.get("Transform", [])
    return [given] if isinstance(given, str) else list(given)


def _translated(template: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    from samtranslator.model.exceptions import InvalidDocumentException  # type: ignore[import-untyped,unused-ignore]
    from samtranslator.parser.parser import Parser  # type: ignore[import-untyped,unused-ignore]
    from samtranslator.translator.translator import Translator  # type: ignore[import-untyped,unused-ignore]

    logging.disable(logging.CRITICAL)
    try:
        translator = Translator({}, Parser(), boto_session=SimpleNamespace(region_name=values["AWS::Region"]))
        made: dict[str, Any] = translator.translate(template, {key: each for key, each in values.items() if each is not None})
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes)
        raise RefusedError(f"Transform {SAM} failed with: {error.message} {causes}") from None
    finally:
        logging.disable(logging.NOTSET)
    made.pop("Transform", None)
    return made


def check(template: Mapping[str, Any]) -> None:
    """Refuse a template that CloudFormation refuses at once."""
    if unknown := sorted(set(template) - SECTIONS - {"Transform"}):
        raise RefusedError(f"Invalid template property or properties [{', '.join(unknown)}]")
    resources = template.get("Resources")
    if not resources:
        raise RefusedError("Template format error: At least one Resources member must be defined.")
    for name, resource in resources.items():
        if not isinstance(resource, dict):
            raise RefusedError("Template format error: Any Resources member must be an object.")
        if "Type" not in resource:
            raise RefusedError(f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member.")
        policies = set(resource.get("UpdatePolicy", {})) - {"CodeDeployLambdaAliasUpdate"}
        if resource["Type"] in FOREIGN or resource["Type"].startswith("Custom::") or "CreationPolicy" in resource or policies:
            raise NotEmulatedError(f"what the resource {name} of the type {resource['Type']} does")
        if wrong := sorted(set(resource) - ATTRIBUTES):
            raise RefusedError(f"Invalid template resource property '{wrong[0]}'")
    if foreign := sorted({each["Type"] for each in resources.values() if schema(each["Type"]) is None}):
        raise RefusedError(f"Template format error: Unrecognized resource types: [{', '.join(foreign)}]")
    names = set(resources) | set(template.get("Parameters", {})) | {f"AWS::{name}" for name in PSEUDO}
    for block in ("Resources", "Outputs"):
        for name, attribute in mentions(template.get(block, {})):
            if name not in names:
                raise RefusedError(
                    f"Template format error: Unresolved resource dependencies [{name}] in the {block} block of the template"
                )
            if attribute and not schema(resources[name]["Type"]).attribute(attribute):  # type: ignore[union-attr]
                raise RefusedError(f"Template error: resource {name} does not support attribute type {attribute} in Fn::GetAtt")
    _check_circles(resources)
    for name, output in template.get("Outputs", {}).items():
        if not isinstance(output, dict) or output.get("Value") is None:
            raise RefusedError(f"[/Outputs/{name}/Value] 'null' values are not allowed in templates")


def needs(definition: Mapping[str, Any]) -> set[str]:
    """Return the names that a resource refers to, parameters included."""
    given = definition.get("DependsOn", [])
    named = {given} if isinstance(given, str) else set(given)
    return named | {name for part in ("Properties", "UpdatePolicy") for name, _ in mentions(definition.get(part, {}))}


def _check_circles(resources: Mapping[str, Any]) -> None:
    waiting = {name: needs(each) & set(resources) for name, each in resources.items()}
    while ready := [name for name, needed in waiting.items() if not needed & set(waiting)]:
        for name in ready:
            del waiting[name]
    if waiting:
        raise RefusedError(f"Circular dependency between resources: [{', '.join(waiting)}]")


def demand_capabilities(template: Mapping[str, Any], given: Collection[str]) -> None:
    """Refuse a template if capabilities that it needs are not given.

    A change set needs no `CAPABILITY_AUTO_EXPAND`: its macros have run before somebody reviews it.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
    """
    roles = [each for each in template["Resources"].values() if each["Type"] in ROLES]
    named = any(NAMES & set(each.get("Properties", {})) for each in roles)
    needed = []
    if named and "CAPABILITY_NAMED_IAM" not in given:
        needed.append("CAPABILITY_NAMED_IAM")
    elif roles and not {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"} & set(given):
        needed.append("CAPABILITY_IAM")
    if needed:
        raise RefusedError(f"Requires capabilities : [{', '.join(needed)}]", "InsufficientCapabilitiesException")


def direct_update_needs_expansion(original: Mapping[str, Any], given: Collection[str]) -> None:
    """Refuse a template with macros that is deployed without a change set, unless that is allowed."""
    if macros_of(original) and "CAPABILITY_AUTO_EXPAND" not in given:
        raise RefusedError("Requires capabilities : [CAPABILITY_AUTO_EXPAND]", "InsufficientCapabilitiesException")
