"""Child pipelines: what a trigger job passes on, and the pipelines that its files describe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
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
from gitlabgen.simulation.simulated import Simulation
from gitlabgen.simulation.simulated_jobs import SimulatedJob
from gitlabgen.simulation.validity import first_error
from gitlabgen.simulation.variables import Value

__all__: list[str] = []

_MOST_LEVELS: Final = 2
"""Children of children can have no children."""

_MOST_CHILDREN: Final = 1000
"""The number of different children that are read; by default, GitLab creates no more pipelines in a family."""


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


class ChildPipelines(Mapping[str, Simulation]):
    """The child pipelines that can be read here, by the names of the jobs that start them.

    They are simulated when somebody looks at them. Jobs that start the same file with the same variables share a pipeline.

    Args:
        parent: The pipeline.
        world: What is the same for both.
        level: How far the children are from the first pipeline.

    Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#parent-child-pipelines
    """

    def __init__(self, parent: Simulation, world: World, level: int = 1) -> None:
        self._parent = parent
        self._world = world
        self._level = level

    @cached_property
    def _found(self) -> dict[str, Simulation]:
        found: dict[str, Simulation] = {}
        known: dict[str, Simulation | None] = {}
        for job, trigger in _triggers(self._parent) if self._level <= _MOST_LEVELS else ():
            passed = forwarded(job, trigger, self._parent.event)
            key = repr((trigger.include, trigger.inputs, passed))
            if key not in known and len(known) < _MOST_CHILDREN:
                known[key] = self._child(trigger, passed)
            child = known.get(key)
            if child is not None:
                found[job.name] = child
        return found

    def _child(self, trigger: Trigger, passed: dict[str, Any]) -> Simulation | None:
        world = self._world
        facts = EventFacts(self._parent.event.child(passed), world.project, world.repository)
        found = resolve_child(trigger, world.repository, world.limits.includes, EventIncludes(facts))
        if found.resolution is None:
            return None
        plan = Plan(found.resolution, world.limits, (*found.refused, *found.broken))
        facts.unread = plan.unread
        child = create(plan, facts, first_error(plan))
        return child.with_children(ChildPipelines(child, world, self._level + 1), plan.unread)

    def __getitem__(self, name: str) -> Simulation:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


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
