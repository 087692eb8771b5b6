"""`stages`: the order in which groups of jobs run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

__all__ = ["Stage"]

DEFAULT_STAGES: Final = ("build", "test", "deploy")
"""GitLab's default stages."""

DEFAULT_STAGE: Final = "test"
"""The default stage of a job."""

_MOST_LISTED: Final = 30


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


def listed_stages(stages: Iterable[str]) -> str:
    """Return stages as GitLab lists them in its messages; of more than 30, the first ones and the number of the others.

    Args:
        stages: The names.
    """
    names = [*stages]
    shown, others = names[:_MOST_LISTED], len(names) - _MOST_LISTED
    return ", ".join(shown) + (f" and {others:,} others" if others > 0 else "")
