"""`missing-capability`: a deployment that does not allow what its template needs to be allowed.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.errors import Finding
from gitlabgen.linting._project import ProjectSubject
from gitlabgen.linting._subject import finding
from gitlabgen.linting._template import FUNCTION, TemplateSubject

__all__ = ["check"]

_IAM: Final = frozenset(
    ("AccessKey", "Group", "InstanceProfile", "ManagedPolicy", "Policy", "Role", "User", "UserToGroupAddition", "RolePolicy")
)
_NAMES: Final = ("GroupName", "InstanceProfileName", "ManagedPolicyName", "RoleName", "UserName")
_NESTED: Final = ("AWS::Serverless::Application",)


def check(subject: ProjectSubject) -> Iterator[Finding]:
    """Yield a finding for each deployment that lacks a capability."""
    for deployment in subject.deployments:
        command = deployment.command
        given = [word for text in command.option("--capabilities") or () for word in text.split()]
        if deployment.template is None or any("$" in word for word in given):
            continue
        if command.words[0] == "sam" and not given:  # samconfig.toml may tell
            continue
        for capability, why in _needed(deployment.template).items():
            if capability not in given and not (capability == "CAPABILITY_IAM" and "CAPABILITY_NAMED_IAM" in given):
                message = f"{command.job.name} job: Requires capabilities : [{capability}], for {why}"
                hint = f"add --capabilities {' '.join(dict.fromkeys((*given, capability)))}"
                yield finding("missing-capability", command.job, command.path, message, hint)


def _needed(template: TemplateSubject) -> dict[str, str]:
    """Return the capabilities that a template needs, each with the first reason."""
    needed: dict[str, str] = {}
    for resource in template.resources.values():
        service, _, kind = resource.type.removeprefix("AWS::").partition("::")
        named = next((name for name in _NAMES if name in resource.properties), None)
        if service == "IAM" and kind in _IAM and named:
            needed.setdefault("CAPABILITY_NAMED_IAM", f"{resource.name} has a {named}")
        elif service == "IAM" and kind in _IAM:
            needed.setdefault("CAPABILITY_IAM", f"{resource.name} is of the type {resource.type}")
        elif resource.type == FUNCTION and "Role" not in resource.properties:
            needed.setdefault("CAPABILITY_IAM", f"SAM makes a role for {resource.name}")
        elif resource.type in _NESTED:
            needed.setdefault("CAPABILITY_AUTO_EXPAND", f"{resource.name} nests an application")
    for canary in template.canaries:
        if "Role" not in canary.preference:
            needed.setdefault("CAPABILITY_IAM", "SAM makes a role for CodeDeploy")
    if "CAPABILITY_NAMED_IAM" in needed:
        needed.pop("CAPABILITY_IAM", None)
    return needed
