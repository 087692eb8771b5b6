"""How long policies are, as IAM counts it, and how they are split if they are too long."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.modeling.model import comment
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import report_problem
from gitlabgen.sam.bootstrapping.facts import Place, written
from gitlabgen.sam.bootstrapping.statements import Statement

if TYPE_CHECKING:
    from gitlabgen.sam.deploy_roles import DeployRoles

LONGEST_INLINE: Final = 10_240
"""The characters of all inline policies of a role, without whitespace.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

LONGEST_MANAGED: Final = 6_144
"""The characters of a managed policy, without whitespace."""

MOST_MANAGED: Final = 10
"""The managed policies of a role."""

SPLIT: Final = "split the stack: fewer types of resources need fewer permissions"
"""The hint if a policy is too long."""

# The longest values: the limits apply to the policies at deployment.
_LONGEST: Final = {"AWS::Partition": "aws-us-gov", "AWS::AccountId": "123456789012", "AWS::Region": "ap-southeast-99"}


def places(targets: Sequence[DeployRoles]) -> list[Place]:
    """Return each target with the longest values that it can have.

    Args:
        targets: The targets.
    """
    return [
        Place(
            number,
            {
                **_LONGEST,
                "Prefix": target.prefix,
                "DeployRole.Arn": f"arn:aws-us-gov:iam::{target.account}:role/{target.deploy_role}",
            },
        )
        for number, target in enumerate(targets)
    ]


def length(statements: Iterable[Statement], everywhere: Iterable[Place]) -> int:
    """Return the length of a policy as IAM counts it, where it is longest.

    Args:
        statements: The statements.
        everywhere: The targets.
    """
    bodies = [dict(statement.body) for statement in statements]
    return max(len(_text({"Version": "2012-10-17", "Statement": place.resolved(bodies)})) for place in everywhere)


def _text(document: Any) -> str:
    return "".join(json.dumps(document, separators=(",", ":"), default=str).split())


def check_length(roles: DeployRoles, what: str, size: int, longest: int) -> None:
    """Report a policy that is longer than IAM allows.

    Args:
        roles: The roles that the finding is about.
        what: What the policy is for.
        size: Its length.
        longest: The length that IAM allows.
    """
    if size > longest:
        report_problem(roles, Problem(f"needs {size} characters in policies for the {what}, but IAM allows {longest}", SPLIT))


def packed(statements: Iterable[Statement], everywhere: Sequence[Place]) -> Iterator[list[Statement]]:
    """Yield statements in parts that are short enough for a managed policy, if each statement is.

    Args:
        statements: The statements.
        everywhere: The targets.
    """
    part: list[Statement] = []
    for statement in statements:
        if part and length([*part, statement], everywhere) > LONGEST_MANAGED:
            yield part
            part = []
        part.append(statement)
    yield part


def document(statements: Iterable[Statement]) -> dict[str, Any]:
    """Return a policy as the template has it, with the reasons as comments.

    Args:
        statements: The statements.
    """
    return {"Version": "2012-10-17", "Statement": [_written(one) for one in statements]}


def _written(statement: Statement) -> Any:
    return comment({key: written(_alone(value)) for key, value in statement.body.items()}, statement.reason)


def _alone(value: Any) -> Any:
    """Return the only item of a list, which IAM reads the same."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value
