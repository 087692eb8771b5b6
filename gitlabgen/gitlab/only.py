"""`only` and `except`: the older keywords for when a job is part of a pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._vocabulary import ClusterState
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import If, Ref, Strings
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Except", "Only"]


@model
class Only(KeywordModel):
    """The conditions under which a job is part of a pipeline; all must hold. A list is enough for refs alone.

    Deprecated by GitLab; use `rules`.

    Args:
        refs: Names of branches and tags, `/patterns/` and words such as `merge_requests`.
        kubernetes: `active`: the project has a Kubernetes cluster.
        variables: Conditions; at least one must hold.
        changes: Globs; at least one must match a changed file.

    Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except
    """

    keyword: ClassVar[str] = "only"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except"
    type_errors: ClassVar[TypeErrors] = {
        "refs": Sentence("refs should be an array of strings or regular expressions using re2 syntax"),
        "variables": Sentence("variables should be an array of strings"),
    }

    refs: ListOf[Ref | Reference] | Reference | None = field(default=None, kw_only=False)
    kubernetes: ClusterState | Reference | None = None
    variables: ListOf[If] | Reference | None = None
    changes: Strings | None = None

    def problems(self) -> Iterable[Problem]:
        """Return a problem for an empty mapping."""
        given = vars(self).keys() - {"comment", "comments"}
        return (
            () if given else (Problem("config can't be blank", "name refs, variables, changes or kubernetes", plain="is empty"),)
        )


class Except(Only):
    """The conditions under which a job is not part of a pipeline; one is enough. A list is enough for refs alone.

    Deprecated by GitLab; use `rules`.

    Args:
        refs: Names of branches and tags, `/patterns/` and words such as `merge_requests`.
        kubernetes: `active`: the project has a Kubernetes cluster.
        variables: Conditions; at least one must hold.
        changes: Globs; at least one must match a changed file.

    Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except
    """

    keyword: ClassVar[str] = "except"
