"""`environment:kubernetes`: the cluster to which a job deploys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Flag, Text, is_set
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Kubernetes", "KubernetesDashboard", "ManagedResources"]

_CHECKED: Final = frozenset(("dashboard", "flux_resource_path", "managed_resources"))


@model
class KubernetesDashboard(KeywordModel):
    """The settings of an environment's dashboard.

    Args:
        namespace: The namespace.
        flux_resource_path: The full path of the Flux resource.

    Source: https://docs.gitlab.com/ci/yaml/#environmentkubernetes
    """

    keyword: ClassVar[str] = "environment:kubernetes:dashboard"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#environmentkubernetes"

    namespace: Text | None = None
    flux_resource_path: Text | None = None


@model
class ManagedResources(KeywordModel):
    """Whether GitLab manages the Kubernetes resources of an environment.

    Args:
        enabled: Whether GitLab manages them; GitLab's default is True.

    Source: https://docs.gitlab.com/ci/yaml/#environmentkubernetes
    """

    keyword: ClassVar[str] = "environment:kubernetes:managed_resources"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#environmentkubernetes"

    enabled: Flag | None = None


@model
class Kubernetes(KeywordModel):
    """The cluster to which a job deploys.

    Args:
        agent: The agent for Kubernetes, as `path/to/project:name`.
        namespace: Deprecated by GitLab in favour of `dashboard`.
        flux_resource_path: Deprecated by GitLab in favour of `dashboard`.
        managed_resources: Whether GitLab manages the Kubernetes resources of the environment.
        dashboard: The settings of the environment's dashboard.

    Source: https://docs.gitlab.com/ci/yaml/#environmentkubernetes
    """

    keyword: ClassVar[str] = "environment:kubernetes"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#environmentkubernetes"

    agent: Text | None = field(default=None, since=(17, 6))
    namespace: Text | None = field(default=None, deprecated="use `dashboard:namespace`")
    flux_resource_path: Text | None = field(default=None, since=(17, 7), deprecated="use `dashboard:flux_resource_path`")
    managed_resources: ManagedResources | Reference | None = None
    dashboard: KubernetesDashboard | Reference | None = field(default=None, since=(18, 4))

    def problems(self) -> Iterable[Problem]:
        """Return problems with keywords that need an agent, and conflicts between `dashboard` and the older keywords."""
        return () if _CHECKED.isdisjoint(vars(self)) else self._problems()

    def _problems(self) -> Iterator[Problem]:
        managed = getattr(self.managed_resources, "enabled", None) is True
        if not is_set(self.agent) and (managed or is_set(self.dashboard) or is_set(self.flux_resource_path)):
            yield Problem("can't be blank", "name the agent: 'path/to/project:name'", ("agent",), plain="is missing")
        if is_set(self.flux_resource_path) and not is_set(self.namespace):
            yield Problem(
                "can't be blank",
                "`flux_resource_path` needs it; preferably, write both into `dashboard`",
                ("namespace",),
                plain="is missing",
            )
        for name in ("namespace", "flux_resource_path"):
            if is_set(getattr(self, name)) and is_set(getattr(self.dashboard, name, None)):
                yield Problem(
                    f"cannot be specified when dashboard.{name} is set", path=(name,), plain="is also set in `dashboard`"
                )


def from_mapping(given: Mapping[str, Any]) -> Kubernetes:
    """Return a mapping of keywords as a model.

    Args:
        given: The keywords of the file.
    """
    from gitlabgen.gitlab._mappings import model_of

    return model_of(Kubernetes, given)
