"""Simulate events: the pipeline that each of them creates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.resolution.configuration import resolve
from gitlabgen.simulation.children import World, child_pipelines
from gitlabgen.simulation.creation import create
from gitlabgen.simulation.event_facts import EventFacts
from gitlabgen.simulation.include_decisions import EventIncludes
from gitlabgen.simulation.seeds import Check, Plan

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
        self._plans: dict[str, list[tuple[EventIncludes, Plan]]] = {}
        self._read = tuple(read)
        self._check = check

    def simulate(self, event: Event, inputs: Mapping[str, Any] | None = None) -> Simulation:
        """Return the pipeline that GitLab creates for an event, and why.

        Args:
            event: The event.
            inputs: The values of the pipeline's inputs; those of the event count more.
        """
        facts = EventFacts(event, self._world.project, self._world.repository)
        plan = self._plan({**(inputs or {}), **(event.inputs or {})}, EventIncludes(facts))
        facts.unread = plan.unread
        found = create(plan, facts)
        return found.with_children(child_pipelines(found, self._world), plan.unread)

    def _plan(self, inputs: Mapping[str, Any], decisions: EventIncludes) -> Plan:
        """Return the configuration for an event; events that decide alike about its includes share it."""
        plans = self._plans.setdefault(repr(inputs), [])
        for before, plan in plans:
            if before.agrees(decisions):
                return plan
        limits = self._world.limits
        resolution = resolve(self._pipeline, self._world.repository, inputs, most_includes=limits.includes, decisions=decisions)
        plans.append((decisions, Plan(resolution, limits, self._read, self._check)))
        return plans[-1][1]
