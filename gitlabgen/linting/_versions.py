"""Which GitLab version brought which keyword: the first in which it works without a switch.

Keys are the keyword that holds another, as in `image:pull_policy`; what a job itself holds has an empty one.

Source: https://docs.gitlab.com/ci/yaml/ and https://docs.gitlab.com/ci/jobs/job_rules/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

__all__ = ["CONDITION_VERSIONS", "REFERENCE", "VALUE_VERSIONS", "VERSIONS", "Version"]

Version = tuple[int, int]

REFERENCE: Final[Version] = (13, 9)

VERSIONS: Final[Mapping[str, Version]] = {
    "artifacts:access": (16, 11),
    "artifacts:public": (16, 7),
    "cache:unprotect": (15, 8),
    "default:hooks": (15, 10),
    "default:id_tokens": (16, 4),
    "hooks": (15, 10),
    "id_tokens": (15, 7),
    "image:docker": (16, 7),
    "image:kubernetes": (18, 0),
    "image:pull_policy": (15, 2),
    "include:inputs": (15, 11),
    "include:integrity": (17, 9),
    "inherit": (12, 9),
    "manual_confirmation": (17, 1),
    "needs": (12, 2),
    "needs:optional": (13, 10),
    "needs:parallel": (16, 3),
    "resource_group": (12, 7),
    "retry:exit_codes": (16, 11),
    "rules": (12, 3),
    "rules:changes:compare_to": (15, 3),
    "rules:changes:paths": (15, 2),
    "rules:exists:paths": (17, 0),
    "rules:exists:project": (17, 0),
    "rules:exists:ref": (17, 0),
    "rules:rule:auto_cancel": (16, 10),
    "rules:rule:interruptible": (16, 10),
    "rules:rule:needs": (16, 2),
    "run": (17, 3),
    "secrets:token": (15, 8),
    "services:docker": (16, 7),
    "services:kubernetes": (18, 0),
    "services:pull_policy": (15, 2),
    "spec": (15, 11),
    "spec:component": (18, 6),
    "spec:inputs:description": (16, 5),
    "spec:inputs:options": (16, 6),
    "spec:inputs:regex": (16, 5),
    "trigger job:environment": (16, 4),
    "trigger job:interruptible": (16, 8),
    "trigger:forward": (15, 1),
    "trigger:inputs": (17, 11),
    "variables:expand": (15, 7),
    "variables:options": (15, 7),
    "workflow:auto_cancel": (16, 10),
    "workflow:auto_cancel:on_job_failure": (16, 11),
    "workflow:name": (15, 7),
}

VALUE_VERSIONS: Final[Mapping[tuple[str, object], Version]] = {
    ("artifacts:access", "maintainer"): (18, 4),
    ("trigger:strategy", "mirror"): (18, 2),
}

CONDITION_VERSIONS: Final[Mapping[str, tuple[Version, str]]] = {
    "boolean": ((18, 11), "true and false in conditions"),
    "negate": ((18, 11), "! in conditions"),
}
