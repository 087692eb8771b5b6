"""What a pipeline does after a job that fails or is cancelled."""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.simulation.assumptions import Assumptions
from gitlabgen.simulation.composite import Status
from gitlabgen.simulation.processing import Outcome
from gitlabgen.simulation.progress import Progress
from gitlabgen.simulation.unknown import Unknown

__all__: list[str] = []


def jobs_before(analysis: EventAnalysis, view: EventView, name: str) -> Iterator[str]:
    """Yield the jobs that a job waits for and that run automatically, from the nearest stage on.

    Args:
        analysis: The pipeline and its events.
        view: The event.
        name: The job.
    """
    job = view.jobs[name]
    orders = analysis.pipeline.orders
    if job.scheduling == "dag":
        before = list(job.needs)
    else:
        before = [other for other in view.jobs if orders.get(other, -1) < orders.get(name, -1)]
        before.sort(key=lambda other: -orders.get(other, -1))
    progress = view.simulation.progress
    yield from (other for other in before if progress is not None and progress.status_of(other) == "success")


def status_after(view: EventView, name: str, other: str, outcome: Outcome) -> Status | Unknown:
    """Return the status of a job once nothing else can run, after another job has ended in some way.

    Args:
        view: The event.
        name: The job.
        other: The other job.
        outcome: How it ends.
    """
    return Progress(view.simulation, Assumptions({other: outcome}), {}, view.simulation.auto_cancel).status_of(name)
