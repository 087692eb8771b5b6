"""The actions that CloudFormation calls for a type of resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from gitlabgen.sam.bootstrapping.actions import ACTIONS
from gitlabgen.sam.bootstrapping.generated_types import CUSTOM

# Missing in the schemas: CloudFormation calls the function of a custom resource.
_BEYOND: Final = {CUSTOM: {"lambda function": "InvokeFunction"}}
_HELPERS: Final = ("ec2", "iam", "kms")


def grouped(kind: str) -> Mapping[str, str]:
    """Return the actions of a type by the kind of resource that they are called on; empty for an unknown type.

    Args:
        kind: A type of CloudFormation.
    """
    return _BEYOND.get(kind) or ACTIONS.get(kind, {})


def actions_of(kind: str) -> list[str]:
    """Return all actions of a type, such as `sqs:CreateQueue`; empty for an unknown type.

    Args:
        kind: A type of CloudFormation.
    """
    return sorted(f"{about.partition(' ')[0]}:{name}" for about, names in grouped(kind).items() for name in names.split())


def is_known(kind: str) -> bool:
    """Return whether the actions of a type are known, even if it needs none.

    Args:
        kind: A type of CloudFormation.
    """
    return kind in ACTIONS or kind in _BEYOND


def service_of(kind: str) -> str:
    """Return the service of a type, as in its principal and its actions.

    Args:
        kind: A type of CloudFormation.
    """
    services = (about.partition(" ")[0] for about in grouped(kind))
    return next(service for service in services if service not in _HELPERS)


def listed(ids: Sequence[str]) -> str:
    """Return logical ids as text, with only the first ten if there are more.

    Args:
        ids: The logical ids.
    """
    shown = ", ".join(ids[:10])
    return f"{shown} and {len(ids) - 10} more" if len(ids) > 10 else shown
