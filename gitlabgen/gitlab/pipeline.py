"""`Pipeline`: a whole `.gitlab-ci.yml` as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, cast

from gitlabgen.errors import Finding, UnknownJobError, did_you_mean
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import (
    EXECUTION_ERRORS,
    VARIABLE_ERRORS,
    ImageName,
    Lines,
    Scalar,
    ServiceName,
    is_set,
    nested,
)
from gitlabgen.gitlab.value_forms import nested_lists
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import Remark, leaves
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.reporting import located

if TYPE_CHECKING:
    from gitlabgen.gitlab.base_job import BaseJob
    from gitlabgen.gitlab.cache import Cache
    from gitlabgen.gitlab.default import Default
    from gitlabgen.gitlab.hidden_job import HiddenJob
    from gitlabgen.gitlab.image import Image
    from gitlabgen.gitlab.include import Include
    from gitlabgen.gitlab.job import Job
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.services import Service
    from gitlabgen.gitlab.spec import Spec
    from gitlabgen.gitlab.stage import Stage
    from gitlabgen.gitlab.trigger import TriggerJob
    from gitlabgen.gitlab.variables import Variable
    from gitlabgen.gitlab.workflow import Workflow

__all__ = ["Pipeline"]


@leaves(str)
def _stage_entry(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return value.name if value.comment is None else Remark(value.name, value.comment)


StageEntry = Annotated["str | Stage", _stage_entry]
"""A stage or its name; the name and the comment are stored."""


def _header(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    from gitlabgen.gitlab._mappings import model_of
    from gitlabgen.gitlab.spec import Spec

    return model_of(Spec, value)


Header = Annotated["Spec | Mapping[str, object]", _header]
"""A header or a mapping of its keywords; `Spec` is stored."""


_check_nested: Final = nested(str, "Stage", "Reference")


def _nested_stages(value: Any) -> Any:
    def name_of(item: Any) -> Any:
        return tuple(map(name_of, item)) if isinstance(item, tuple) else getattr(item, "name", item)

    return name_of(_check_nested(value))


NestedStages = Annotated[ListOf[object], _nested_stages]
"""A list inside a list of stages; the names are stored."""

_EXECUTION: Final = ("image", "services", "before_script", "after_script", "cache")


@model
class Pipeline(KeywordModel):
    """A whole pipeline configuration.

    Args:
        spec: The header that declares inputs, written as a separate YAML document: `Spec`, or a mapping of its keywords.
        include: Configuration from other files.
        workflow: Which events start a pipeline.
        default: Keywords for all jobs that do not set them.
        image: Deprecated by GitLab in favour of `default`: the image of all jobs.
        services: Deprecated by GitLab in favour of `default`.
        before_script: Deprecated by GitLab in favour of `default`.
        after_script: Deprecated by GitLab in favour of `default`.
        cache: Deprecated by GitLab in favour of `default`.
        variables: Variables for all jobs.
        stages: The stages in order; GitLab's default is `build`, `test` and `deploy`.
        jobs: The jobs and hidden blocks in the order in which they are written.

    Source: https://docs.gitlab.com/ci/yaml/
    """

    keyword: ClassVar[str] = ""
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/"
    type_errors: ClassVar[TypeErrors] = {
        **EXECUTION_ERRORS,
        **VARIABLE_ERRORS,
        "default": Sentence("config should be a hash", "default"),
        "workflow": Sentence("config should be a hash", "workflow"),
        "stages": Sentence("config should be an array of strings or a nested array of strings up to 10 levels deep", "stages"),
        ("extra", "key"): Sentence("name should be a symbol", "jobs:{}"),
    }

    spec: Header | None = field(default=None, since=(15, 11), is_written=False)
    include: str | Include | Sequence[str | Include | Reference] | Reference | None = None
    workflow: Workflow | Reference | None = field(default=None, since=(12, 5))
    default: Default | Reference | None = None
    image: ImageName | Image | Reference | None = field(default=None, deprecated="move it into `default`")
    services: ListOf[ServiceName | Service | Reference] | Reference | None = field(
        default=None, deprecated="move it into `default`"
    )
    before_script: Lines | None = field(default=None, deprecated="move it into `default`")
    after_script: Lines | None = field(default=None, deprecated="move it into `default`")
    cache: Cache | Sequence[Cache | Reference] | Reference | None = field(default=None, deprecated="move it into `default`")
    variables: Mapping[str, Scalar | Variable | Reference] | Reference | None = None
    stages: ListOf[StageEntry | Reference | NestedStages] | Reference | None = field(
        default=None, forms_since=(nested_lists((16, 9)),)
    )
    jobs: Sequence[BaseJob] = field(default=(), is_written=False)

    # Only Python's fallback to `__getitem__` would allow iteration; there, it would look for a job with the name 0.
    __iter__: ClassVar[None] = None

    def __getitem__(self, name: str) -> Job | TriggerJob | HiddenJob:
        """Return the job or the hidden block of a name: `pipeline["deploy"]`.

        Args:
            name: The name as written in the file, such as `deploy` or `.base`.

        Raises:
            UnknownJobError: If there is no such job; a `KeyError`.
        """
        for job in self.jobs:
            if job.name == name:
                return cast("Job | TriggerJob | HiddenJob", job)
        known = [job.name for job in self.jobs]
        given: object = name
        hint = f"write pipeline.jobs[{name}]" if isinstance(given, int) else did_you_mean(str(name), known)
        raise UnknownJobError(located(Finding("unknown-job", f"there is no job {name!r}", hint=hint), position(caller())))

    def __contains__(self, name: object) -> bool:
        """Return whether there is a job or a hidden block of this name."""
        return any(job.name == name for job in self.jobs)

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for keywords that are set twice, and for each job with a duplicate name."""
        for key in _EXECUTION:
            if is_set(getattr(self, key)) and is_set(getattr(self.default, key, None)):
                yield Problem(
                    f"{key} is defined in top-level and `default:` entry",
                    "keep the one in `default`",
                    (key,),
                    "is also set in `default`",
                    entry="",
                )
        seen: dict[str, BaseJob] = {}
        for job in self.jobs if isinstance(self.jobs, tuple) else ():
            name = getattr(job, "name", None)
            if name in seen:
                yield Problem("is the name of two jobs", "rename one of them", is_ours=True, about=job, first=seen[name])
            elif isinstance(name, str):
                seen[name] = job
