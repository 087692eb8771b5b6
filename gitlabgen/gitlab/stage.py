"""`stages`: the order in which groups of jobs run."""

from __future__ import annotations

from typing import ClassVar, Final

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

__all__ = ["Stage"]

DEFAULT_STAGES: Final = ("build", "test", "deploy")
"""GitLab's default stages."""

DEFAULT_STAGE: Final = "test"
"""The default stage of a job."""


@model
class Stage(KeywordModel):
    """A stage that can have a comment; a plain string is enough without one.

    Args:
        name: The stage's name.

    Source: https://docs.gitlab.com/ci/yaml/#stages
    """

    keyword: ClassVar[str] = "stages"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#stages"
    from_mapping: ClassVar[bool] = False

    name: str = field(kw_only=False)
