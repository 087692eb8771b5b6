"""`trigger`: a job that starts another pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from gitlabgen.gitlab._vocabulary import TriggerStrategy
from gitlabgen.gitlab.base_job import BaseJob, kinds_of, needs_misfits
from gitlabgen.gitlab.keyword_types import Flag, NamedEnvironment, Text, is_set
from gitlabgen.modeling.callsites import position
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import Misfit
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import Model, model
from gitlabgen.modeling.plans import location_of, plan_of

if TYPE_CHECKING:
    from gitlabgen.gitlab.environment import Environment
    from gitlabgen.gitlab.include import Include
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Forward", "Trigger", "TriggerJob"]


@model
class Forward(Model):
    """Which variables the other pipeline gets.

    Args:
        yaml_variables: Those of the trigger job; GitLab's default is True.
        pipeline_variables: Those that this pipeline was started with; GitLab's default is False.

    Source: https://docs.gitlab.com/ci/yaml/#triggerforward
    """

    keyword: ClassVar[str] = "trigger:forward"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#triggerforward"

    yaml_variables: Flag | None = None
    pipeline_variables: Flag | None = None


@model
class Trigger(Model):
    """The pipeline to start: another project's, or a child from files.

    Args:
        project: The other project.
        branch: Its branch.
        include: The files of a child pipeline, at most three.
        strategy: Whether the job waits for the other pipeline's result.
        forward: Which variables it gets.
        inputs: Values for its inputs.

    Source: https://docs.gitlab.com/ci/yaml/#trigger
    """

    keyword: ClassVar[str] = "trigger"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#trigger"

    words: ClassVar[Mapping[str, str]] = {
        "include": ":include config should be an array or a string",
        "strategy": " strategy should be depend or mirror",
        "forward": ":forward config should be a hash",
    }

    project: Text | None = field(default=None, kw_only=False)
    branch: Text | None = None
    include: str | Include | Sequence[str | Include | Reference] | Reference | None = None
    strategy: TriggerStrategy | Reference | None = field(default=None, values_since={"mirror": (18, 2)})
    forward: Forward | Reference | None = field(default=None, since=(15, 1))
    inputs: Mapping[str, object] | Reference | None = field(default=None, since=(17, 11))

    def misfits(self) -> Iterator[Misfit]:
        """Yield a problem unless exactly one pipeline is named."""
        if not is_set(self.include):
            if not is_set(self.project) and not self.extra:
                yield Misfit("project can't be blank: config must specify either project or include", missing=True)
            return
        others = [key for key in vars(self) if key in ("project", "branch", "inputs") and is_set(getattr(self, key))]
        if others:
            hint = "config must specify either project or include; an included file has inputs of its own"
            yield Misfit(f"contains unknown keys: {', '.join(others)}", hint, (others[0],))
        if isinstance(self.include, tuple) and len(self.include) > 3:
            yield Misfit("is too long (maximum is 3)", path=("include",))


@model
class TriggerJob(BaseJob):
    """A job that starts another pipeline instead of running a script.

    Args:
        trigger: The project whose pipeline is started, or `Trigger`.

    Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/
    """

    words: ClassVar[Mapping[str, str]] = {
        **BaseJob.words,
        "allow_failure": " allow failure should be a boolean value",
        "trigger": ":trigger has to be either a string or a hash",
    }

    trigger: str | Trigger | Reference | None = None
    environment: NamedEnvironment | Environment | Reference | None = field(default=None, since=(16, 4))
    interruptible: Flag | None = field(default=None, since=(16, 8))

    def _misfits(self) -> Iterator[Misfit]:
        yield from (misfit for misfit in super()._misfits() if misfit.path != ("start_in",))
        if self.trigger == "":
            yield Misfit("can't be blank", path=("trigger",))
        if self.when == "delayed":
            yield Misfit("should be one of: on_success, on_failure, always, manual, got 'delayed'", path=("when",))
        if is_instance(self.allow_failure, "gitlabgen.gitlab", "AllowFailure"):
            yield Misfit("should be a boolean value", path=("allow_failure",))
        if isinstance(self.parallel, int):
            yield Misfit('cannot use "parallel: <number>".', "write parallel=Matrix(…)", ("parallel",))
        kinds = kinds_of(self.needs)
        yield from needs_misfits(kinds, "cross_dependency")
        if kinds.count("bridge") > 1:
            yield Misfit(" config should contain at most one bridge need", path=("needs",))
        yield from self._stray_misfits()

    def _stray_misfits(self) -> Iterator[Misfit]:
        """Yield a problem for keywords that only other jobs have."""
        from gitlabgen.gitlab.job import ScriptKeywords

        others = plan_of(ScriptKeywords).names - plan_of(TriggerJob).names
        stray = [key for key in ("start_in", "manual_confirmation") if is_set(getattr(self, key))]
        stray += [key for key in self.extra or () if key in others]
        for key in ("script", "run"):
            if key in stray:
                pair = sorted((key, "trigger"), key=self._place_of)
                yield Misfit(f" config these keys cannot be used together: {', '.join(pair)}", path=("extra", key))
                yield Misfit("contains unknown keys: trigger", path=("trigger",))
                return
        if stray:
            path = (stray[0],) if stray[0] in plan_of(TriggerJob).names else ("extra", stray[0])
            yield Misfit(f"contains unknown keys: {', '.join(stray)}", "a trigger job runs nothing itself", path)
            yield Misfit("config should contain either a trigger or a needs:pipeline")

    def _place_of(self, key: str) -> tuple[int, int]:
        """Return where a keyword stands in the file, for GitLab names keywords in their order."""
        place = position(location_of(self), (key,) if key == "trigger" else ("extra", key))
        return (place and place.line) or 0, (place and place.column) or 0

    @classmethod
    def child(
        cls,
        name: str,
        path: str,
        *,
        changes: Sequence[str] | None = None,
        strategy: TriggerStrategy | None = None,
        **keywords: Any,
    ) -> TriggerJob:
        """Return a job that starts a child pipeline from a file of this repository.

        Args:
            name: The job's name.
            path: The child's configuration.
            changes: Globs; the child runs only when one of these files changed.
            strategy: Whether the job waits for the child's result.
            keywords: Further keywords of the trigger job.
        """
        from gitlabgen.gitlab.include import Include
        from gitlabgen.gitlab.rules import Rule

        if changes is not None:
            keywords.setdefault("rules", [Rule(changes=changes)])
        return cls(name, trigger=Trigger(include=[Include(local=path)], strategy=strategy), **keywords)
