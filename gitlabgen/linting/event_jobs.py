"""The jobs for which something certainly holds, with the events for which it does."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.event_views import EventView, phrase
from gitlabgen.simulation.needs import job_needs, rule_needs
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = [
    "JobInEvents",
    "before",
    "in_earlier_stages",
    "is_gate",
    "jobs_in_events",
    "listed",
    "needs_of",
    "needs_path",
    "place_of_rule",
    "sentence",
]

_MOST_NAMES: Final = 3
"""The number of names that a message shows."""


class JobInEvents(NamedTuple):
    """A job for which something holds.

    Args:
        job: The job as written.
        found: What holds, such as the index of a rule.
        views: The events for which it holds.
    """

    job: BaseJob
    found: Hashable
    views: list[EventView]

    @property
    def first(self) -> SimulatedJob:
        """The job, or its first cell, in the first of the events."""
        return next(job for job in self.views[0].jobs.values() if job.seed.job.name == self.job.name)


def jobs_in_events(
    views: Iterable[EventView], find: Callable[[EventView, SimulatedJob], Hashable | None]
) -> Iterator[JobInEvents]:
    """Yield the jobs for which something holds, once for all events and all cells of a parallel job.

    Args:
        views: The events.
        find: Returns what holds for a job that the pipeline of an event certainly has; None if nothing does.
    """
    found: dict[tuple[str, Hashable], JobInEvents] = {}
    for view in views:
        for job in view.jobs.values():
            value = find(view, job) if view.has(job.name) else None
            if value is not None:
                written = job.seed.job
                known = found.setdefault((written.name, value), JobInEvents(written, value, []))
                if view not in known.views:
                    known.views.append(view)
    yield from found.values()


def sentence(views: Iterable[EventView], text: str) -> str:
    """Return a sentence that begins with the events.

    Args:
        views: The events.
        text: The rest of the sentence.
    """
    return f"{phrase(views)}, {text}"


def listed(names: Sequence[str]) -> str:
    """Return names for a sentence: "`a`, `b` and `c`".

    Args:
        names: At least one name.
    """
    shown = [f"`{name}`" for name in names[:_MOST_NAMES]]
    if len(names) > _MOST_NAMES:
        shown[-1:] = [f"{len(names) - _MOST_NAMES + 1} others"]
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def needs_path(job: SimulatedJob) -> tuple[str | int, ...]:
    """Return the path to the needs of a job: those of its rule replace its own.

    Args:
        job: The job.
    """
    return ("rules", place_of_rule(job), "needs") if rule_needs(job.rules[0]) else ("needs",)


def place_of_rule(job: SimulatedJob) -> int:
    """Return the index of the first rule that may apply to a job.

    Args:
        job: A job with rules.
    """
    return next(index for index, rule in enumerate(job.seed.job.rules) if rule is job.rules[0])  # type: ignore[arg-type]


def is_gate(job: SimulatedJob) -> bool:
    """Return whether the pipeline certainly has a job that starts without a click, and whose failure keeps others from running.

    Args:
        job: The job.
    """
    return job.presence is True and job.allow_failure is False and job.when in ("on_success", "always", "delayed")


def needs_of(job: SimulatedJob) -> tuple[str, ...] | None:
    """Return the names of the jobs that a job needs; None if it waits for the stages before, or if that is not known.

    Args:
        job: The job.
    """
    needs = {tuple(need.name for need in job_needs(job.seed, rule)) for rule in job.rules}
    return needs.pop() if len(needs) == 1 and job.scheduling == "dag" else None


def before(view: EventView, job: SimulatedJob) -> list[SimulatedJob]:
    """Return the jobs that a job directly waits for: its needs, or the jobs of earlier stages; none if that is not known.

    Args:
        view: The event.
        job: The job.
    """
    needs = needs_of(job)
    if needs is not None:
        return [view.jobs[name] for name in needs if name in view.jobs]
    return in_earlier_stages(view, job) if job.scheduling == "stage" else []


def in_earlier_stages(view: EventView, job: SimulatedJob) -> list[SimulatedJob]:
    """Return the jobs of earlier stages.

    Args:
        view: The event.
        job: The job.
    """
    orders = job.seed.plan.stages
    own = orders.get(job.stage, -1)
    return [other for other in view.jobs.values() if orders.get(other.stage, own) < own]
