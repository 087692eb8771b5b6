"""`needs`: jobs that must finish before a job starts, regardless of stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import FilledName, Flag, Text
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.parallel import Matrix
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Need"]


@model
class Need(KeywordModel):
    """A needed job with options; the job or its name is enough if there are no options.

    Args:
        job: The job or its name.
        artifacts: Whether to download the artifacts of the job.
        optional: Whether the job can be absent from the pipeline.
        parallel: The jobs of the matrix that are needed.
        project: The project of the job, if it is in another project.
        ref: The branch or tag of that project.
        pipeline: The pipeline of the job, if it is in another pipeline.

    Source: https://docs.gitlab.com/ci/yaml/#needs
    """

    keyword: ClassVar[str] = "needs:need"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#needs"
    type_errors: ClassVar[TypeErrors] = {
        "job": Sentence("job should be a string"),
        "parallel": Sentence('config cannot use "parallel: <number>".', ".."),
    }

    job: FilledName | None = field(default=None, kw_only=False)
    artifacts: Flag | None = field(default=None, since=(12, 6))
    optional: Flag | None = field(default=None, since=(13, 10))
    parallel: Matrix | Reference | None = field(default=None, since=(16, 3))
    project: Text | None = field(default=None, since=(12, 7))
    ref: Text | None = None
    pipeline: Text | None = None
