"""Simulate events: the pipeline that each of them creates."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.resolution.configuration import resolve
from gitlabgen.simulation.children import World, child_pipelines
from gitlabgen.simulation.creation import create
from gitlabgen.simulation.event_facts import EventFacts
from gitlabgen.simulation.include_decisions import EventIncludes
from gitlabgen.simulation.seeds import Check, Plan
from gitlabgen.simulation.validity import first_error

if TYPE_CHECKING:
    from gitlabgen.errors import Finding
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.resolution.repositories import Repository
    from gitlabgen.simulation.events import Event
    from gitlabgen.simulation.project_facts import ProjectFacts
    from gitlabgen.simulation.simulated import Simulation

__all__ = ["simulate"]


def simulate(
    pipeline: Pipeline,
    event: Event,
    *,
    repository: Repository | None = None,
    inputs: Mapping[str, Any] | None = None,
    project: ProjectFacts | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Simulation:
    """Return the pipeline that GitLab creates for an event, and why.

    Args:
        pipeline: The pipeline.
        event: The event, such as `Push("main")`.
        repository: The repository with the included files; without it, they are unknown.
        inputs: The values of the pipeline's inputs; those of the event count more.
        project: What only the server knows about the project; `project` of the event counts more.
        limits: The limits of the GitLab server.

    Source: https://docs.gitlab.com/ci/pipelines/pipeline_types/
    """
    return Simulator(pipeline, repository, project=project, limits=limits).simulate(event, inputs)


class _Configuration(NamedTuple):
    """A configuration that was resolved.

    Args:
        decisions: What the event decided about its includes.
        plan: The configuration.
        rejection: GitLab's message if it cannot work for any event.
    """

    decisions: EventIncludes
    plan: Plan
    rejection: str | None


class Simulator:
    """Simulates events for one pipeline.

    Args:
        pipeline: The pipeline.
        repository: The repository with the included files; without it, they are unknown.
        project: What only the server knows about the project.
        limits: The limits of the GitLab server.
        read: The problems that were found when the pipeline was read.
        check: Yields further problems for which GitLab rejects a pipeline.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        repository: Repository | None = None,
        *,
        project: ProjectFacts | None = None,
        limits: Limits = DEFAULT_LIMITS,
        read: Iterable[Finding] = (),
        check: Check | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._world = World(repository, project, limits)
        self._known: dict[str, list[_Configuration]] = {}
        self._read = tuple(read)
        self._check = check

    def simulate(self, event: Event, inputs: Mapping[str, Any] | None = None) -> Simulation:
        """Return the pipeline that GitLab creates for an event, and why.

        Args:
            event: The event.
            inputs: The values of the pipeline's inputs; those of the event count more.
        """
        enabled = gc.isenabled()
        gc.disable()  # on large pipelines, collection costs more than the simulation
        try:
            return self._simulation(event, {**(inputs or {}), **(event.inputs or {})})
        finally:
            if enabled:
                gc.enable()

    def _simulation(self, event: Event, inputs: Mapping[str, Any]) -> Simulation:
        facts = EventFacts(event, self._world.project, self._world.repository)
        known = self._configuration(inputs, EventIncludes(facts))
        facts.unread = known.plan.unread
        found = create(known.plan, facts, known.rejection)
        return found.with_children(child_pipelines(found, self._world), facts.unread)

    def _configuration(self, inputs: Mapping[str, Any], decisions: EventIncludes) -> _Configuration:
        """Return the configuration for an event; events that decide alike about its includes share it."""
        known = self._known.setdefault(repr(inputs), [])
        for found in known:
            if found.decisions.agrees(decisions):
                return found
        limits = self._world.limits
        resolution = resolve(self._pipeline, self._world.repository, inputs, most_includes=limits.includes, decisions=decisions)
        plan = Plan(resolution, limits, self._read, self._check)
        known.append(_Configuration(decisions, plan, first_error(plan)))
        return known[-1]
