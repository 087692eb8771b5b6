"""Which jobs which events create, and how: a matrix of jobs and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs

from gitlabgen.errors import ArgumentError, Finding, UnknownJobError, did_you_mean
from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.modeling.callsites import caller, position
from gitlabgen.modeling.reporting import located
from gitlabgen.simulation.arguments import check_argument
from gitlabgen.simulation.event_titles import described, title_of
from gitlabgen.simulation.events import Event
from gitlabgen.simulation.simulated import EDGES, Outcome, Simulation
from gitlabgen.simulation.simulator import Simulator
from gitlabgen.simulation.standard_events import EVENT_GROUPS, STANDARD_EVENTS
from gitlabgen.simulation.subjects import subject
from gitlabgen.simulation.unknown import Truth, Unknown, all_hold, merged_reasons

if TYPE_CHECKING:
    from gitlabgen.gitlab.pipeline import Pipeline
    from gitlabgen.project import Project
    from gitlabgen.resolution.repositories import Repository
    from gitlabgen.simulation.project_facts import ProjectFacts

__all__ = ["Cell", "ChildPipeline", "Column", "EventMatrix", "Row", "event_matrix"]

DEFAULT_EVENTS: Final = ("default_branch", "branch", "branch_with_merge_request", "tag", "merge_request", "schedule")
"""The standard events that a matrix has unless others are chosen."""

_FAILED: Final = ("invalid", "creation_error")


@attrs.frozen
class Cell:
    """What an event does with a job. What depends on something unknown is `Unknown`.

    Args:
        presence: Whether the pipeline has the job.
        when: When the job starts; None if the pipeline does not have it.
        allow_failure: Whether the pipeline continues after a failure.
        exit_codes: The exit codes that the pipeline continues after; empty if not limited to some.
        is_failed: Whether the job is absent because GitLab cannot create the pipeline.
    """

    presence: Truth
    when: str | Unknown | None = None
    allow_failure: Truth = False
    exit_codes: tuple[int, ...] = ()
    is_failed: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why something about the job is unknown; empty if all is known."""
        return merged_reasons(value for value in (self.presence, self.when, self.allow_failure) if isinstance(value, Unknown))

    def __str__(self) -> str:
        """Return the mark of the cell, such as `●` or `manual`."""
        from gitlabgen.simulation.matrix_texts import mark_of

        return mark_of(self)


_ABSENT: Final = Cell(False)
_NOT_CREATED: Final = Cell(False, is_failed=True)


class ChildPipeline(NamedTuple):
    """What GitLab does with a child pipeline.

    Args:
        job: The job that starts it; for one of a child pipeline, with the jobs before it: `child / inner`.
        outcome: What GitLab does.
        errors: GitLab's messages.
    """

    job: str
    outcome: Outcome
    errors: tuple[str, ...] = ()


@attrs.frozen
class Column:
    """An event of a matrix, and what GitLab does.

    Args:
        name: The name of the event.
        title: A short title.
        event: The event.
        outcome: What GitLab does.
        reason: GitLab's word for why there is no pipeline, or why that is unknown; None if there is a pipeline.
        errors: GitLab's messages.
        children: The child pipelines that can be read here.
    """

    name: str
    title: str
    event: Event
    outcome: Outcome
    reason: str | None = None
    errors: tuple[str, ...] = ()
    children: tuple[ChildPipeline, ...] = ()


@attrs.frozen
class Row:
    """A job of a matrix. Jobs that `parallel` makes of one are one row if the events treat them alike.

    Args:
        name: The name of the job; of some that `parallel` makes of it, with their number. A job of a child pipeline has the job
            that starts the pipeline before it: `child / inner`.
        stage: The stage of the job.
        jobs: The names of the jobs that the row stands for.
        cells: What each event does with them, in the order of the columns.
        count: The number of jobs that `parallel` makes, also in other rows.
    """

    name: str
    stage: str
    jobs: tuple[str, ...]
    cells: tuple[Cell, ...]
    count: int = 1

    @property
    def label(self) -> str:
        """The name, with the number of jobs if the row stands for all that `parallel` makes."""
        return f"{self.name} ({self.count} jobs)" if len(self.jobs) == self.count > 1 else self.name


@attrs.frozen(repr=False)
class EventMatrix(Mapping[str, Mapping[str, Cell]]):
    """What events do with the jobs of a pipeline: `matrix["deploy"]["tag"]` is a cell.

    As text it is a table with one line for each job. Two matrices are equal if all that they say is.

    Attributes:
        columns: The events.
        rows: The jobs in the order of their stages.
        unread: The includes that were not read; they may have more jobs.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    unread: tuple[str, ...] = ()
    _found: Mapping[str, Row] = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        found = {name: row for row in self.rows for name in row.jobs} | {row.name: row for row in self.rows}
        object.__setattr__(self, "_found", found)

    def __getitem__(self, job: str) -> dict[str, Cell]:
        """Return what each event does with a job, by the names of the events.

        Args:
            job: The name of a row, or of one of the jobs that it stands for.

        Raises:
            UnknownJobError: If no event and no rule knows the job.
        """
        row = self._found.get(job)
        if row is None:
            raise UnknownJobError(Finding("unknown-job", f"The matrix has no job `{job}`.", hint=did_you_mean(job, self._found)))
        return {column.name: cell for column, cell in zip(self.columns, row.cells, strict=True)}

    def __iter__(self) -> Iterator[str]:
        return (row.name for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        """Return the table, with what is to be said about its columns and what is unknown below it."""
        from gitlabgen.simulation.matrix_texts import matrix_lines

        return "\n".join("".join(piece.text for piece in line) for line in matrix_lines(self))

    __repr__ = __str__


def event_matrix(
    pipeline: Pipeline | Project | None,
    events: str | Event | Iterable[str | Event] | Mapping[str, Event] | None = None,
    *,
    repository: Repository | None = None,
    inputs: Mapping[str, Any] | None = None,
    project: ProjectFacts | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> EventMatrix:
    """Return which jobs which events create, and how: one row for each job.

    Args:
        pipeline: The pipeline; or a project with one, whose other files are read as if they were rendered.
        events: Names of standard events, such as `tag`, or events; or a mapping of names to events. `push` stands for
            pushes to branches, and `all` for all standard events. By default, the events that most pipelines meet.
        repository: The repository with the included files; without it, they are unknown.
        inputs: The values of the pipeline's inputs; those of an event count more.
        project: What only the server knows about the project; `project` of an event counts more.
        limits: The limits of the GitLab server.

    Raises:
        ArgumentError: If there is no pipeline, or no event of such a name; with all findings.

    Source: https://docs.gitlab.com/ci/pipelines/pipeline_types/
    """
    try:
        simulated, files = subject(pipeline, repository, "event_matrix")
        chosen = _chosen(events)
    except ArgumentError as error:
        at_call = position(caller())
        raise ArgumentError(*(located(finding, at_call) for finding in error.findings)) from None
    simulator = Simulator(simulated, files, project=project, limits=limits)
    return matrix_of({name: simulator.simulate(event, inputs) for name, event in chosen.items()}, project)


def _chosen(events: str | Event | Iterable[str | Event] | Mapping[str, Event] | None) -> dict[str, Event]:
    """Return events by name."""
    if isinstance(events, Mapping):
        for event in events.values():
            check_argument(event, "an event", Event)
        return {**events}
    listed = [*DEFAULT_EVENTS] if events is None else [events] if isinstance(events, str | Event) else [*events]
    found: dict[str, Event] = {}
    findings = []
    for event in listed:
        check_argument(event, "an event", str, Event)
        if isinstance(event, Event):
            found[_free(described(event), found)] = event
            continue
        names = EVENT_GROUPS.get(event, (event,))
        if names[0] in STANDARD_EVENTS:
            found |= {name: STANDARD_EVENTS[name] for name in names}
        else:
            hint = did_you_mean(event, (*STANDARD_EVENTS, *EVENT_GROUPS), f"the events are {', '.join(STANDARD_EVENTS)}")
            findings.append(Finding("unknown-event", f"There is no standard event {event!r}.", hint=hint))
    if findings:
        raise ArgumentError(*findings)
    return found


def _free(name: str, taken: Mapping[str, Event]) -> str:
    """Return a name for an event that no other event has."""
    names = (name, *(f"{name} ({number})" for number in range(2, len(taken) + 2)))
    return next(each for each in names if each not in taken)


def matrix_of(simulations: Mapping[str, Simulation], project: ProjectFacts | None = None) -> EventMatrix:
    """Return the matrix of simulated events.

    Args:
        simulations: The simulated pipelines by the names of their events.
        project: What is declared of the project.
    """
    jobs: dict[str, _Job] = {}
    columns = []
    for index, (name, simulation) in enumerate(simulations.items()):
        children: list[ChildPipeline] = []
        _add(simulation, _Place(index, len(simulations)), jobs, children)
        title = title_of(name, simulation.event, project)
        head = (simulation.outcome, simulation.reason, simulation.errors)
        columns.append(Column(name, title, simulation.event, *head, tuple(children)))
    unread = dict.fromkeys(label for simulation in simulations.values() for label in _unread(simulation))
    return EventMatrix(tuple(columns), tuple(_rows(jobs)), tuple(unread))


def _unread(simulation: Simulation) -> Iterator[str]:
    yield from simulation.unread
    for child in simulation.children.values():
        yield from _unread(child)


class _Job:
    """A job of a matrix before jobs that `parallel` makes of one are joined.

    Args:
        group: The name of the job as written.
        stage: Its stage.
        order: The position of its stage and its own, after those of the jobs that start its pipeline.
        cells: What each event does with it.
    """

    __slots__ = ("cells", "group", "order", "stage")

    def __init__(self, group: str, stage: str, order: tuple[tuple[int, int], ...], cells: list[Cell]) -> None:
        self.group = group
        self.stage = stage
        self.order = order
        self.cells = cells


class _Place(NamedTuple):
    """Where the jobs of a pipeline are in a matrix.

    Args:
        column: The index of the event.
        width: The number of events.
        starts: Whether there is the job that starts the pipeline.
        path: The job that starts the pipeline, as it starts the names of rows.
        group: The same with the name as written.
        order: The position of that job.
    """

    column: int
    width: int
    starts: Truth = True
    path: str = ""
    group: str = ""
    order: tuple[tuple[int, int], ...] = ()


def _add(simulation: Simulation, place: _Place, jobs: dict[str, _Job], children: list[ChildPipeline]) -> None:
    """Add the jobs of a pipeline and of its children to those of a matrix."""
    column = place.column
    decided = next(iter((*simulation.values(), *simulation.absent.values())), None)
    for seed in () if decided is None else decided.seed.plan.seeds:
        name = f"{place.path}{seed.name}"
        if name not in jobs:
            order = (*place.order, (seed.plan.stages.get(seed.stage, len(seed.plan.stages)), len(jobs)))
            jobs[name] = _Job(f"{place.group}{seed.job.name}", seed.stage, order, [_ABSENT] * place.width)
        if simulation.outcome in _FAILED:
            jobs[name].cells[column] = _NOT_CREATED
    # If only its jobs leave a pipeline unknown, it exists if one of them does, unless that is in `.pre` or `.post`.
    starts = all_hold((place.starts, Unknown(simulation.doubts))) if simulation.doubts else place.starts
    edge = all_hold((place.starts, simulation.presence))
    known: dict[tuple[Any, ...], Cell] = {}
    for job in simulation.values():
        above = edge if job.stage in EDGES else starts
        presence = job.presence if above is True else all_hold((above, job.presence))
        values = (presence, job.when, job.allow_failure, job.exit_codes)
        # A large matrix has few different cells.
        cell = known.get(values)
        if cell is None:
            cell = known[values] = Cell(*values)
        jobs[f"{place.path}{job.name}"].cells[column] = cell
    for name, child in simulation.children.items():
        job, parent = simulation[name], jobs[f"{place.path}{name}"]
        path = f"{place.path}{name}"
        children.append(ChildPipeline(path, child.outcome, child.errors))
        inner = _Place(column, place.width, all_hold((starts, job.presence)), f"{path} / ", f"{parent.group} / ", parent.order)
        _add(child, inner, jobs, children)


def _rows(jobs: Mapping[str, _Job]) -> Iterator[Row]:
    """Yield the rows; jobs that `parallel` makes of one share a row if they look alike."""
    groups: dict[str, list[str]] = {}
    for name in sorted(jobs, key=lambda name: jobs[name].order):
        groups.setdefault(jobs[name].group, []).append(name)
    for group, names in groups.items():
        if len(names) == 1:
            yield Row(names[0], jobs[names[0]].stage, (names[0],), tuple(jobs[names[0]].cells))
            continue
        alike: dict[tuple[Any, ...], list[str]] = {}
        for name in names:
            alike.setdefault(tuple(map(_look, jobs[name].cells)), []).append(name)
        most = max(alike.values(), key=len)
        for shared in alike.values():
            for each in [tuple(shared)] if shared is most else [(name,) for name in shared]:
                cells = zip(*(jobs[name].cells for name in each), strict=True)
                row_name = (
                    each[0] if len(each) == 1 else group if len(each) == len(names) else f"{group} ({len(each)} of {len(names)})"
                )
                yield Row(row_name, jobs[each[0]].stage, each, tuple(map(_joined, cells)), len(names))


def _look(cell: Cell) -> tuple[Any, ...]:
    """Return what a cell says, without the reasons for what is unknown."""
    return tuple(None if isinstance(value, Unknown) else value for value in attrs.astuple(cell, recurse=False))


def _joined(cells: Sequence[Cell]) -> Cell:
    """Return cells that look alike as one, with the reasons of all of them."""
    first = cells[0]
    if all(cell == first for cell in cells):
        return first
    unknown: dict[str, Any] = {
        name: Unknown(merged_reasons(getattr(cell, name) for cell in cells))
        for name in ("presence", "when", "allow_failure")
        if isinstance(getattr(first, name), Unknown)
    }
    return attrs.evolve(first, **unknown)
