"""The stamp of a function: a new version exactly if what a version holds has changed, as SAM's translator sees it."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import gitlabgen_runtime as runtime
import pytest
from samtranslator.parser.parser import Parser  # type: ignore[import-untyped,unused-ignore]
from samtranslator.translator.translator import Translator  # type: ignore[import-untyped,unused-ignore]

Tree = dict[str, Any]
VALUES = {"Level": "info", "Other": "1"}


def base() -> Tree:
    """Return a packaged template with a function that has an alias, and a layer."""
    own = {
        "CodeUri": "s3://bucket/code1",
        "Handler": "a.h",
        "Runtime": "python3.12",
        "Timeout": 3,
        "MemorySize": 128,
        "AutoPublishAlias": "live",
        "Environment": {"Variables": {"LEVEL": {"Ref": "Level"}, "X": "1"}},
        "Layers": [{"Ref": "L"}],
        "Policies": ["AWSLambdaBasicExecutionRole"],
    }
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"Level": {"Type": "String"}, "Other": {"Type": "String", "Default": "1"}},
        "Mappings": {"Sizes": {"big": {"mb": 512}}},
        "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Other"}, "prod"]}},
        "Resources": {
            "L": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "s3://bucket/layer1"}},
            "Store": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "one"}},
            "F": {"Type": "AWS::Serverless::Function", "Properties": own},
        },
    }


def stamp(template: Tree, values: dict[str, str] | None = None, **more: Any) -> dict[str, str]:
    """Stamp a template."""
    given: Tree = {"running": {}, "failed": set(), "replaced": set(), **more}
    return runtime.stamp(template, {**VALUES, **(values or {})}, **given)


def versions(template: Tree, values: dict[str, str]) -> list[str]:
    """Return the logical ids of the versions that SAM makes."""
    logging.disable(logging.CRITICAL)
    translator = Translator({}, Parser(), boto_session=SimpleNamespace(region_name="eu-central-1"))
    made = translator.translate(copy.deepcopy(template), {"AWS::Region": "eu-central-1", **VALUES, **values})
    logging.disable(logging.NOTSET)
    return sorted(name for name, each in made["Resources"].items() if each["Type"] == "AWS::Lambda::Version")


def put(key: str, value: Any) -> Callable[[Tree], object]:
    """Return what sets a property of the function."""
    return lambda tree: tree["Resources"]["F"]["Properties"].__setitem__(key, value)


# The kinds of changes, the values of parameters afterwards, and whether there is a new version.
CHANGES: dict[str, tuple[Callable[[Tree], object], dict[str, str], bool]] = {
    "code": (put("CodeUri", "s3://bucket/code2"), {}, True),
    "Timeout": (put("Timeout", 10), {}, True),
    "Runtime": (put("Runtime", "python3.13"), {}, True),
    "Handler": (put("Handler", "b.h"), {}, True),
    "MemorySize": (put("MemorySize", 256), {}, True),
    "a literal in Environment": (put("Environment", {"Variables": {"LEVEL": {"Ref": "Level"}, "X": "2"}}), {}, True),
    "a parameter in Environment": (lambda _: None, {"Level": "debug"}, True),
    "content of a layer of the template": (
        lambda tree: tree["Resources"]["L"]["Properties"].update(ContentUri="s3://bucket/layer2"),
        {},
        True,
    ),
    "ARN of a layer": (put("Layers", ["arn:aws:lambda:eu-central-1:123456789012:layer:x:2"]), {}, True),
    "Globals": (lambda tree: tree.update(Globals={"Function": {"Tracing": "Active"}}), {}, True),
    "VpcConfig": (put("VpcConfig", {"SubnetIds": ["s"], "SecurityGroupIds": ["g"]}), {}, True),
    "Architectures": (put("Architectures", ["arm64"]), {}, True),
    "EphemeralStorage": (put("EphemeralStorage", {"Size": 1024}), {}, True),
    "Tags": (put("Tags", {"team": "b"}), {}, False),
    "ReservedConcurrentExecutions": (put("ReservedConcurrentExecutions", 5), {}, False),
    "Policies": (put("Policies", []), {}, False),
    "a parameter that the function does not reach": (lambda _: None, {"Other": "2"}, False),
    "Tags in Globals": (lambda tree: tree.update(Globals={"Function": {"Tags": {"team": "b"}}}), {}, False),
    "Role": (put("Role", "arn:aws:iam::123456789012:role/x"), {}, True),
    "VersionDescription": (put("VersionDescription", "new"), {}, True),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_gives_a_version_if_a_version_holds_it(kind: str) -> None:
    """SAM names the version after the stamp, and appends it to the description, so that Lambda sees a change."""
    change, values, is_new = CHANGES[kind]
    before, after = base(), base()
    change(after)
    old = stamp(before)
    stamp(after, values, running=old)
    assert (versions(before, {}) != versions(after, values)) is is_new


def test_sam_names_the_version_after_the_stamp() -> None:
    """The runtime recognizes the versions of failed updates by this name."""
    tree = base()
    digest = stamp(tree)["F"]
    assert versions(tree, {}) == [f"FVersion{digest[:10]}"]
    assert tree["Resources"]["F"]["Properties"]["AutoPublishCodeSha256"] == digest


def test_the_same_content_after_a_failed_update_gets_another_stamp() -> None:
    """And keeps that one once it runs."""
    first = stamp(base())["F"]
    second = stamp(base(), failed={f"FVersion{first[:10]}"})["F"]
    assert second != first
    assert stamp(base(), running={"F": second}) == {"F": second}
    third = stamp(base(), failed={f"FVersion{each[:10]}" for each in (first, second)})["F"]
    assert third not in {first, second}


def test_a_function_without_an_alias_gets_no_stamp() -> None:
    """It has no versions; an alias in Globals counts."""
    tree = base()
    del tree["Resources"]["F"]["Properties"]["AutoPublishAlias"]
    assert stamp(tree) == {}
    tree["Globals"] = {"Function": {"AutoPublishAlias": "live"}}
    assert set(stamp(tree)) == {"F"}


def reach(value: Any) -> Callable[[Tree], object]:
    """Return what puts a value into the function's environment."""
    return lambda tree: tree["Resources"]["F"]["Properties"]["Environment"]["Variables"].update(X=value)


# Two changes that are both made before; the second one of the two is made again, differently, afterwards.
REACHED: dict[str, tuple[Any, Callable[[Tree], object]]] = {
    "a parameter in Fn::Sub": ({"Fn::Sub": "a-${Other}-${!Literal}"}, lambda _: "Other"),
    "a parameter in the list form of Fn::Sub": ({"Fn::Sub": ["a-${Name}", {"Name": {"Ref": "Other"}}]}, lambda _: "Other"),
    "a parameter in a condition of Fn::If": ({"Fn::If": ["IsProd", "a", "b"]}, lambda _: "Other"),
    "the condition of Fn::If": (
        {"Fn::If": ["IsProd", "a", "b"]},
        lambda tree: tree["Conditions"].update(IsProd={"Fn::Equals": [{"Ref": "Other"}, "live"]}),
    ),
    "a mapping": ({"Fn::FindInMap": ["Sizes", "big", "mb"]}, lambda tree: tree["Mappings"]["Sizes"]["big"].update(mb=1024)),
    "a mapping whose name is computed": (
        {"Fn::FindInMap": [{"Ref": "Level"}, "big", "mb", {"DefaultValue": "1"}]},
        lambda tree: tree["Mappings"]["Sizes"]["big"].update(mb=1024),
    ),
    "a property by Fn::GetAtt": (
        {"Fn::GetAtt": ["Store", "Value"]},
        lambda tree: tree["Resources"]["Store"]["Properties"].update(Value="two"),
    ),
    "a property by Fn::GetAtt as text": (
        {"Fn::GetAtt": "Store.Value"},
        lambda tree: tree["Resources"]["Store"]["Properties"].update(Value="two"),
    ),
    "a parameter in a property by Fn::GetAtt": (
        {"Fn::GetAtt": ["Sub", "Value"]},
        lambda _: "Other",
    ),
    "an output of a nested stack": (
        {"Fn::GetAtt": ["Nested", "Outputs.Name"]},
        lambda tree: tree["Resources"]["Nested"]["Properties"].update(TemplateURL="https://bucket/two"),
    ),
    "a custom resource": (
        {"Fn::GetAtt": ["Made", "Name"]},
        lambda tree: tree["Resources"]["Made"]["Properties"].update(Input="two"),
    ),
    "the version of another function": (
        {"Ref": "G.Version"},
        lambda tree: tree["Resources"]["G"]["Properties"].update(CodeUri="s3://bucket/other2"),
    ),
    "a function of LanguageExtensions": ({"Fn::Length": {"Fn::Split": [",", {"Ref": "Other"}]}}, lambda _: "Other"),
    "JSON of LanguageExtensions": ({"Fn::ToJsonString": {"a": {"Ref": "Other"}}}, lambda _: "Other"),
    "a condition that a loop makes": (
        {"Fn::If": ["IsOther", "a", "b"]},
        lambda tree: tree["Conditions"].update(
            {"Fn::ForEach::Each": ["N", ["Other"], {"Is${N}": {"Fn::Equals": [{"Ref": "N"}, "z"]}}]}
        ),
    ),
}


@pytest.mark.parametrize("kind", REACHED)
def test_a_change_of_what_a_function_refers_to_gives_a_version(kind: str) -> None:
    """Also through conditions, mappings and other resources."""
    value, change = REACHED[kind]
    trees = [base(), base()]
    for tree in trees:
        tree["Resources"] |= {
            "Sub": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Other"}}},
            "Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://bucket/one"}},
            "Made": {"Type": "Custom::Thing", "Properties": {"Input": "one"}},
            "G": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"CodeUri": "s3://bucket/other1", "Tags": {"a": "b"}, "AutoPublishAlias": "live"},
            },
        }
        reach(value)(tree)
    old = stamp(trees[0])
    assert stamp(copy.deepcopy(trees[1]), running=old) == old
    values = {"Other": "2"} if change(trees[1]) == "Other" else {}
    assert stamp(trees[1], values, running=old)["F"] != old["F"]


def test_what_a_reference_does_not_return_gives_no_version() -> None:
    """The ARN of a role does not change with its policies; the tags of another function are not in its version."""
    trees = [base(), base()]
    for tree, policy in zip(trees, ("one", "two"), strict=True):
        tree["Resources"]["Role"] = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [policy]}}
        tree["Resources"]["Fn::Transform"] = {"Name": "AWS::Include"}
        reach({"Fn::GetAtt": ["Role", "Arn"]})(tree)
    assert stamp(trees[0]) == stamp(trees[1])


def test_functions_of_a_loop_have_a_stamp() -> None:
    """The body of the loop and what it loops over count."""

    def loop(timeout: int, names: Any) -> Tree:
        tree = base()
        body = {
            **tree["Resources"].pop("F"),
            "Properties": {"AutoPublishAlias": "live", "CodeUri": "s3://b/${Name}", "Timeout": timeout},
        }
        tree["Resources"]["Fn::ForEach::Functions"] = ["Name", names, {"F${Name}": body}]
        return tree

    old = stamp(loop(3, ["A", "B"]))
    assert set(old) == {"Fn::ForEach::Functions/F${Name}"}
    assert stamp(loop(3, ["A", "B"]), running=old) == old
    assert stamp(loop(4, ["A", "B"]), running=old) != old
    assert stamp(loop(3, ["A", "B", "C"]), running=old) != old
    assert stamp(loop(3, {"Ref": "Other"}), {"Other": "A"}) != stamp(loop(3, {"Ref": "Other"}), {"Other": "A,B"})


def test_a_replaced_resource_gives_its_functions_a_version() -> None:
    """Only those that refer to it."""
    tree = base()
    tree["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue"}
    tree["Resources"]["G"] = {"Type": "AWS::Serverless::Function", "Properties": {"AutoPublishAlias": "live"}}
    reach({"Ref": "Queue"})(tree)
    old = stamp(copy.deepcopy(tree))
    new = stamp(tree, running=old, replaced={"Queue"})
    assert new["F"] != old["F"]
    assert new["G"] == old["G"]


UNPINNED = [
    "{{resolve:ssm:/db/host}}",
    "{{resolve:ssm-secure:/db/password}}",
    "{{resolve:secretsmanager:db}}",
    "{{resolve:secretsmanager:db:SecretString:password}}",
    "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-x:SecretString:password:AWSCURRENT}}",
    {"Fn::Sub": "{{resolve:ssm:/${Level}/host}}"},
]
PINNED = [
    "{{resolve:ssm:/db/host:3}}",
    "{{resolve:ssm:arn:aws:ssm:eu-central-1:123456789012:parameter/db:12}}",
    "{{resolve:secretsmanager:db:SecretString:password::EXAMPLE1-90ab-cdef}}",
    {"Fn::Sub": "{{resolve:ssm:/db/host:${Level}}}"},
]


@pytest.mark.parametrize("value", UNPINNED)
def test_a_reference_without_a_version_is_refused(value: Any) -> None:
    """Also in a parameter's value: its new value would reach the function with no new version."""
    tree = base()
    reach(value)(tree)
    with pytest.raises(runtime.Stop, match=r"F: .*names no version") as caught:
        stamp(tree)
    assert caught.value.code == 2
    if isinstance(value, str):
        with pytest.raises(runtime.Stop, match="names no version"):
            stamp(base(), {"Level": value})


@pytest.mark.parametrize("value", PINNED)
def test_a_reference_with_a_version_is_fine(value: Any) -> None:
    """A new version of the value is a change of the text."""
    tree = base()
    reach(value)(tree)
    stamp(tree)


def test_a_long_description_is_refused() -> None:
    """SAM appends 65 characters, and Lambda takes 256; a parameter's value counts, and what is computed is unknown."""
    right, wrong = base(), base()
    put("Description", "x" * 191)(right)
    stamp(right)
    put("Description", "x" * 192)(wrong)
    with pytest.raises(runtime.Stop, match="Description: 192 characters; with SAM's hash Lambda takes 191"):
        stamp(wrong)
    put("Description", {"Ref": "Level"})(right)
    with pytest.raises(runtime.Stop, match="Description: 300 characters"):
        stamp(right, {"Level": "x" * 300})
    put("Description", {"Fn::Join": ["", ["x" * 300]]})(right)
    stamp(right)


def test_traffic_moves_at_once() -> None:
    """Alarms, hooks and the configuration go; the role and whether there is a deployment stay."""
    tree = base()
    tree["Globals"] = {"Function": {"DeploymentPreference": {"Type": "Canary10Percent5Minutes", "Alarms": ["a"], "Role": "r"}}}
    put("DeploymentPreference", {"Hooks": {"PreTraffic": "x"}, "Enabled": True, "Alarms": {"Fn::If": ["IsProd", [], []]}})(tree)
    before = stamp(copy.deepcopy(tree))
    runtime.move_at_once(tree)
    assert tree["Globals"]["Function"]["DeploymentPreference"] == {"Type": "AllAtOnce", "Role": "r"}
    assert tree["Resources"]["F"]["Properties"]["DeploymentPreference"] == {"Type": "AllAtOnce", "Enabled": True}
    assert stamp(tree) == before


def test_the_stamp_does_not_depend_on_the_order_of_keys() -> None:
    """The same content in another order."""
    tree = base()
    turned = json.loads(json.dumps(tree), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert stamp(tree) == stamp(turned)
