"""`Job`: a job that runs a script on a runner."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Final

from gitlabgen.gitlab._values import Duration, JobName, Lines, Strings, Text, between
from gitlabgen.gitlab._vocabulary import IdentityProvider
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.model import model
from gitlabgen.shapes import Misfit

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

__all__ = ["Job", "ScriptKeywords"]

_CHECKED: Final = frozenset(("coverage", "except_", "inputs", "only", "publish", "run", "start_in", "tags"))


@model
class ScriptKeywords(BaseJob):
    """The keywords of a job that a runner executes."""

    script: Lines | None = None
    before_script: Lines | None = None
    after_script: Lines | None = None
    image: str | Image | Reference | None = None
    services: Sequence[str | Service | Reference] | Reference | None = None
    artifacts: Artifacts | Reference | None = None
    cache: Cache | Sequence[Cache | Reference] | Reference | None = None
    dependencies: Sequence[JobName] | Reference | None = None
    tags: Strings | None = None
    timeout: Duration | None = None
    retry: Annotated[int, between(0, 2)] | Retry | Reference | None = None
    coverage: Text | None = None
    id_tokens: Mapping[str, IdToken | Reference] | Reference | None = None
    hooks: Hooks | Reference | None = None
    release: Release | Reference | None = None
    secrets: Mapping[str, Secret | Reference] | Reference | None = None
    pages: bool | Pages | Reference | None = None
    publish: Text | None = None
    identity: IdentityProvider | Reference | None = None
    dast_configuration: DastConfiguration | Reference | None = None
    inputs: Mapping[str, JobInput | Reference] | Reference | None = None
    run: Sequence[Step | Reference | Sequence[object]] | Reference | None = None

    def misfits(self) -> Iterable[Misfit]:
        """Return problems of the name, of the script and between keywords."""
        given = vars(self)
        # Most jobs have none of these, and a pipeline has many jobs.
        ordinary = (
            given.get("script", True)
            and given.get("rules", True)
            and given.get("when") != "delayed"
            and type(given.get("cache")) is not tuple
            and _CHECKED.isdisjoint(given)
            and self._is_well_named()
        )
        return () if ordinary else self._misfits()

    def _misfits(self) -> Iterator[Misfit]:
        yield from super()._misfits()
        if self.script in ("", ()):
            yield Misfit("config can't be blank", path=("script",))
        if isinstance(self.cache, tuple) and len(self.cache) > 4:
            yield Misfit("no more than 4 caches can be created", path=("cache",))
        if isinstance(self.tags, tuple) and len(self.tags) > 49:
            yield Misfit("must be less than the limit of 50 tags", path=("tags",))
        if isinstance(self.coverage, str) and not (self.coverage.startswith("/") and self.coverage.endswith("/")):
            yield Misfit(f"must be a regular expression with re2 syntax, got {self.coverage!r}", "write '/…/'", ("coverage",))
        if self.publish is not None and not self.pages and self.extends is None and self.name != "pages":
            yield Misfit("can only be used within a `pages` job", "write pages=Pages(publish=…)", ("publish",))
        if isinstance(self.inputs, dict) and len(self.inputs) > 50:
            yield Misfit(f"config has too many entries (maximum 50), got {len(self.inputs)}", path=("inputs",))
        if self.run is not None:
            for key in ("script", "before_script", "after_script"):
                if getattr(self, key) is not None:
                    yield Misfit(f"config these keys cannot be used together: {key}, run")


class Job(ScriptKeywords):
    """A job that runs a script on a runner.

    Args:
        script: The commands; a list, or one text of several lines.
        before_script: Commands before them, in the same shell.
        after_script: Commands after them, in a shell of their own.
        image: The container image.
        services: Containers beside the job.
        artifacts: Files handed on to later jobs and to people.
        cache: Files kept between jobs; at most four caches.
        dependencies: Jobs whose artifacts are downloaded; an empty list for none.
        tags: Which runners take the job; fewer than 50.
        timeout: How long it may run.
        retry: How often it runs again after a failure.
        coverage: A regular expression that finds the coverage in the log.
        id_tokens: Tokens by the variable that holds them.
        hooks: Commands that the runner executes at certain stages of the job.
        release: The release that it makes.
        secrets: Secrets by the variable that holds them.
        pages: Whether it publishes a website, or how.
        publish: Deprecated by GitLab; use `pages`.
        identity: The service to which the job signs in: `google_cloud`.
        dast_configuration: The profiles with which it scans a running application.
        inputs: Values that a person may change before it runs; at most 50.
        run: Its steps, instead of a script.

    Source: https://docs.gitlab.com/ci/yaml/#job-keywords
    """
