"""Capabilities that a template needs at deployment, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

_IAM: Final = frozenset(
    ("AccessKey", "Group", "InstanceProfile", "ManagedPolicy", "Policy", "Role", "User", "UserToGroupAddition", "RolePolicy")
)
_NAMES: Final = ("GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName")
_WITH_ROLE: Final = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_NESTED: Final = ("AWS::Serverless::Application",)


def capabilities(resources: Iterable[tuple[str, str, Mapping[str, Any]]]) -> dict[str, str]:
    """Return the capabilities that resources need, each with the first reason.

    Args:
        resources: The logical id, the type and the properties of each.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    needed: dict[str, str] = {}
    for name, kind, properties in resources:
        service, _, short = kind.removeprefix("AWS::").partition("::")
        named = next((key for key in _NAMES if key in properties), None)
        if service == "IAM" and short in _IAM and named:
            needed.setdefault("CAPABILITY_NAMED_IAM", f"`{name}` has a `{named}`")
        elif service == "IAM" and short in _IAM:
            needed.setdefault("CAPABILITY_IAM", f"`{name}` is of the type `{kind}`")
        elif kind in _WITH_ROLE and "Role" not in properties:
            needed.setdefault("CAPABILITY_IAM", f"SAM makes a role for `{name}`")
        elif kind in _NESTED:
            needed.setdefault("CAPABILITY_AUTO_EXPAND", f"`{name}` nests an application")
        preference = properties.get("DeploymentPreference")
        if isinstance(preference, Mapping) and "Role" not in preference and preference.get("Enabled") is not False:
            needed.setdefault("CAPABILITY_IAM", "SAM makes a role for CodeDeploy")
    if "CAPABILITY_NAMED_IAM" in needed:
        needed.pop("CAPABILITY_IAM", None)
    return needed
