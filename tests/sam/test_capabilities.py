"""The capabilities that resources need, with reasons."""

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
def test_capabilities_of_a_resource(kind: str, properties: dict[str, Any], needed: dict[str, str]) -> None:
    """Roles, named roles and nested applications need capabilities."""
    assert capabilities([("R", kind, properties)]) == needed


def test_named_roles_include_other_roles() -> None:
    """The capability for named roles includes the one for roles."""
    assert [*capabilities([("A", "AWS::IAM::Role", {}), ("B", "AWS::IAM::Role", {"RoleName": "b"})])] == ["CAPABILITY_NAMED_IAM"]
