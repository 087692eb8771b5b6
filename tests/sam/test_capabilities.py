"""Which capabilities resources need, and why."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen.sam.capabilities import capabilities


@pytest.mark.parametrize(
    ("kind", "properties", "needed"),
    [
        ("AWS::SQS::Queue", {}, {}),
        ("AWS::IAM::Role", {}, {"CAPABILITY_IAM": "`R` is of the type `AWS::IAM::Role`"}),
        ("AWS::IAM::Role", {"RoleName": "x"}, {"CAPABILITY_NAMED_IAM": "`R` has a `RoleName`"}),
        ("AWS::IAM::OIDCProvider", {}, {}),
        ("AWS::Serverless::Function", {}, {"CAPABILITY_IAM": "SAM makes a role for `R`"}),
        ("AWS::Serverless::Function", {"Role": "r"}, {}),
        ("AWS::Serverless::StateMachine", {}, {"CAPABILITY_IAM": "SAM makes a role for `R`"}),
        (
            "AWS::Serverless::Function",
            {"Role": "r", "DeploymentPreference": {"Type": "AllAtOnce"}},
            {"CAPABILITY_IAM": "SAM makes a role for CodeDeploy"},
        ),
        ("AWS::Serverless::Function", {"Role": "r", "DeploymentPreference": {"Enabled": False}}, {}),
        ("AWS::Serverless::Function", {"Role": "r", "DeploymentPreference": {"Role": "c"}}, {}),
        ("AWS::Serverless::Application", {}, {"CAPABILITY_AUTO_EXPAND": "`R` nests an application"}),
    ],
)
def test_a_resource_needs_what_it_makes(kind: str, properties: dict[str, Any], needed: dict[str, str]) -> None:
    """Roles need to be allowed, named ones more so, and nested applications too."""
    assert capabilities([("R", kind, properties)]) == needed


def test_named_roles_allow_the_others_too() -> None:
    """One capability stands for both."""
    assert [*capabilities([("A", "AWS::IAM::Role", {}), ("B", "AWS::IAM::Role", {"RoleName": "b"})])] == ["CAPABILITY_NAMED_IAM"]
