"""What follows in a simulated pipeline: the status of each job, if it is certain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.gitlab.trigger import Trigger, TriggerJob
from gitlabgen.simulation.assumptions import Assumptions
from gitlabgen.simulation.needs import job_needs, starts_by_needs
from gitlabgen.simulation.processing import Outcome, Processable, ProcessedPipeline, process
from gitlabgen.simulation.unknown import Unknown

if TYPE_CHECKING:
    from gitlabgen.simulation.composite import Status
    from gitlabgen.simulation.simulated import Simulation
    from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__: list[str] = []

_MOST_POSSIBILITIES: Final = 64
_FOLLOWED: Final = frozenset(("failed", "canceled"))


class Progress:
    """What follows in a created pipeline. It is computed when somebody asks, and only certain answers are given.

    Args:
        jobs: The jobs by name, stage by stage.
        assumed: How jobs end, and what people do with them.
        children: The child pipelines with what follows in them, by the names of the jobs that start them.
        auto_cancel: What GitLab cancels automatically.
    """

    def __init__(
        self,
        jobs: Mapping[str, SimulatedJob],
        assumed: Assumptions,
        children: Mapping[str, Simulation],
        auto_cancel: Mapping[str, str],
    ) -> None:
        self.assumed = assumed
        self._jobs = jobs
        self._children = children
        self._cancels_on_failure = auto_cancel.get("on_job_failure") == "all"

    @property
    def is_trivial(self) -> bool:
        """Whether nothing is assumed of a job."""
        progresses = (child.progress for child in self._children.values())
        return not self.assumed.names and all(found is None or found.is_trivial for found in progresses)

    def status_of(self, name: str) -> Status | Unknown:
        """Return the status of a job once nothing else can run.

        Args:
            name: The job.
        """
        found: Status | Unknown = self._agreed([run.jobs[name] for run in self._runs if name in run.jobs])
        return found

    @property
    def status(self) -> Status | Unknown:
        """The status of the pipeline once nothing else can run."""
        found: Status | Unknown = self._agreed([run.status for run in self._runs])
        return found

    @property
    def has_warnings(self) -> bool | Unknown:
        """Whether a job fails that may fail."""
        found: bool | Unknown = self._agreed([run.has_warnings for run in self._runs])
        return found

    @property
    def idle(self) -> tuple[str, ...]:
        """The jobs to start or to retry that never wait for a click, or never end."""
        return tuple(dict.fromkeys(name for run in self._runs[:1] for name in run.unplayed))

    def _agreed(self, values: Sequence[Any]) -> Any:
        if not values or any(value != values[0] for value in values[1:]):
            return Unknown(self._reasons)
        return values[0]

    @cached_property
    def _possible(self) -> list[list[Processable | None]]:
        """What each job may be; None where the pipeline may not have it."""
        return [[*dict.fromkeys(_possible(job))] for job in self._jobs.values()]

    @cached_property
    def _reasons(self) -> tuple[str, ...]:
        uncertain = [job for job, possible in zip(self._jobs.values(), self._possible, strict=True) if len(possible) > 1]
        return tuple(dict.fromkeys(reason for job in uncertain for reason in _reasons(job)))

    @cached_property
    def _runs(self) -> list[ProcessedPipeline]:
        """What follows for each possibility; nothing if there are too many."""
        if prod(map(len, self._possible)) > _MOST_POSSIBILITIES:
            return []
        return [self._run([job for job in jobs if job is not None]) for jobs in product(*self._possible)]

    def _run(self, jobs: list[Processable]) -> ProcessedPipeline:
        assumed = self.assumed
        return process(
            jobs,
            outcomes={**self._followed, **assumed.outcomes},
            played=assumed.played,
            retried=assumed.retried,
            cancels_on_failure=self._cancels_on_failure,
        )

    @cached_property
    def _followed(self) -> dict[str, Outcome]:
        """How trigger jobs end that wait for the pipelines that they start."""
        found: dict[str, Outcome] = {}
        for name, child in self._children.items():
            job = self._jobs[name].seed.job
            trigger = job.trigger if isinstance(job, TriggerJob) else None
            if isinstance(trigger, Trigger) and trigger.strategy in ("depend", "mirror") and child.status in _FOLLOWED:
                found[name] = child.status  # type: ignore[assignment]
        return found


def _possible(job: SimulatedJob) -> Iterator[Processable | None]:
    if job.presence is not True:
        yield None
    for rule in job.rules:
        needs = tuple(need.name for need in job_needs(job.seed, rule)) if starts_by_needs(job.seed, rule) else None
        when, may_fail = job.start_by(rule), job.may_fail_by(rule)
        yield Processable(job.name, job.stage, when, may_fail, frozenset(job.exit_codes), needs)


def _reasons(job: SimulatedJob) -> tuple[str, ...]:
    return job.presence.reasons if isinstance(job.presence, Unknown) else job.trace.reasons
