"""`trigger`: a job that starts another pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from gitlabgen.gitlab._vocabulary import TriggerStrategy
from gitlabgen.gitlab.base_job import BaseJob, kinds_of, needs_problems
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Filled, Flag, NamedEnvironment, Text, in_backticks, is_set, nested
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.callsites import position
from gitlabgen.modeling.fields import FormSince, field
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import model
from gitlabgen.modeling.plans import location_of, plan_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.modeling.spellings import Spelling

if TYPE_CHECKING:
    from typing import Unpack

    from gitlabgen.gitlab._job_keywords import TriggerJobKeywords
    from gitlabgen.gitlab.environment import Environment
    from gitlabgen.gitlab.include import Include
    from gitlabgen.gitlab.reference import Reference

__all__ = ["Forward", "Trigger", "TriggerJob"]


@model
class Forward(KeywordModel):
    """Which variables the other pipeline receives.

    Args:
        yaml_variables: Whether it receives the variables of the trigger job; GitLab's default is True.
        pipeline_variables: Whether it receives the variables with which this pipeline was started; GitLab's default is False.

    Source: https://docs.gitlab.com/ci/yaml/#triggerforward
    """

    keyword: ClassVar[str] = "trigger:forward"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#triggerforward"

    yaml_variables: Flag | None = None
    pipeline_variables: Flag | None = None


NestedIncludes = Annotated[Sequence[object], nested(str, dict, "Include", "Reference")]
"""A list inside a list of includes."""


def _has_inputs(include: Any) -> bool:
    items = include if isinstance(include, tuple) else (include,)
    return any(getattr(item, "inputs", None) is not None for item in items)


@model
class Trigger(KeywordModel):
    """The pipeline to start: another project's, or a child from files.

    Args:
        project: The other project.
        branch: The branch of the other project.
        include: The files of a child pipeline, at most three.
        strategy: Whether the job waits for the other pipeline's result.
        forward: Which variables the other pipeline receives.
        inputs: Values for the inputs of the other pipeline.

    Source: https://docs.gitlab.com/ci/yaml/#trigger
    """

    keyword: ClassVar[str] = "trigger"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#trigger"

    unchecked: ClassVar[frozenset[str]] = frozenset(("forward",))
    type_errors: ClassVar[TypeErrors] = {
        "include": Sentence("config should be an array or a string", "include"),
        ("include", 1): Sentence("config should be a hash or a string", "include:include"),
        "strategy": Sentence("strategy should be depend or mirror"),
        "inputs": Sentence("inputs should be a hash"),
        "forward": Sentence("config should be a hash", "forward"),
    }

    project: Filled | None = field(default=None, kw_only=False)
    branch: Text | None = None
    include: str | Include | Sequence[str | Include | Reference | NestedIncludes] | Reference | None = field(
        default=None, forms_since=(FormSince((17, 11), "with `inputs`", _has_inputs),)
    )
    strategy: TriggerStrategy | Reference | None = field(default=None, values_since={"mirror": (18, 2)})
    forward: Forward | Reference | None = field(default=None, since=(15, 1))
    inputs: Mapping[str, object] | Reference | None = field(default=None, since=(17, 11))

    def problems(self) -> Iterator[Problem]:
        """Yield a problem unless there is exactly one of `project` and `include`."""
        if not is_set(self.include):
            if not is_set(self.project) and not self.extra:
                yield Problem(
                    "project can't be blank: config must specify either project or include",
                    missing=True,
                    plain="names no pipeline: add `project` or `include`",
                )
            return
        others = [key for key in vars(self) if key in ("project", "branch", "inputs") and is_set(getattr(self, key))]
        if others:
            hint = "start either another project or a child pipeline; an included file has its own inputs"
            yield Problem(
                f"config contains unknown keys: {', '.join(others)}",
                hint,
                (others[0],),
                "cannot be used with `include`",
                entry="",
                key=others[0],
            )
        if isinstance(self.include, tuple) and len(self.include) > 3:
            yield Problem("is too long (maximum is 3)", path=("include",), plain="has more than 3 files")


@model
class TriggerJob(BaseJob):
    """A job that starts another pipeline instead of running a script.

    Args:
        trigger: The project whose pipeline is started, or `Trigger`.

    Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/
    """

    type_errors: ClassVar[TypeErrors] = {
        **BaseJob.type_errors,
        "allow_failure": Sentence("allow failure should be a boolean value"),
        "trigger": Sentence("has to be either a string or a hash", "trigger"),
    }

    trigger: str | Trigger | Reference | None = None
    environment: NamedEnvironment | Environment | Reference | None = field(default=None, since=(16, 4))
    interruptible: Flag | None = field(default=None, since=(16, 8))

    @classmethod
    def unknown_hint(cls, name: str) -> str | None:
        """Return a hint for a keyword that only other jobs have.

        Args:
            name: The keyword.
        """
        from gitlabgen.gitlab.job import ScriptKeywords

        return "a trigger job cannot run a script: use Job" if name in plan_of(ScriptKeywords).names else None

    def _problems(self) -> Iterator[Problem]:
        yield from (problem for problem in super()._problems() if problem.path != ("start_in",))
        if self.trigger == "":
            yield Problem("can't be blank", path=("trigger",), plain="is empty")
        if self.when == "delayed":
            yield Problem(
                "should be one of: on_success, on_failure, always, manual",
                None,
                ("when",),
                "cannot be `delayed` in a trigger job",
            )
        if is_instance(self.allow_failure, "gitlabgen.gitlab", "AllowFailure"):
            yield Problem(
                "should be a boolean value",
                path=("allow_failure",),
                plain="should be a boolean: exit codes are for jobs with a script",
            )
        if isinstance(self.parallel, int):
            yield Problem(
                'cannot use "parallel: <number>".',
                Spelling("use a `Matrix`", "use `parallel:matrix`"),
                ("parallel",),
                plain="cannot be a number in a trigger job",
            )
        kinds = kinds_of(self.needs)
        yield from needs_problems(kinds, "cross_dependency")
        if kinds.count("bridge") > 1:
            yield Problem(
                "config should contain at most one bridge need", path=("needs",), entry="", plain="names more than one pipeline"
            )
        yield from self._stray_problems()

    def _stray_problems(self) -> Iterator[Problem]:
        """Yield a problem for keywords that only other jobs have."""
        from gitlabgen.gitlab.job import ScriptKeywords

        foreign = plan_of(ScriptKeywords).names - plan_of(TriggerJob).names
        stray = [key for key in ("start_in", "manual_confirmation") if is_set(getattr(self, key))]
        stray += [key for key in self.extra or () if key in foreign]
        for key in ("script", "run"):
            if key in stray:
                pair = sorted((key, "trigger"), key=self._place_of)
                yield Problem(
                    f"config these keys cannot be used together: {', '.join(pair)}",
                    path=("extra", key),
                    entry="",
                    plain="cannot be in a trigger job",
                    key=key,
                )
                plain = f"cannot be used with `{key}`"
                yield Problem("config contains unknown keys: trigger", None, ("trigger",), plain, entry="", key="trigger")
                return
        if stray:
            path = (stray[0],) if stray[0] in plan_of(TriggerJob).names else ("extra", stray[0])
            others = f", and neither can {in_backticks(stray[1:])}" if stray[1:] else ""
            yield Problem(
                f"config contains unknown keys: {', '.join(stray)}",
                "a trigger job cannot run a script",
                path,
                f"cannot be in a trigger job{others}",
                entry="",
                key=stray[0],
            )
            yield Problem("config should contain either a trigger or a needs:pipeline", plain="is not a valid trigger job")

    def _place_of(self, key: str) -> tuple[int, int]:
        """Return the position of a keyword in the file: GitLab names keywords in this order."""
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
        **keywords: Unpack[TriggerJobKeywords],
    ) -> TriggerJob:
        """Return a job that starts a child pipeline from a file of this repository.

        Args:
            name: The job's name.
            path: The child's configuration.
            changes: Globs; the child runs only if a matching file changed.
            strategy: Whether the job waits for the child's result.
            keywords: Further keywords of the trigger job.
        """
        from gitlabgen.gitlab.include import Include
        from gitlabgen.gitlab.rules import Rule

        if changes is not None:
            keywords.setdefault("rules", [Rule(changes=changes)])
        return cls(name, trigger=Trigger(include=[Include(local=path)], strategy=strategy), **keywords)
