"""`Job`: a job that runs a script on a runner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from gitlabgen.gitlab._vocabulary import IdentityProvider
from gitlabgen.gitlab.base_job import BaseJob, kinds_of, needs_list, needs_problems
from gitlabgen.gitlab.keyword_types import (
    EXECUTION_ERRORS,
    ImageName,
    JobName,
    Lines,
    ServiceName,
    Strings,
    Text,
    Timeout,
    between,
    in_backticks,
    is_open,
    is_set,
)
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import NULL, model
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.spellings import Spelling, as_flow

if TYPE_CHECKING:
    from gitlabgen.gitlab.artifacts import Artifacts
    from gitlabgen.gitlab.cache import Cache
    from gitlabgen.gitlab.dast_configuration import DastConfiguration
    from gitlabgen.gitlab.hooks import Hooks
    from gitlabgen.gitlab.id_tokens import IdToken
    from gitlabgen.gitlab.image import Image
    from gitlabgen.gitlab.inputs import JobInput
    from gitlabgen.gitlab.pages import Pages
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.release import Release
    from gitlabgen.gitlab.retry import Retry
    from gitlabgen.gitlab.run import Step
    from gitlabgen.gitlab.secrets import Secret
    from gitlabgen.gitlab.services import Service

__all__ = ["Job"]

_CHECKED: Final = frozenset(("coverage", "dependencies", "except_", "inputs", "only", "publish", "run", "start_in", "tags"))
_STRING: Final = frozenset((str,))


@model
class ScriptKeywords(BaseJob):
    """The keywords of a job that a runner executes.

    Args:
        script: The commands; a list, or one string with several lines.
        before_script: Commands before `script`, in the same shell.
        after_script: Commands after `script`, in a separate shell.
        image: The container image.
        services: Containers that run next to the job.
        artifacts: Files that the job passes to later jobs, and that people can download.
        cache: Files kept between jobs; at most four caches, unless an administrator of GitLab has changed that.
        dependencies: Jobs whose artifacts are downloaded; an empty list for none.
        tags: The tags that a runner needs to run the job; fewer than 50.
        timeout: How long the job can run.
        retry: How often the job runs again after a failure.
        coverage: A regular expression that finds the coverage in the log.
        id_tokens: ID tokens, by the name of the variable that holds them.
        hooks: Commands that the runner executes at specific points of the job.
        release: The release that the job creates.
        secrets: Secrets, by the name of the variable that holds them.
        pages: Whether the job publishes a website, or how.
        publish: Deprecated by GitLab; use `pages`.
        identity: The service to which the job signs in: `google_cloud`.
        dast_configuration: The profiles with which the job scans a running application.
        inputs: Values that a person can change before the job runs; at most 50.
        run: The steps of the job, instead of a script.
    """

    type_errors: ClassVar[TypeErrors] = {
        **BaseJob.type_errors,
        **EXECUTION_ERRORS,
        "dependencies": Sentence("dependencies should be an array of strings"),
        "release": Sentence("config should be a hash", "release"),
        "pages": Sentence("config should be a hash or a boolean value", "pages"),
        "publish": Sentence("config should be a string", "publish"),
        "inputs": Sentence("config should be a hash", "inputs"),
        ("inputs", 1): Sentence("config should be a hash", "inputs:{key}"),
    }

    image: ImageName | Image | Reference | None = field(default=None, after="stage")
    services: ListOf[ServiceName | Service | Reference] | Reference | None = None
    tags: Strings | None = None
    dependencies: ListOf[JobName] | Reference | None = field(default=None, after="needs")
    timeout: Timeout | None = field(default=None, after="interruptible", since=(12, 3))
    retry: Annotated[int, between(0, 2)] | Retry | Reference | None = None
    inputs: Mapping[str, JobInput | Reference] | Reference | None = field(default=None, after="inherit", since=(18, 10))
    id_tokens: Mapping[str, IdToken | Reference] | Reference | None = field(default=None, after="variables", since=(15, 7))
    identity: IdentityProvider | Reference | None = field(default=None, since=(16, 9))
    secrets: Mapping[str, Secret | Reference] | Reference | None = field(default=None, since=(13, 4))
    dast_configuration: DastConfiguration | Reference | None = field(default=None, since=(14, 1))
    cache: Cache | Sequence[Cache | Reference] | Reference | None = None
    hooks: Hooks | Reference | None = field(default=None, since=(15, 10))
    before_script: Lines | None = None
    script: Lines | None = None
    run: ListOf[Step | Reference | ListOf[object]] | Reference | None = field(default=None, since=(17, 3))
    after_script: Lines | None = None
    coverage: Text | None = None
    artifacts: Artifacts | Reference | None = None
    release: Release | Reference | None = field(default=None, since=(13, 2))
    pages: bool | Pages | Reference | None = None
    publish: Text | None = field(default=None, deprecated="use `pages:publish`", since=(16, 1))

    def problems(self) -> Iterable[Problem]:
        """Return problems with the name and the script, and conflicts between keywords."""
        given = vars(self)
        needs = given.get("needs")
        # Most jobs have none of these, and a pipeline has many jobs.
        ordinary = (
            given.get("script", True)
            and given.get("rules", True)
            and given.get("when") != "delayed"
            and (needs is None or (type(needs) is tuple and _STRING.issuperset(map(type, needs))))
            and _CHECKED.isdisjoint(given)
            and self._is_well_named()
        )
        return () if ordinary else self._problems()

    def _problems(self) -> Iterator[Problem]:
        yield from super()._problems()
        if self.script in ("", ()):
            yield Problem("script can't be blank", path=("script",), entry="", plain="is empty")
        if isinstance(self.tags, tuple) and len(self.tags) > 49:
            yield Problem("must be less than the limit of 50 tags", path=("tags",), plain="has 50 tags or more")
        if isinstance(self.coverage, str):
            yield from _coverage_problems(self.coverage)
        may_publish = self.pages or self.extends is not None or self.name == "pages" or is_open(self.name)
        if self.publish is not None and not may_publish:
            yield Problem(
                "publish can only be used within a `pages` job",
                Spelling(
                    f"write `pages=Pages(publish={self.publish!r})` instead",
                    f"write `pages: {{publish: {as_flow(self.publish)}}}` instead",
                ),
                ("publish",),
                entry="",
                plain="works only in a job that has `pages`",
            )
        for name, value in self.inputs.items() if isinstance(self.inputs, dict) else ():
            if value is NULL:
                entry = f"inputs:{name}"
                yield Problem("must have a default value", None, ("inputs", name), "has no `default`", entry)
        if isinstance(self.inputs, dict) and len(self.inputs) > 50:
            yield Problem(
                "has too many entries (maximum 50)", None, ("inputs",), f"has {len(self.inputs)} inputs, at most 50 are allowed"
            )
        yield from self._run_problems()
        needs = needs_list(self.needs)
        kinds = kinds_of(needs)
        # Without a script, the job mirrors the status of another pipeline.
        yield from needs_problems(kinds, *(("bridge",) if is_set(self.script) or is_set(self.run) else ()))
        others = [need for need, kind in zip(needs, kinds, strict=True) if kind == "cross_dependency"]
        if sum(is_set(need.pipeline) for need in others) > 5:
            yield Problem(
                "must be less than or equal to 5",
                None,
                ("needs",),
                plain="names more than 5 jobs of other pipelines",
            )
        if isinstance(self.dependencies, tuple) and self.dependencies and kinds and "reference" not in kinds:
            yield from _dependency_problems(self.dependencies, [*zip(needs, kinds, strict=True)])

    def _run_problems(self) -> Iterator[Problem]:
        given = [key for key in vars(self) if getattr(self, key) is not None]
        for other in ("script", "before_script", "after_script"):
            pair = [key for key in given if key in ("run", other)]
            if len(pair) > 1:
                yield Problem(
                    f"config these keys cannot be used together: {', '.join(pair)}",
                    plain=f"cannot have both {in_backticks(pair)}",
                    key=other,
                )


def _coverage_problems(coverage: str) -> Iterator[Problem]:
    from gitlabgen.gitlab._regular_expressions import literal_problem, pattern_of

    sentence = "must be a regular expression with re2 syntax"
    problem = literal_problem(coverage)
    if problem:
        yield Problem(sentence, problem.hint, ("coverage",), f"is not valid: {problem.message}")
    elif pattern_of(coverage) is None and not is_open(coverage):
        plain = "should be a regular expression between slashes"
        yield Problem(sentence, "write '/…/'", ("coverage",), plain, given=coverage)


def _dependency_problems(dependencies: Sequence[object], needs: list[tuple[Any, str]]) -> Iterator[Problem]:
    names = {need if isinstance(need, str) else need.job for need, kind in needs if kind == "job"}
    if any(map(is_open, names)):
        return
    missing = [str(name) for name in dependencies if name not in names and not is_open(name)]
    if not names and any(kind == "cross_dependency" for _, kind in needs):
        hint = "a dependency is a job of the same pipeline"
        yield Problem(
            "needs corresponding to dependencies must be from the same pipeline",
            hint,
            ("needs",),
            entry="",
            plain="names only jobs of other pipelines, but `dependencies` names jobs of this one",
        )
    elif missing:
        hint = "a job with `needs` downloads artifacts only from the jobs that it needs"
        plain = f"names {in_backticks(missing)}, which `needs` does not name"
        yield Problem(f"the {', '.join(missing)} should be part of needs", hint, ("dependencies",), plain)


class Job(ScriptKeywords):
    """A job that runs a script on a runner.

    Source: https://docs.gitlab.com/ci/yaml/#job-keywords
    """
