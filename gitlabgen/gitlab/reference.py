"""`!reference`: a value from another part of the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.modeling.fields import Version, field
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.spellings import Spelling

__all__ = ["Reference"]


@model
class Reference(KeywordModel):
    """A reference that GitLab replaces with the value at a path of the configuration.

    Args:
        path: The job's name, then keywords, such as `Reference(".base", "script")`.

    Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags
    """

    keyword: ClassVar[str] = "!reference"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags"
    variadic: ClassVar[str] = "path"
    since: ClassVar[Version | None] = (13, 9)
    form: ClassVar[str] = "reference"
    from_mapping: ClassVar[bool] = False

    path: Sequence[str] = field(kw_only=False)

    if TYPE_CHECKING:

        def __init__(self, *path: str) -> None: ...

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for an empty path."""
        if not self.path:
            yield Problem(
                "is not valid: the path is empty",
                Spelling('write `Reference(".base", "script")`', "write `!reference [.base, script]`"),
                is_ours=True,
                plain="has an empty path",
            )
