"""Simulate events: the pipeline that each of them creates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gitlabgen.errors import ArgumentError, Finding, UnknownJobError, did_you_mean
from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.collection import collection_paused
from gitlabgen.modeling.reporting import located
from gitlabgen.resolution.configuration import resolve
from gitlabgen.simulation.assumptions import Assumptions, Endings, Names, assumptions
from gitlabgen.simulation.children import ChildPipelines, World
from gitlabgen.simulation.creation import create
from gitlabgen.simulation.event_facts import EventFacts
from gitlabgen.simulation.include_decisions import EventIncludes
from gitlabgen.simulation.seeds import Check, Plan
from gitlabgen.simulation.subjects import subject
from gitlabgen.simulation.validity import first_error

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.project import Project
    from gitlabgen.resolution.configuration import Resolution
    from gitlabgen.resolution.repositories import Repository
    from gitlabgen.simulation.events import Event
    from gitlabgen.simulation.project_facts import ProjectFacts
    from gitlabgen.simulation.simulated import Simulation

__all__ = ["simulate"]


def simulate(
    pipeline: Pipeline | Project | None,
    event: Event,
    *,
    repository: Repository | None = None,
    inputs: Mapping[str, Any] | None = None,
    project: ProjectFacts | None = None,
    limits: Limits = DEFAULT_LIMITS,
    fail: Endings = (),
    cancel: Names = (),
    play: Names = (),
    retry: Endings = (),
) -> Simulation:
    """Return the pipeline that GitLab creates for an event, and why; and what follows if jobs end in some way.

    Jobs succeed if they run, unless something else is assumed. A name of a job with `parallel` means all its instances.

    Args:
        pipeline: The pipeline; or a project with one, whose other files are read as if they were rendered.
        event: The event, such as `Push("main")`.
        repository: The repository with the included files; without it, they are unknown.
        inputs: The values of the pipeline's inputs; those of the event count more.
        project: What only the server knows about the project; `project` of the event counts more.
        limits: The limits of the GitLab server.
        fail: The names of jobs that fail if they run; as a mapping, with their exit codes.
        cancel: The names of jobs that somebody cancels while they run.
        play: The names of manual jobs that somebody starts.
        retry: The names of jobs that somebody retries once nothing else can run; as a mapping, with `success`, `failed` or an
            exit code. Of the other jobs, only skipped ones are considered again.

    Raises:
        UnknownJobError: If the configuration has no job of one of these names.
        ArgumentError: If there is no pipeline, or if one of these is a text instead of a list of names.

    Source: https://docs.gitlab.com/ci/pipelines/pipeline_types/
    """
    try:
        simulated, files = subject(pipeline, repository, "simulate")
        assumed = assumptions(fail, cancel, play, retry)
        return Simulator(simulated, files, project=project, limits=limits).simulate(event, inputs, assumed)
    except (ArgumentError, UnknownJobError) as error:
        at_call = position(caller())
        raise type(error)(*(located(finding, at_call) for finding in error.findings)) from None


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
        resolution: The resolved pipeline, if it includes nothing, so that it is the same for all events.
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
        resolution: Resolution | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._world = World(repository, project, limits)
        self._known: dict[str, list[_Configuration]] = {}
        self._read = tuple(read)
        self._check = check
        self._resolution = resolution

    def simulate(self, event: Event, inputs: Mapping[str, Any] | None = None, assumed: Assumptions | None = None) -> Simulation:
        """Return the pipeline that GitLab creates for an event, and why.

        Args:
            event: The event.
            inputs: The values of the pipeline's inputs; those of the event count more.
            assumed: How jobs end, and what people do with them.

        Raises:
            UnknownJobError: If the configuration has no job of an assumed name.
        """
        with collection_paused():
            found = self._simulation(event, {**(inputs or {}), **(event.inputs or {})})
            return _checked(found, assumed).assuming(assumed) if assumed else found.assuming(Assumptions())

    def _simulation(self, event: Event, inputs: Mapping[str, Any]) -> Simulation:
        facts = EventFacts(event, self._world.project, self._world.repository)
        known = self._configuration(inputs, EventIncludes(facts))
        facts.unread = known.plan.unread
        found = create(known.plan, facts, known.rejection)
        return found.with_children(ChildPipelines(found, self._world), facts.unread)

    def _configuration(self, inputs: Mapping[str, Any], decisions: EventIncludes) -> _Configuration:
        """Return the configuration for an event; events that decide alike about its includes share it."""
        known = self._known.setdefault(repr(inputs), [])
        for found in known:
            if found.decisions.agrees(decisions):
                return found
        limits = self._world.limits
        resolution = None if inputs else self._resolution
        if resolution is None:
            files = self._world.repository
            resolution = resolve(self._pipeline, files, inputs, most_includes=limits.includes, decisions=decisions)
        plan = Plan(resolution, limits, self._read, self._check)
        known.append(_Configuration(decisions, plan, first_error(plan)))
        return known[-1]


def _checked(simulation: Simulation, assumed: Assumptions) -> Simulation:
    """Return a pipeline whose configuration has all jobs that the assumptions name.

    Raises:
        UnknownJobError: If it lacks some; with a finding for each.
    """
    if simulation.outcome == "invalid" or not assumed.names:
        return simulation
    family = [*_family(simulation)]
    if any(member.unread for member in family):
        return simulation
    known = {
        name for member in family for job in (*member.values(), *member.absent.values()) for name in (job.name, job.seed.job.name)
    }
    unknown = [name for name in assumed.names if name not in known]
    if unknown:
        raise UnknownJobError(*(_unknown_job(name, known) for name in unknown))
    return simulation


def _family(simulation: Simulation) -> Iterator[Simulation]:
    yield simulation
    for child in simulation.children.values():
        yield from _family(child)


def _unknown_job(name: str, known: Iterable[str]) -> Finding:
    return Finding("unknown-job", f"The configuration has no job `{name}`.", hint=did_you_mean(name, sorted(known)))
