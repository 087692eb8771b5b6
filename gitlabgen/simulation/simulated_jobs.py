"""The jobs of a simulated pipeline, and the absent ones: what each has, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

from gitlabgen.gitlab.allow_failure import AllowFailure
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.simulation.expansion import expand_text
from gitlabgen.simulation.needs import JobNeed, job_needs, starts_by_needs
from gitlabgen.simulation.progress import Progress
from gitlabgen.simulation.scopes import JobScope, PipelineScope, environment_name
from gitlabgen.simulation.seeds import Seed
from gitlabgen.simulation.unknown import Unknown
from gitlabgen.simulation.variables import Variable, Variables
from gitlabgen.simulation.yaml_variables import yaml_variables

if TYPE_CHECKING:
    from gitlabgen.simulation.composite import Status
    from gitlabgen.simulation.traces import Trace

__all__ = ["AbsentJob", "SimulatedJob"]


class _Decided:
    """A job that an event was decided for.

    What it has is found when it is asked for, because most jobs of a large pipeline are never looked at.
    """

    __slots__ = ("_pipeline", "seed")

    def __init__(self, seed: Seed, pipeline: PipelineScope) -> None:
        self.seed = seed
        self._pipeline = pipeline

    @property
    def name(self) -> str:
        """The name of the job."""
        return self.seed.name

    @property
    def stage(self) -> str:
        """The stage of the job."""
        return self.seed.stage

    @property
    def trace(self) -> Trace:
        """Why the job is part of the pipeline, or not."""
        from gitlabgen.simulation.traces import trace_of

        return trace_of(self.scope)

    @property
    def scope(self) -> JobScope:
        """What the clauses of the job see."""
        return JobScope(self._pipeline, self.seed)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name!r}>"


class AbsentJob(_Decided):
    """A job of the configuration that is not part of the pipeline.

    Attributes:
        name: The name of the job.
        stage: The stage of the job.
        trace: Why it is absent.
    """

    __slots__ = ()


class SimulatedJob(_Decided):
    """A job of a pipeline, as GitLab creates it. What depends on something unknown is `Unknown`.

    Attributes:
        name: The name.
        stage: The stage.
        presence: True, or why it is unknown whether the pipeline has the job.
        when: When the job starts: `on_success`, `on_failure`, `always`, `manual` or `delayed`.
        allow_failure: Whether the pipeline continues after a failure.
        exit_codes: The exit codes that the pipeline continues after; empty if not limited to some.
        needs: The names of the jobs that it waits for.
        optional_needs: Those that may be absent.
        needs_without_artifacts: Those whose artifacts it does not download.
        variables: The variables that the configuration sets for the job, by name.
        raw_variables: The names of those whose values are not expanded.
        all_variables: These, and those of the event, the project and GitLab.
        scheduling: `dag` if it starts after its needs, `stage` if it starts after the stages before.
        start_in: The delay of a delayed job.
        interruptible: Whether a newer pipeline may cancel it; None if the configuration does not say.
        tags: The tags of its runner.
        environment: The name of its environment as written; None without.
        dependencies: The jobs whose artifacts it downloads; None for those of all stages before.
        resource_group: Its resource group as written; None without.
        is_trigger: Whether it starts another pipeline.
        status: Its status once nothing else can run.
        trace: Why the job is part of the pipeline.
    """

    __slots__ = ("presence", "progress", "rules")

    def __init__(
        self, seed: Seed, pipeline: PipelineScope, rules: Sequence[Rule | None], presence: Literal[True] | Unknown
    ) -> None:
        self.seed = seed
        self._pipeline = pipeline
        # The rules that may apply, without those that exclude the job.
        self.rules = rules
        self.presence = presence
        self.progress: Progress | None = None  # known once the pipeline has all its jobs

    @property
    def status(self) -> Status | Unknown:
        """Its status once nothing else can run."""
        return "created" if self.progress is None else self.progress.status_of(self.name)

    def _agreed(self, value_of: Callable[[Rule | None], Any]) -> Any:
        """Return what all rules that may apply agree on."""
        values = [value_of(rule) for rule in self.rules]
        if any(value != values[0] for value in values[1:]):
            return Unknown(self.trace.reasons)
        return values[0]

    @property
    def when(self) -> Any:
        """When the job starts."""
        return self._agreed(self.start_by)

    def start_by(self, rule: Rule | None) -> str:
        """Return when the job starts if a rule applies.

        Args:
            rule: The rule; None for a job without rules.
        """
        when = None if rule is None else rule.when
        when = when if is_set(when) else self.seed.job.when
        return str(when) if is_set(when) else "on_success"

    @property
    def allow_failure(self) -> Any:
        """Whether the pipeline continues after a failure."""
        return self._agreed(self.may_fail_by)

    def may_fail_by(self, rule: Rule | None) -> bool:
        """Return whether the pipeline continues after a failure if a rule applies.

        Args:
            rule: The rule; None for a job without rules.
        """
        job = self.seed.job
        if rule is not None and is_set(rule.allow_failure):
            return rule.allow_failure is True
        if is_set(job.allow_failure):
            return job.allow_failure is True
        # GitLab looks at the job's own word, whatever the rule says.
        return job.when == "manual"

    @property
    def exit_codes(self) -> tuple[int, ...]:
        """The exit codes that the pipeline continues after."""
        allowed = self.seed.job.allow_failure
        if not isinstance(allowed, AllowFailure) or any(rule is not None and is_set(rule.allow_failure) for rule in self.rules):
            return ()
        codes = allowed.exit_codes
        return codes if isinstance(codes, tuple) else (codes,)

    @property
    def _needs(self) -> tuple[JobNeed, ...]:
        found: tuple[JobNeed, ...] = self._agreed(lambda rule: tuple(job_needs(self.seed, rule)))
        return () if isinstance(found, Unknown) else found

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the jobs that it waits for."""
        return tuple(need.name for need in self._needs)

    @property
    def optional_needs(self) -> tuple[str, ...]:
        """The needs that may be absent."""
        return tuple(need.name for need in self._needs if need.is_optional)

    @property
    def needs_without_artifacts(self) -> tuple[str, ...]:
        """The needs whose artifacts it does not download."""
        return tuple(need.name for need in self._needs if not need.has_artifacts)

    @property
    def scheduling(self) -> Any:
        """What the job waits for."""
        return self._agreed(lambda rule: "dag" if starts_by_needs(self.seed, rule) else "stage")

    @property
    def variables(self) -> dict[str, str | Unknown]:
        """The variables that the configuration sets for the job."""
        found: dict[str, Any] = {variable.key: variable.value for variable in self._job_variables()}
        blocks = [{variable.key: variable.value for variable in self._rule_variables(rule)} for rule in self.rules]
        for key in dict.fromkeys(key for block in blocks for key in block):
            values = [block.get(key, found.get(key)) for block in blocks]
            agree = all(value == values[0] for value in values[1:])
            found[key] = values[0] if agree else Unknown(self.trace.reasons)
        return found

    @property
    def raw_variables(self) -> frozenset[str]:
        """The variables whose values are not expanded."""
        variables = (*self._job_variables(), *(variable for rule in self.rules for variable in self._rule_variables(rule)))
        return frozenset(key for key, is_raw in {variable.key: variable.raw for variable in variables}.items() if is_raw)

    @property
    def all_variables(self) -> Variables:
        """All variables that GitLab knows when it creates the job, with those of the rules that may apply."""
        *below, after = self.scope.variables.layers
        chosen = [variable for rule in self.rules for variable in self._rule_variables(rule)]
        return Variables((*below, chosen, after))

    def _job_variables(self) -> Iterator[Variable]:
        scope = self.scope
        yield from scope.inherited
        yield from scope.own

    def _rule_variables(self, rule: Rule | None) -> Iterator[Variable]:
        if rule is not None and "variables" in rule.__dict__:
            yield from yaml_variables(rule.variables, f"jobs:{self.seed.job.name}:rules:variables", self.seed.plan.resolution)

    @property
    def start_in(self) -> Any:
        """The delay of a delayed job."""
        return self._agreed(self._start_in)

    def _start_in(self, rule: Rule | None) -> Any:
        if self.start_by(rule) != "delayed":
            return None
        own = self.seed.job.start_in
        return rule.start_in if rule is not None and is_set(rule.start_in) else own if is_set(own) else None

    @property
    def interruptible(self) -> Any:
        """Whether a newer pipeline may cancel the job."""
        default = self.seed.plan.analysis.setting(self.seed.job, "interruptible")
        return self._agreed(lambda rule: rule.interruptible if rule is not None and is_set(rule.interruptible) else default)

    @property
    def tags(self) -> tuple[Any, ...]:
        """The tags of its runner."""
        tags = self.seed.plan.analysis.setting(self.seed.job, "tags")
        variables = self.scope.variables
        return tuple(
            expand_text(tag, variables, unknown="keep", nested=False) if isinstance(tag, str) else tag
            for tag in (tags if isinstance(tags, tuple) else ())
        )

    @property
    def environment(self) -> str | None:
        """The name of its environment as written."""
        return environment_name(self.seed.job.environment)

    @property
    def dependencies(self) -> tuple[str, ...] | None:
        """The jobs whose artifacts it downloads."""
        names = getattr(self.seed.job, "dependencies", None)
        if not isinstance(names, tuple):
            return None
        children = self.seed.plan.children
        return tuple(child for name in names for child in children.get(name, (name,)))

    @property
    def resource_group(self) -> str | None:
        """Its resource group as written."""
        group = self.seed.job.resource_group
        return group if isinstance(group, str) else None

    @property
    def is_trigger(self) -> bool:
        """Whether it starts another pipeline."""
        return isinstance(self.seed.job, TriggerJob)
