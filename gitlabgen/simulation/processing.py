"""What follows in a created pipeline: the status of every job once nothing else can run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from gitlabgen.simulation.composite import Counted, Status, composite, counted_as, has_warnings

__all__ = ["Outcome", "Processable", "ProcessedPipeline", "process"]

Outcome: TypeAlias = Literal["success", "failed", "canceled"] | int
"""How a job ends if it runs: a word, or the exit code of a failed job."""

_NONE: Final[Mapping[str, Outcome]] = MappingProxyType({})

# A job is decided once the jobs before it have one of these statuses together.
_STARTS_AFTER: Final[Mapping[str, AbstractSet[Status]]] = {
    "on_success": frozenset(("success",)),
    "manual": frozenset(("success",)),
    "delayed": frozenset(("success",)),
    "on_failure": frozenset(("failed",)),
    "always": frozenset(("success", "failed", "skipped")),
}
_DECIDED: Final[AbstractSet[Status]] = frozenset(("success", "failed", "canceled", "skipped"))
_BEGINS_AS: Final[Mapping[str, Status]] = {"manual": "manual", "delayed": "scheduled"}
# A person cannot cancel a job that waits for a click.
_CANCELABLE: Final[AbstractSet[Status]] = frozenset(("created", "pending", "scheduled"))


class Processable(NamedTuple):
    """A job of a created pipeline.

    Args:
        name: Its name.
        stage: Its stage.
        when: When it starts: `on_success`, `on_failure`, `always`, `manual` or `delayed`.
        allow_failure: Whether it may fail.
        exit_codes: The exit codes with which it may fail.
        needs: The jobs that it waits for instead of its earlier stages; None if it waits for those.
    """

    name: str
    stage: str
    when: str = "on_success"
    allow_failure: bool = False
    exit_codes: AbstractSet[int] = frozenset()
    needs: Sequence[str] | None = None


class ProcessedPipeline(NamedTuple):
    """The statuses of a pipeline once nothing else can run.

    Args:
        jobs: The status of each job.
        stages: The status of each stage that has jobs.
        status: The status of the pipeline.
        has_warnings: Whether a job failed that may fail.
        unplayed: The jobs to play or to retry that never waited for a click, or never ended.
    """

    jobs: Mapping[str, Status]
    stages: Mapping[str, Status]
    status: Status
    has_warnings: bool
    unplayed: tuple[str, ...]


def process(
    jobs: Sequence[Processable],
    *,
    outcomes: Mapping[str, Outcome] = _NONE,
    played: Iterable[str] = (),
    retried: Mapping[str, Outcome] = _NONE,
    timers_fire: bool = True,
    cancels_on_failure: bool = False,
) -> ProcessedPipeline:
    """Return the statuses of a created pipeline once nothing else can run.

    People click on manual jobs and retry jobs only when nothing else can run, in the order of the jobs, the retries last. The
    result does not depend on which of the running jobs ends first, except with `cancels_on_failure`: then the jobs before the
    failed one in the list have ended, and the others have not.

    Args:
        jobs: The jobs, stage by stage.
        outcomes: How jobs end if they run, by name; the others succeed.
        played: The names of the manual jobs that somebody starts.
        retried: The names of ended jobs that somebody retries, with their new outcomes.
        timers_fire: Whether the time of delayed jobs is over.
        cancels_on_failure: Whether the first job that fails cancels the rest, as `workflow:auto_cancel:on_job_failure: all` says.

    Source: https://docs.gitlab.com/ci/jobs/job_control/
    """
    run = _Run(jobs, outcomes, cancels_on_failure=cancels_on_failure)
    waiting = set(played)
    run.settle(waiting, timers_fire=timers_fire)
    unplayed = []
    for job in jobs:
        if job.name in retried:
            if run.statuses[job.name] in ("success", "failed", "canceled"):
                run.outcomes[job.name] = retried[job.name]
                run.restart(job.name)
                run.settle(waiting, timers_fire=timers_fire)
            else:
                unplayed.append(job.name)
    counted: dict[str, set[Counted]] = {}
    for job in jobs:
        counted.setdefault(job.stage, set()).add(run.counted(job))
    everything = frozenset[Counted]().union(*counted.values())
    return ProcessedPipeline(
        run.statuses,
        {stage: composite(found) for stage, found in counted.items()},
        composite(everything),
        has_warnings(everything),
        (*(job.name for job in jobs if job.name in waiting), *unplayed),
    )


class _Run:
    """The statuses of the jobs while they are processed."""

    def __init__(self, jobs: Sequence[Processable], outcomes: Mapping[str, Outcome], *, cancels_on_failure: bool) -> None:
        self.jobs = {job.name: job for job in jobs}
        self.statuses: dict[str, Status] = {job.name: "created" for job in jobs}
        self.outcomes = dict(outcomes)
        self._order = [self.jobs[name] for name in _in_order(jobs)]
        self._allowed: set[str] = {job.name for job in jobs if job.allow_failure}
        self._positions = {stage: position for position, stage in enumerate(dict.fromkeys(job.stage for job in jobs))}
        self._cancels_on_failure = cancels_on_failure

    def counted(self, job: Processable) -> Counted:
        return counted_as(self.statuses[job.name], allow_failure=job.name in self._allowed)

    def settle(self, waiting: set[str], *, timers_fire: bool) -> None:
        """Process all jobs, and then let timers fire and start the waiting manual jobs, until nothing is left to do.

        Args:
            waiting: The names of the manual jobs to start; a started one is removed.
            timers_fire: Whether the time of delayed jobs is over.
        """
        while True:
            self._process()
            delayed = [name for name, status in self.statuses.items() if status == "scheduled"] if timers_fire else []
            for name in delayed:
                self.statuses[name] = "pending"
            if delayed:
                continue
            ready = next((name for name in self.jobs if name in waiting and self.statuses[name] == "manual"), None)
            if ready is None:
                return
            waiting.discard(ready)
            self.restart(ready)

    def restart(self, name: str) -> None:
        """Start a job, and consider the skipped jobs after it again: those of later stages, and those that need it."""
        self.statuses[name] = "pending"
        position = self._positions[self.jobs[name].stage]
        behind = {name}
        for job in self._order:
            if not behind.isdisjoint(job.needs or ()):
                behind.add(job.name)
            is_later = self._positions[job.stage] > position
            if self.statuses[job.name] == "skipped" and (is_later or job.name in behind):
                self.statuses[job.name] = "created"

    def _process(self) -> None:
        """Decide each job after those before it, and end each that starts."""
        earlier: set[Counted] = set()  # what the jobs of the stages before count as
        current: set[Counted] = set()
        stage = None
        for job in self._order:
            if job.stage != stage:
                earlier |= current
                current = set()
                stage = job.stage
            status = self.statuses[job.name]
            if status == "created":
                status = self._decided(job, earlier)
            if status == "pending":
                status = self._ended(job)
            self.statuses[job.name] = status
            current.add(self.counted(job))
            if self._cancels_on_failure and status == "failed" and job.name not in self._allowed:
                self._cancel()

    def _decided(self, job: Processable, earlier: AbstractSet[Counted]) -> Status:
        if job.needs is None:
            before = composite(earlier)
            # Without needs, a job also starts after a stage in which every job was skipped.
            starts = before in _STARTS_AFTER[job.when] or (before == "skipped" and job.when != "on_failure")
        else:
            before = composite({self.counted(self.jobs[name]) for name in job.needs if name in self.jobs}, needs=True)
            starts = before in _STARTS_AFTER[job.when]
        if before not in _DECIDED:
            return "created"
        return _BEGINS_AS.get(job.when, "pending") if starts else "skipped"

    def _ended(self, job: Processable) -> Status:
        outcome = self.outcomes.get(job.name, "success")
        if not isinstance(outcome, int):
            return outcome
        if outcome in job.exit_codes:
            self._allowed.add(job.name)
        return "failed"

    def _cancel(self) -> None:
        for name, status in self.statuses.items():
            if status in _CANCELABLE:
                self.statuses[name] = "canceled"


def _in_order(jobs: Sequence[Processable]) -> Iterator[str]:
    """Yield the names of the jobs stage by stage, each after the jobs of its stage that it needs."""
    stages: dict[str, dict[str, Sequence[str]]] = {}
    for job in jobs:
        stages.setdefault(job.stage, {})[job.name] = job.needs or ()
    for members in stages.values():
        yield from TopologicalSorter(
            {name: [need for need in needs if need in members] for name, needs in members.items()}
        ).static_order()
