"""`environment`: where a job deploys to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import attrs

from gitlabgen.gitlab._values import JobName, Text
from gitlabgen.gitlab._vocabulary import EnvironmentAction
from gitlabgen.model import Model, model
from gitlabgen.shapes import Misfit, is_interpolated

if TYPE_CHECKING:
    from gitlabgen.gitlab.kubernetes import Kubernetes
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Environment"]

_NAME_RULE = (
    "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'"
)


def _cluster(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    from gitlabgen.gitlab.kubernetes import from_mapping

    return from_mapping(value)


Cluster = Annotated["Kubernetes | Mapping[str, object] | Reference", _cluster]
"""A cluster or a mapping of its keywords; `Kubernetes` is what is kept."""


@model
class Environment(Model):
    """Where a job deploys to; a plain string does where only the name is needed.

    Args:
        name: The environment's name, with `/` for folders.
        url: The address under which it is reached.
        on_stop: The job that removes it.
        action: What the job does with it.
        auto_stop_in: After which time GitLab stops it.
        deployment_tier: `production`, `staging`, `testing`, `development` or `other`.
        kubernetes: The cluster that the dashboard shows; `Kubernetes`, or a mapping of its keywords.

    Source: https://docs.gitlab.com/ci/yaml/#environment
    """

    keyword: ClassVar[str] = "environment"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#environment"

    name: Text = attrs.field(kw_only=False)
    url: Text | None = None
    on_stop: JobName | None = None
    action: EnvironmentAction | Reference | None = None
    auto_stop_in: Text | None = None
    deployment_tier: Text | None = None
    kubernetes: Cluster | None = None

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a name that GitLab refuses."""
        if isinstance(self.name, str) and not is_interpolated(self.name):
            inner = re.fullmatch(r"[\w/${}. -]+", self.name, re.ASCII)
            if not inner or self.name.startswith("/") or self.name.endswith("/"):
                yield Misfit(f"{_NAME_RULE}, got {self.name!r}", path=("name",))
