"""`!reference`: the value that stands elsewhere in the configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from gitlabgen.modeling.fields import Version, field
from gitlabgen.modeling.kinds import Misfit
from gitlabgen.modeling.model import Model, model

__all__ = ["Reference"]


@model
class Reference(Model):
    """The value at a path of the configuration, put in by GitLab.

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

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem for a path that leads nowhere."""
        if not self.path:
            yield Misfit("is not valid: the path is empty", 'write Reference(".base", "script")')
