"""`unpublished-change` agrees with the versions that SAM's translator generates."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any, Final

import pytest

from gitlabgen import lint
from gitlabgen.sam import loads
from gitlabgen.verification import REGION
from gitlabgen.verification.translation import translated
from gitlabgen.yamltext import dumps

pytestmark = pytest.mark.skipif(
    find_spec("samtranslator") is None and not os.environ.get("CI"), reason="the extra verify is missing"
)

REGISTRY: Final = "111111111111.dkr.ecr.eu-central-1.amazonaws.com"
SWITCH: Final = {"AutoPublishAliasAllProperties": True}
VALUES: Final[dict[str, tuple[Any, Any]]] = {
    "Architectures": (["x86_64"], ["arm64"]),
    "CodeUri": ("s3://code/1", "s3://code/2"),
    "Description": ("a", "b"),
    "Environment": ({"Variables": {"A": "1"}}, {"Variables": {"A": "2"}}),
    "EphemeralStorage": ({"Size": 512}, {"Size": 1024}),
    "Handler": ("a.a", "a.b"),
    "Layers": (["arn:aws:lambda:eu-central-1:111111111111:layer:a:1"], ["arn:aws:lambda:eu-central-1:111111111111:layer:a:2"]),
    "MemorySize": (128, 256),
    "ReservedConcurrentExecutions": (1, 2),
    "Runtime": ("python3.13", "python3.14"),
    "SnapStart": ({"ApplyOn": "None"}, {"ApplyOn": "PublishedVersions"}),
    "Timeout": (3, 30),
    "Tracing": ("Active", "PassThrough"),
    "VpcConfig": ({"SubnetIds": ["a"], "SecurityGroupIds": ["a"]}, {"SubnetIds": ["b"], "SecurityGroupIds": ["a"]}),
}
"""An old and a new value for properties of a function."""

PUBLISHED: Final = {"CodeUri", "Environment", "MemorySize", "SnapStart"}
"""The properties that publish a version without the switch."""

BY_PARAMETER: Final[dict[str, tuple[Any, str, str]]] = {
    "CodeUri": ({"Bucket": "code", "Key": {"Ref": "P"}}, "1", "2"),
    "Environment": ({"Variables": {"A": {"Ref": "P"}}}, "1", "2"),
    "Handler": ({"Ref": "P"}, "a.a", "a.b"),
    "ImageUri": ({"Ref": "P"}, f"{REGISTRY}/a:1", f"{REGISTRY}/a:2"),
    "InlineCode": ({"Ref": "P"}, "a", "b"),
    "Layers": ([{"Ref": "P"}], "arn:aws:lambda:eu-central-1:111111111111:layer:a:1", "arn:aws:lambda:eu-central-1:1:layer:a:2"),
    "MemorySize": ({"Ref": "P"}, "128", "256"),
    "Runtime": ({"Ref": "P"}, "python3.13", "python3.14"),
    "Timeout": ({"Ref": "P"}, "3", "30"),
}
"""Properties with a parameter, and an old and a new value of the parameter."""


def template(properties: dict[str, Any], parameter: str = "1") -> dict[str, Any]:
    """Return a template with one function.

    Args:
        properties: Properties of the function.
        parameter: The value of the parameter `P`.
    """
    base = {"PackageType": "Image"} if "ImageUri" in properties else {"Handler": "a.a", "Runtime": "python3.13"}
    code = {} if {"InlineCode", "ImageUri"} & properties.keys() else {"CodeUri": "s3://code/1"}
    shift = {"AutoPublishAlias": "live", "DeploymentPreference": {"Type": "AllAtOnce"}}
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Parameters": {"P": {"Type": "String", "Default": parameter}},
        "Resources": {"F": {"Type": "AWS::Serverless::Function", "Properties": {**base, **code, **shift, **properties}}},
    }


def version(tree: dict[str, Any]) -> str:
    """Return the logical id of the version that SAM generates; a new id is a new version."""
    problems, made = translated(tree, REGION)
    assert problems == []
    assert made is not None
    (name,) = (name for name, resource in made["Resources"].items() if resource["Type"] == "AWS::Lambda::Version")
    return str(name)


def messages(tree: dict[str, Any]) -> list[str]:
    """Return the messages of the rule."""
    return [finding.message for finding in lint(loads(dumps(tree))) if finding.rule == "unpublished-change"]


@pytest.mark.parametrize("name", VALUES)
def test_changes_that_publish(name: str) -> None:
    """Without the switch only some changes publish a version, and the message names only others; with it all do."""
    old, new = (template({name: value}) for value in VALUES[name])
    assert (version(old) != version(new)) == (name in PUBLISHED)
    (message,) = messages(old)
    assert f"`{name}`" not in message or name not in PUBLISHED
    old, new = (template({name: value, **SWITCH}) for value in VALUES[name])
    assert version(old) != version(new)
    assert messages(old) == messages(new) == []


@pytest.mark.parametrize("switch", [{}, SWITCH], ids=["some", "all"])
@pytest.mark.parametrize("name", BY_PARAMETER)
def test_changes_of_a_parameter(name: str, switch: dict[str, Any]) -> None:
    """A new value of a parameter is reported exactly if SAM generates the same version for it."""
    value, before, after = BY_PARAMETER[name]
    old, new = (template({name: value, **switch}, parameter) for parameter in (before, after))
    found = [message for message in messages(old) if "parameter" in message]
    assert (version(old) == version(new)) == bool(found)
    assert len(found) <= 1


def test_a_given_digest_decides_alone() -> None:
    """With `AutoPublishCodeSha256` the digest decides, and the rule reports nothing."""
    trees = [template({"AutoPublishCodeSha256": digest * 64, "MemorySize": {"Ref": "P"}}) for digest in "ab"]
    assert version(trees[0]) != version(trees[1])
    assert messages(trees[0]) == []
