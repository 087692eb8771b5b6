"""`image`: the container image in which a job runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._vocabulary import PullPolicy
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Filled, Strings
from gitlabgen.gitlab.value_forms import with_key
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Image"]


@model
class Image(KeywordModel):
    """A container image with options; a plain string is enough if only the name is needed.

    Args:
        name: The image with its tag or digest.
        entrypoint: The command to run instead of the image's entry point.
        pull_policy: When the runner pulls the image.
        docker: Options of the Docker executor: `platform`, `user`.
        kubernetes: Options of the Kubernetes executor: `user`.

    Source: https://docs.gitlab.com/ci/yaml/#image
    """

    keyword: ClassVar[str] = "image"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#image"

    name: Filled = field(kw_only=False)
    entrypoint: Strings | None = None
    pull_policy: PullPolicy | Sequence[PullPolicy | Reference] | Reference | None = field(default=None, since=(15, 2))
    docker: Mapping[str, object] | Reference | None = field(default=None, since=(16, 7), forms_since=(with_key("user", (16, 8)),))
    kubernetes: Mapping[str, object] | Reference | None = field(default=None, since=(18, 0))
