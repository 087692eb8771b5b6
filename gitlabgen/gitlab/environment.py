"""`environment`: where a job deploys to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from gitlabgen.gitlab._vocabulary import EnvironmentAction
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import JobName, Text, environment_name
from gitlabgen.gitlab.value_forms import with_variables
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.kubernetes import Kubernetes
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Environment"]


def _cluster(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    from gitlabgen.gitlab.kubernetes import from_mapping

    return from_mapping(value)


Cluster = Annotated["Kubernetes | Mapping[str, object] | Reference", _cluster]
"""A cluster or a mapping of its keywords; `Kubernetes` is stored."""


DeploymentTier = Literal["production", "staging", "testing", "development", "other"]
"""GitLab's deployment tiers."""


@model
class Environment(KeywordModel):
    """Where a job deploys to; a plain string is enough if only the name is needed.

    Args:
        name: The environment's name, with `/` for folders.
        url: The URL of the environment.
        on_stop: The job that stops the environment.
        action: What the job does with the environment.
        auto_stop_in: The time after which GitLab stops the environment.
        deployment_tier: `production`, `staging`, `testing`, `development` or `other`.
        kubernetes: The cluster that the dashboard shows: `Kubernetes`, or a mapping of its keywords.

    Source: https://docs.gitlab.com/ci/yaml/#environment
    """

    keyword: ClassVar[str] = "environment"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#environment"
    type_errors: ClassVar[TypeErrors] = {
        "action": Sentence("action should be start, stop, prepare, verify, or access"),
        "on_stop": Sentence("on stop should be a string"),
    }

    name: Annotated[Text, environment_name] = field(kw_only=False)
    url: Text | None = None
    on_stop: JobName | None = None
    action: EnvironmentAction | Reference | None = None
    auto_stop_in: Text | None = field(default=None, since=(12, 8), forms_since=(with_variables((15, 4)),))
    deployment_tier: DeploymentTier | Text | None = field(default=None, since=(13, 10), forms_since=(with_variables((18, 5)),))
    kubernetes: Cluster | None = None
