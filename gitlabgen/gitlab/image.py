"""`image`: the container image in which a job runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import attrs

from gitlabgen.gitlab._values import Strings, Text
from gitlabgen.gitlab._vocabulary import PullPolicy
from gitlabgen.model import Model, model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Image"]


@model
class Image(Model):
    """A container image with options; a plain string does where only the name is needed.

    Args:
        name: The image with its tag or digest.
        entrypoint: The command to run instead of the image's own entry point.
        pull_policy: When the runner pulls the image.
        docker: Options of the Docker executor: `platform`, `user`.
        kubernetes: Options of the Kubernetes executor: `user`.

    Source: https://docs.gitlab.com/ci/yaml/#image
    """

    keyword: ClassVar[str] = "image"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#image"

    name: Text = attrs.field(kw_only=False)
    entrypoint: Strings | None = None
    pull_policy: PullPolicy | Sequence[PullPolicy] | Reference | None = None
    docker: Mapping[str, object] | Reference | None = None
    kubernetes: Mapping[str, object] | Reference | None = None
