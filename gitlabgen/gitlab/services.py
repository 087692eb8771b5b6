"""`services`: containers that run next to a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._vocabulary import PullPolicy
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Filled, Lines, Strings, Text, VariableScalars
from gitlabgen.gitlab.value_forms import with_key
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Service"]


@model
class Service(KeywordModel):
    """A container that runs next to the job; a plain string is enough if only the image is needed.

    Args:
        name: The image with its tag or digest.
        alias: Host names of the service for the job.
        command: The command to run in the container.
        entrypoint: The command to run instead of the image's entry point.
        variables: Variables for this service only.
        pull_policy: When the runner pulls the image.
        docker: Options of the Docker executor: `platform`, `user`.
        kubernetes: Options of the Kubernetes executor: `user`.

    Source: https://docs.gitlab.com/ci/yaml/#services
    """

    keyword: ClassVar[str] = "services:service"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#services"

    name: Filled = field(kw_only=False)
    alias: Text | None = None
    command: Lines | None = None
    entrypoint: Strings | None = None
    variables: VariableScalars | None = field(default=None, since=(14, 5))
    pull_policy: PullPolicy | Sequence[PullPolicy | Reference] | Reference | None = field(default=None, since=(15, 2))
    docker: Mapping[str, object] | Reference | None = field(default=None, since=(16, 7), forms_since=(with_key("user", (16, 8)),))
    kubernetes: Mapping[str, object] | Reference | None = field(default=None, since=(18, 0))
