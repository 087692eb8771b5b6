"""The result of a simulation: the jobs of a pipeline, the absent ones, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from gitlabgen.errors import UnknownJobError, did_you_mean
from gitlabgen.gitlab.allow_failure import AllowFailure
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.reporting import located
from gitlabgen.simulation.assumptions import Assumptions
from gitlabgen.simulation.expansion import expand_text
from gitlabgen.simulation.needs import JobNeed, job_needs, starts_by_needs
from gitlabgen.simulation.progress import Progress
from gitlabgen.simulation.scopes import JobScope, PipelineScope, environment_name
from gitlabgen.simulation.seeds import Seed
from gitlabgen.simulation.unknown import Truth, Unknown, merged_reasons
from gitlabgen.simulation.variables import Variable, Variables
from gitlabgen.simulation.yaml_variables import yaml_variables

if TYPE_CHECKING:
    from gitlabgen.errors import Finding
    from gitlabgen.simulation.composite import Status
    from gitlabgen.simulation.events import Event
    from gitlabgen.simulation.traces import Trace
    from gitlabgen.simulation.workflow import WorkflowDecision

__all__ = ["AbsentJob", "SimulatedJob", "Simulation"]

Outcome: TypeAlias = Literal["created", "filtered", "invalid", "creation_error", "skipped", "unknown"]

OUTCOME_TEXTS: Final[Mapping[Outcome, str]] = {
    "created": "",
    "filtered": "no pipeline",
    "invalid": "the configuration is invalid",
    "creation_error": "GitLab cannot create the pipeline",
    "skipped": "the pipeline is skipped",
    "unknown": "it is unknown whether there is a pipeline",
}
"""What each outcome means, in words; empty if there is a pipeline."""

EDGES: Final = frozenset((".pre", ".post"))
"""The stages whose jobs alone make no pipeline."""


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


def doubts_about(jobs: Iterable[SimulatedJob]) -> tuple[str, ...]:
    """Return why it is unknown whether there is any job that makes a pipeline.

    Args:
        jobs: The jobs; none is certain.
    """
    unknown = (job.presence for job in jobs if job.stage not in EDGES)
    return merged_reasons(presence for presence in unknown if isinstance(presence, Unknown))


@attrs.frozen(eq=False, repr=False)
class Simulation(Mapping[str, SimulatedJob]):
    """The pipeline that GitLab creates for an event: its jobs by name, in the order of the stages.

    Attributes:
        outcome: `created`; `filtered`: no pipeline for this event; `invalid`: no event can work; `creation_error`: this event
            cannot work; `skipped`: the commit's message says so; or `unknown`.
        reason: GitLab's word for why there is no pipeline, or why the outcome is unknown; None if there is a pipeline.
        errors: GitLab's messages.
        warnings: GitLab's warnings.
        name: The name of the pipeline; None if it has none.
        auto_cancel: What GitLab cancels automatically.
        workflow_variables: The variables that the rule of the workflow sets.
        absent: The jobs that the pipeline does not have, by name.
        event: The event.
        findings: The problems of an invalid configuration, with their positions.
        children: The child pipelines that can be read here, by the names of the jobs that start them.
        unread: The includes that were not read.
        workflow: What the workflow decides; None if GitLab does not look at it.
        chosen: The jobs that their rules allow, also if GitLab then creates no pipeline, for example because a need is missing.
        progress: What follows once the pipeline is created; None until it is known what is assumed.
        doubts: Why it is unknown whether there is a pipeline, if not only because all its jobs are.
    """

    event: Event
    outcome: Outcome
    reason: str | None = None
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    name: str | Unknown | None = None
    auto_cancel: Mapping[str, str] = attrs.field(factory=dict)
    workflow_variables: Mapping[str, str | Unknown] = attrs.field(factory=dict)
    absent: Mapping[str, AbsentJob] = MappingProxyType({})
    findings: tuple[Finding, ...] = ()
    children: Mapping[str, Simulation] = MappingProxyType({})
    unread: tuple[str, ...] = ()
    workflow: WorkflowDecision | None = None
    chosen: Mapping[str, SimulatedJob] = MappingProxyType({})
    progress: Progress | None = None
    doubts: tuple[str, ...] = ()
    _jobs: Mapping[str, SimulatedJob] = attrs.field(default=MappingProxyType({}), alias="jobs")

    def __getitem__(self, name: str) -> SimulatedJob:
        """Return a job of the pipeline.

        Args:
            name: Its name.

        Raises:
            UnknownJobError: If the pipeline does not have it.
        """
        found = self._jobs.get(name)
        if found is None:
            raise UnknownJobError(located(self._missing(name), position(caller())))
        return found

    def _missing(self, name: str) -> Finding:
        from gitlabgen.errors import Finding

        if name in self.absent:
            return Finding("unknown-job", f"The pipeline does not have the job `{name}`.", hint=self.absent[name].trace.summary)
        message = f"The configuration has no job `{name}`."
        return Finding("unknown-job", message, hint=did_you_mean(name, [*self._jobs, *self.absent]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._jobs)

    def __len__(self) -> int:
        return len(self._jobs)

    def __contains__(self, name: object) -> bool:
        return name in self._jobs

    @property
    def stages(self) -> dict[str, list[SimulatedJob]]:
        """The jobs of each stage that has some, in order."""
        found: dict[str, list[SimulatedJob]] = {}
        for job in self._jobs.values():
            found.setdefault(job.stage, []).append(job)
        return found

    def with_children(self, children: Mapping[str, Simulation], unread: tuple[str, ...] = ()) -> Simulation:
        """Return the pipeline with its children.

        Args:
            children: The child pipelines by the names of the jobs that start them.
            unread: The includes that were not read.
        """
        return attrs.evolve(self, children=children, unread=unread)

    def assuming(self, assumed: Assumptions) -> Simulation:
        """Return the pipeline and its children with what follows in them.

        Args:
            assumed: How jobs end, and what people do with them. A name of a job with `parallel` means all its instances.
        """
        children = _Assuming(self.children, assumed)
        progress = Progress(self._jobs, assumed.of(self._instances(assumed.names)), children, self.auto_cancel)
        for job in self._jobs.values():
            job.progress = progress
        return attrs.evolve(self, children=children, progress=progress)

    def _instances(self, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {name: [name] for name in names if name in self._jobs}
        wanted = {name for name in names if name not in found}
        for job in self._jobs.values() if wanted else ():
            if job.seed.job.name in wanted:
                found.setdefault(job.seed.job.name, []).append(job.name)
        return {name: tuple(jobs) for name, jobs in found.items()}

    @property
    def status(self) -> Status | Unknown:
        """The status of the pipeline once nothing else can run; `created` until it is known what is assumed."""
        return "created" if self.progress is None else self.progress.status

    @property
    def workflow_trace(self) -> Trace | None:
        """Why there is a pipeline, or not; None if GitLab did not look at the workflow."""
        from gitlabgen.simulation.traces import workflow_trace

        found = self.workflow
        return None if found is None else workflow_trace(found.rules, found.scope, found.starts)

    @property
    def presence(self) -> Truth:
        """Whether there is a pipeline."""
        if self.outcome == "unknown":
            return Unknown(self.doubts or doubts_about(self.values()))
        return self.outcome == "created"

    def __repr__(self) -> str:
        return f"<Simulation {self.outcome}: {', '.join(self._jobs)}>"


class _Assuming(Mapping[str, Simulation]):
    """Child pipelines with what follows in them; each is made when somebody looks at it."""

    def __init__(self, children: Mapping[str, Simulation], assumed: Assumptions) -> None:
        self._children = children
        self._assumed = assumed
        self._made: dict[str, Simulation] = {}

    def __getitem__(self, name: str) -> Simulation:
        if name not in self._made:
            self._made[name] = self._children[name].assuming(self._assumed)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._children)

    def __len__(self) -> int:
        return len(self._children)
