"""What rules see of events: the pipelines that the usual events start, each simulated once for all rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import attrs

from gitlabgen.analysis.branches import branch_names
from gitlabgen.simulation.events import Event, event_with
from gitlabgen.simulation.refs import DEFAULT_BRANCH
from gitlabgen.simulation.simulator import Simulator
from gitlabgen.simulation.standard_events import STANDARD_EVENTS

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis
    from gitlabgen.resolution.repositories import Repository
    from gitlabgen.simulation.project_facts import ProjectFacts
    from gitlabgen.simulation.simulated import Simulation
    from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["DEFAULT_EVENTS", "EventAnalysis", "EventView", "phrase"]

_DEFAULT_NAMES: Final = ("default_branch", "branch", "branch_with_merge_request", "merge_request", "tag", "schedule", "web")

DEFAULT_EVENTS: Final[Mapping[str, Event]] = {name: STANDARD_EVENTS[name] for name in _DEFAULT_NAMES}
"""The events that rules look at, unless others are given."""

_PHRASES: Final = {
    "default_branch": "after a push to the default branch",
    "branch": "after a push to a branch other than the default branch",
    "branch_with_merge_request": "after a push to a branch with an open merge request",
    "new_branch": "after the push that creates a branch",
    "tag": "in a tag pipeline",
    "merge_request": "in a merge request pipeline",
    "fork_merge_request": "in a pipeline of a merge request from a fork",
    "merge_train": "in a merge train",
    "schedule": "in a scheduled pipeline",
    "web": "in a pipeline that somebody starts by hand",
    "api": "in a pipeline that the API starts",
    "trigger": "in a pipeline that a trigger token starts",
    "child": "in a child pipeline",
}
_MOST_NAMES: Final = 3
"""The number of names that the default branch is tried with, if its name is not declared."""

_MOST_PHRASES: Final = 3
"""The number of events that a message names."""


@attrs.frozen(eq=False)
class EventView:
    """An event, and the pipeline that it starts.

    Args:
        name: The name of the event.
        event: The event.
        simulation: The pipeline, as GitLab creates it or refuses it.
        variants: The pipeline and those for other names that the default branch may have.
    """

    name: str
    event: Event
    simulation: Simulation
    variants: Sequence[Simulation]

    @property
    def jobs(self) -> Mapping[str, SimulatedJob]:
        """The jobs that their rules allow or may allow, by name, also if GitLab then refuses the pipeline."""
        return self.simulation.chosen

    @property
    def starts(self) -> bool:
        """Whether the workflow certainly lets the event start a pipeline."""
        return all(found.workflow is not None and found.workflow.starts is True for found in self.variants)

    @property
    def is_created(self) -> bool:
        """Whether GitLab certainly creates the pipeline."""
        return all(found.outcome == "created" for found in self.variants)

    def has(self, name: str) -> bool:
        """Return whether the rules of a job certainly allow it.

        Args:
            name: The name of the job, or of a cell of a parallel job.
        """
        jobs = [found.chosen.get(name) for found in self.variants]
        return all(job is not None and job.presence is True for job in jobs)

    def lacks(self, name: str) -> bool:
        """Return whether the rules of a job certainly exclude it.

        Args:
            name: The name of the job, or of a cell of a parallel job.
        """
        return all(name in found.absent and name not in found.chosen for found in self.variants)

    @property
    def is_standard(self) -> bool:
        """Whether it is a standard event, rather than one of the user's own."""
        return STANDARD_EVENTS.get(self.name) is self.event

    @property
    def phrase(self) -> str:
        """The event as a part of a sentence, such as "in a merge request pipeline"."""
        return _PHRASES[self.name] if self.is_standard else f"for the event `{self.name}`"


def phrase(views: Iterable[EventView]) -> str:
    """Return events as the beginning of a sentence, such as "In a tag pipeline and in a scheduled pipeline".

    Args:
        views: At least one event.
    """
    phrases = [view.phrase for view in views]
    if len(phrases) > _MOST_PHRASES:
        phrases[_MOST_PHRASES - 1 :] = [f"for {len(phrases) - _MOST_PHRASES + 1} other events"]
    *first, last = phrases
    text = f"{', '.join(first)} and {last}" if first else last
    return text[0].upper() + text[1:]


class EventAnalysis:
    """A pipeline and the events that may start it, for the rules in `rules/event`.

    The events are simulated when a rule asks for them, and only once. Rules about events do not run on a part of a pipeline,
    such as a child or a component, because what starts it is not known.

    Args:
        pipeline: The pipeline.
        repository: The repository with the files that the pipeline includes.
        project: What only the server knows about the project.
        events: The events by name.
    """

    def __init__(
        self,
        pipeline: PipelineAnalysis,
        repository: Repository | None,
        project: ProjectFacts | None,
        events: Mapping[str, Event] = DEFAULT_EVENTS,
    ) -> None:
        self.pipeline = pipeline
        self.project = project
        self._repository = repository
        self._events = events

    @cached_property
    def _simulator(self) -> Simulator:
        root = self.pipeline.root
        return Simulator(
            root,
            self._repository,
            project=self.project,
            limits=self.pipeline.limits,
            # Events can decide about includes.
            resolution=None if root.include else self.pipeline.resolution,
        )

    @cached_property
    def views(self) -> Sequence[EventView]:
        """All events."""
        return [self.simulate(name, event) for name, event in self._events.items()]

    @cached_property
    def started(self) -> Sequence[EventView]:
        """The events that certainly start a pipeline: none, if `workflow` may come from an include that was not read."""
        return [view for view in self.views if view.starts]

    @property
    def is_conditional(self) -> bool:
        """Whether the events may have different jobs. If not, most rules have nothing to find, and need no simulation."""
        pipeline = self.pipeline
        return pipeline.pipeline.workflow is not None or any(map(pipeline.jobs_with, ("rules", "only", "except_")))

    def simulate(self, name: str, event: Event) -> EventView:
        """Return a further event, or a variant of one, such as with other changed files.

        Args:
            name: The name of the event that messages mention.
            event: The event.
        """
        names = self._default_branches if self._depends_on_default_branch(event) else ()
        events = event, *(event_with(event, default_branch=branch) for branch in names)
        variants = [self._simulator.simulate(variant) for variant in events]
        return EventView(name, event, variants[0], variants)

    def _depends_on_default_branch(self, event: Event) -> bool:
        is_stated = event.default_branch or (self.project is not None and self.project.default_branch)
        return not is_stated and ((event.branch is None and event.tag is None) or event.is_merge_request)

    @cached_property
    def _default_branches(self) -> Sequence[str]:
        return [name for name in branch_names(self.pipeline) if name != DEFAULT_BRANCH][:_MOST_NAMES]
