"""An account after a bootstrap template was deployed to it: its roles with their policies, resolved."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from gitlabgen import sam
from gitlabgen.analysis.template_values import plain
from gitlabgen.codec.templates import tree_of
from tests.permissions.evaluation import Request, is_allowed


class Account(NamedTuple):
    """The policies of a target's roles.

    Args:
        prefix: The prefix of the target.
        number: The account's id.
        policies: The documents by `deploy` and `execution`.
        boundary: The document of the permissions boundary.
        trust: Who may assume the roles, by the name of the role.
    """

    prefix: str
    number: str
    policies: Mapping[str, list[dict[str, Any]]]
    boundary: dict[str, Any]
    trust: Mapping[str, dict[str, Any]]

    def may(self, role: str, action: str, resource: str = "*", **context: Any) -> bool:
        """Return whether a role may do something.

        Args:
            role: `deploy` or `execution`.
            action: The action.
            resource: The ARN; `{account}` and `{prefix}` are replaced.
            context: The condition keys, with `__` for the colon.
        """
        return is_allowed(self.policies[role], self.request(action, resource, **context))

    def request(self, action: str, resource: str = "*", **context: Any) -> Request:
        """Return a request in this account, in the first region unless the context says otherwise."""
        keys = {key.replace("__", ":", 1): self.filled(value) for key, value in context.items()}
        return Request(action, self.filled(resource), {"aws:RequestedRegion": "eu-central-1", **keys})

    def filled(self, text: Any) -> Any:
        """Return a text with the account and the prefix."""
        return text.replace("{account}", self.number).replace("{prefix}", self.prefix) if isinstance(text, str) else text


def deployed(template: sam.Template, prefix: str, number: str, region: str = "eu-central-1") -> Account:
    """Return an account after the bootstrap template was deployed for a target.

    Args:
        template: The bootstrap template.
        prefix: The parameter.
        number: The account's id.
        region: The region.
    """
    tree = plain(tree_of(template))
    known = {"Prefix": prefix, "AWS::Partition": "aws", "AWS::AccountId": number, "AWS::Region": region}
    role = tree["Mappings"]["DeployRoles"][prefix][number]
    resources = _resolved(tree["Resources"], tree["Mappings"], {**known, "DeployRole.Arn": f"arn:aws:iam::{number}:role/{role}"})
    policies = {name: _documents(resources, f"{name.title()}Role") for name in ("deploy", "execution")}
    trust = {
        block["Properties"]["RoleName"]: block["Properties"]["AssumeRolePolicyDocument"]
        for block in resources.values()
        if block["Type"] == "AWS::IAM::Role"
    }
    return Account(prefix, number, policies, resources["Boundary"]["Properties"]["PolicyDocument"], trust)


def _documents(resources: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    properties = resources[name]["Properties"]
    managed = [resources[one["Ref"]]["Properties"]["PolicyDocument"] for one in properties.get("ManagedPolicyArns", ())]
    return [*managed, *(policy["PolicyDocument"] for policy in properties.get("Policies", ()))]


def _resolved(value: Any, mappings: Mapping[str, Any], known: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_resolved(item, mappings, known) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (function, argument), *_ = value.items()
        if function == "Ref":
            return known.get(argument, value)
        if function == "Fn::FindInMap":
            name, first, second = _resolved(argument, mappings, known)
            return mappings[name][first][second]
        if function == "Fn::Sub":
            text, own = argument if isinstance(argument, list) else (argument, {})
            names = {**known, **_resolved(own, mappings, known)}
            return re.sub(r"\$\{([^}]+)\}", lambda found: str(names.get(found[1], found[0])), text)
    return {key: _resolved(inner, mappings, known) for key, inner in value.items()}
