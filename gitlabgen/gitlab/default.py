"""`default`: keywords for all jobs that do not set them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar

from gitlabgen.gitlab._vocabulary import IdentityProvider
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import EXECUTION_ERRORS, Flag, ImageName, Lines, ServiceName, Strings, Timeout, between
from gitlabgen.gitlab.wording import TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.artifacts import Artifacts
    from gitlabgen.gitlab.cache import Cache
    from gitlabgen.gitlab.hooks import Hooks
    from gitlabgen.gitlab.id_tokens import IdToken
    from gitlabgen.gitlab.image import Image
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.retry import Retry
    from gitlabgen.gitlab.services import Service

__all__ = ["Default"]


@model
class Default(KeywordModel):
    """Keywords for all jobs that do not set them; a keyword of a job replaces the whole default.

    Args:
        image: The container image.
        services: Containers that run next to the job.
        before_script: Commands before `script`.
        after_script: Commands after `script`, in a separate shell.
        artifacts: Files that a job passes on.
        cache: Files kept between jobs.
        hooks: Commands that the runner executes at specific points of a job.
        id_tokens: ID tokens, by the name of the variable that holds them.
        identity: The service to which jobs sign in: `google_cloud`.
        interruptible: Whether a newer pipeline may cancel the job.
        retry: How often a failed job runs again.
        tags: The tags that a runner needs to run the job.
        timeout: How long a job can run.

    Source: https://docs.gitlab.com/ci/yaml/#default
    """

    keyword: ClassVar[str] = "default"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#default"
    type_errors: ClassVar[TypeErrors] = EXECUTION_ERRORS

    image: ImageName | Image | Reference | None = None
    services: ListOf[ServiceName | Service | Reference] | Reference | None = None
    before_script: Lines | None = None
    after_script: Lines | None = None
    artifacts: Artifacts | Reference | None = None
    cache: Cache | Sequence[Cache | Reference] | Reference | None = None
    hooks: Hooks | Reference | None = field(default=None, since=(15, 10))
    id_tokens: Mapping[str, IdToken | Reference] | Reference | None = field(default=None, since=(16, 4))
    identity: IdentityProvider | Reference | None = field(default=None, since=(16, 9))
    interruptible: Flag | None = None
    retry: Annotated[int, between(0, 2)] | Retry | Reference | None = None
    tags: Strings | None = None
    timeout: Timeout | None = None

    def problems(self) -> Iterable[Problem]:
        """Return a problem for too many tags."""
        if not isinstance(self.tags, tuple) or len(self.tags) < 50:
            return ()
        return (Problem("must be less than the limit of 50 tags", path=("tags",), plain="has 50 tags or more"),)
