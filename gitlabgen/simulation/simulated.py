"""The result of a simulation: the jobs of a pipeline, the absent ones, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import attrs

from gitlabgen.errors import UnknownJobError, did_you_mean
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.reporting import located
from gitlabgen.simulation.assumptions import Assumptions
from gitlabgen.simulation.progress import Progress
from gitlabgen.simulation.simulated_jobs import AbsentJob, SimulatedJob
from gitlabgen.simulation.unknown import Truth, Unknown, merged_reasons

if TYPE_CHECKING:
    from gitlabgen.errors import Finding
    from gitlabgen.simulation.composite import Status
    from gitlabgen.simulation.events import Event
    from gitlabgen.simulation.traces import Trace
    from gitlabgen.simulation.workflow import WorkflowDecision

__all__ = ["Simulation"]

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
