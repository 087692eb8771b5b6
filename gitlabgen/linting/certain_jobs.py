"""What follows in the pipeline of an event after a job that fails or is cancelled."""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.simulation.assumptions import Assumptions
from gitlabgen.simulation.composite import Status
from gitlabgen.simulation.processing import Outcome
from gitlabgen.simulation.progress import Progress
from gitlabgen.simulation.simulated_jobs import SimulatedJob
from gitlabgen.simulation.unknown import Unknown

__all__ = ["CertainJobs"]


class CertainJobs:
    """The jobs that the pipeline of an event certainly has, and that certainly start in one way.

    Other jobs are left out: what they would do is not known, and they let no job run that these prevent.

    Args:
        analysis: The pipeline and its events.
        view: The event.
    """

    def __init__(self, analysis: EventAnalysis, view: EventView) -> None:
        self.view = view
        self.jobs = {name: job for name, job in view.jobs.items() if view.has(name) and _is_certain(job)}
        self._orders = analysis.pipeline.orders
        self._nearest_first = sorted(self.jobs, key=lambda name: -self._orders.get(name, -1))
        self._known: dict[tuple[str, Outcome], Progress] = {}
        self._usual = Progress(self.jobs, Assumptions(), {}, view.simulation.auto_cancel)

    def before(self, name: str) -> Iterator[str]:
        """Yield the jobs that a job waits for and that run automatically, from the nearest stage on.

        Args:
            name: The job.
        """
        job = self.jobs[name]
        position = self._orders.get(name, -1)
        others = job.needs if job.scheduling == "dag" else self._nearest_first
        for other in others:
            is_before = job.scheduling == "dag" or self._orders.get(other, -1) < position
            if other in self.jobs and is_before and self._usual.status_of(other) == "success":
                yield other

    def status_after(self, name: str, other: str, outcome: Outcome) -> Status | Unknown:
        """Return the status of a job once nothing else can run, after another job has ended in some way.

        Args:
            name: The job.
            other: The other job.
            outcome: How it ends.
        """
        found = self._known.get((other, outcome))
        if found is None:
            found = Progress(self.jobs, Assumptions({other: outcome}), {}, self.view.simulation.auto_cancel)
            self._known[other, outcome] = found
        return found.status_of(name)


def certain_pipelines(analysis: EventAnalysis) -> list[CertainJobs]:
    """Return the pipelines that GitLab certainly creates, by event.

    Args:
        analysis: The pipeline and its events.
    """
    return [CertainJobs(analysis, view) for view in analysis.started if view.is_created]


def _is_certain(job: SimulatedJob) -> bool:
    return len({(job.start_by(rule), job.may_fail_by(rule)) for rule in job.rules}) == 1
