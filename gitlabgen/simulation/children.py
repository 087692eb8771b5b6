"""Child pipelines: what a trigger job passes on, and the pipelines that its files describe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.gitlab.trigger import Trigger, TriggerJob
from gitlabgen.resolution.children import resolve_child
from gitlabgen.resolution.repositories import Repository
from gitlabgen.simulation.creation import create
from gitlabgen.simulation.event_facts import EventFacts
from gitlabgen.simulation.events import Event
from gitlabgen.simulation.expansion import expand_text
from gitlabgen.simulation.include_decisions import EventIncludes
from gitlabgen.simulation.project_facts import ProjectFacts
from gitlabgen.simulation.seeds import Plan
from gitlabgen.simulation.simulated import SimulatedJob, Simulation
from gitlabgen.simulation.validity import first_error
from gitlabgen.simulation.variables import Value

__all__: list[str] = []

_MOST_LEVELS: Final = 2
"""Children of children can have no children."""


class World(NamedTuple):
    """What is the same for a pipeline and its children.

    Args:
        repository: The repository with the files of the children.
        project: What only the server knows about the project.
        limits: The limits of the GitLab server.
    """

    repository: Repository | None
    project: ProjectFacts | None = None
    limits: Limits = DEFAULT_LIMITS


def child_pipelines(parent: Simulation, world: World, level: int = 1) -> dict[str, Simulation]:
    """Return the child pipelines that can be read here, by the names of the jobs that start them.

    Args:
        parent: The pipeline.
        world: What is the same for both.
        level: How far the children are from the first pipeline.

    Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#parent-child-pipelines
    """
    children = {}
    for job, trigger in _triggers(parent) if level <= _MOST_LEVELS else ():
        event = parent.event.child(forwarded(job, trigger, parent.event))
        facts = EventFacts(event, world.project, world.repository)
        found = resolve_child(trigger, world.repository, world.limits.includes, EventIncludes(facts))
        if found.resolution is not None:
            plan = Plan(found.resolution, world.limits, (*found.refused, *found.broken))
            facts.unread = plan.unread
            child = create(plan, facts, first_error(plan))
            children[job.name] = child.with_children(child_pipelines(child, world, level + 1), plan.unread)
    return children


def _triggers(parent: Simulation) -> Iterator[tuple[SimulatedJob, Trigger]]:
    for job in parent.values():
        written = job.seed.job
        trigger = written.trigger if isinstance(written, TriggerJob) else None
        if isinstance(trigger, Trigger) and is_set(trigger.include):
            yield job, trigger


def forwarded(job: SimulatedJob, trigger: Trigger, event: Event) -> dict[str, Any]:
    """Return the variables that a job passes to the pipeline that it starts.

    Args:
        job: The job.
        trigger: Its trigger.
        event: The event of its pipeline.

    Source: https://docs.gitlab.com/ci/yaml/#triggerforward
    """
    forward: Any = trigger.forward
    passed: dict[str, Any] = {}
    if getattr(forward, "yaml_variables", None) is not False:
        passed |= {key: _expanded(job, key, value) for key, value in job.variables.items()}
    if getattr(forward, "pipeline_variables", None) is True:
        passed |= event.variables or {}
    return passed


def _expanded(job: SimulatedJob, key: str, value: Value) -> Value:
    if not isinstance(value, str) or key in job.raw_variables:
        return value
    return expand_text(value, job.all_variables, unknown="blank", nested=True)
