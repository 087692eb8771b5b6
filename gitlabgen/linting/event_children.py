"""The child pipelines that events start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from gitlabgen.analysis.spots import spot
from gitlabgen.gitlab.trigger import Trigger, TriggerJob
from gitlabgen.linting.event_jobs import listed
from gitlabgen.linting.event_views import EventView
from gitlabgen.resolution.include_entries import entries
from gitlabgen.simulation.event_facts import CHANGES_UNKNOWN
from gitlabgen.simulation.seeds import Plan
from gitlabgen.simulation.simulated import Simulation
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["StartedChild", "children_in_events", "children_of"]


class StartedChild(NamedTuple):
    """A child pipeline that an event starts.

    Args:
        view: The event.
        start: The job that starts it.
        child: The child pipeline.
    """

    view: EventView
    start: SimulatedJob
    child: Simulation

    @property
    def trigger(self) -> Trigger:
        """The trigger of the job."""
        job = self.start.seed.job
        assert isinstance(job, TriggerJob)
        assert isinstance(job.trigger, Trigger)
        return job.trigger

    @property
    def files(self) -> str:
        """The files of the child pipeline, for a sentence."""
        return listed([str(entry.location) for entry in entries(self.trigger)])

    @property
    def plan(self) -> Plan | None:
        """The configuration of the child pipeline; None if it has no jobs."""
        jobs = (*self.child.chosen.values(), *self.child.absent.values())
        return jobs[0].seed.plan if jobs else None


def children_of(views: Iterable[EventView]) -> Iterator[StartedChild]:
    """Yield the child pipelines of events, and theirs, if they start whenever certain files have changed.

    Args:
        views: The events.
    """
    for view in views:
        for started in _started(view, view.simulation):
            # Jobs of the pipeline itself may depend on the name of the default branch.
            name = started.start.name
            if started.start is not view.jobs.get(name) or all(_starts(found.chosen.get(name)) for found in view.variants):
                yield started


def _started(view: EventView, parent: Simulation) -> Iterator[StartedChild]:
    for name, child in parent.children.items():
        if _starts(parent[name]):
            yield StartedChild(view, parent[name], child)
            yield from _started(view, child)


def _starts(job: SimulatedJob | None) -> bool:
    return job is not None and (job.presence is True or set(job.presence.reasons) == {CHANGES_UNKNOWN})


def children_in_events(
    views: Iterable[EventView], holds: Callable[[StartedChild], bool]
) -> Iterator[tuple[StartedChild, list[EventView]]]:
    """Yield the child pipelines for which something holds, once for each job that starts them, with the events.

    Args:
        views: The events.
        holds: Whether it holds for a child pipeline.
    """
    found: dict[object, tuple[StartedChild, list[EventView]]] = {}
    for started in filter(holds, children_of(views)):
        where = spot(started.start.seed.job)
        _, known = found.setdefault((where.position, where.job), (started, []))
        if started.view not in known:
            known.append(started.view)
    yield from found.values()
