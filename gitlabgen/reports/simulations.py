"""A simulated pipeline as text for a terminal, and as data for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.reports.styles import PLAIN, Look, Span
from gitlabgen.simulation.composite import Status
from gitlabgen.simulation.event_titles import described
from gitlabgen.simulation.events import WORDS, Event
from gitlabgen.simulation.simulated import OUTCOME_TEXTS, Simulation
from gitlabgen.simulation.simulated_jobs import AbsentJob, SimulatedJob
from gitlabgen.simulation.unknown import Unknown

__all__ = ["event_title", "plain_event", "plain_simulation", "simulation_text"]

_ATTRIBUTES: Final = (
    *("when", "allow_failure", "exit_codes", "scheduling", "needs", "optional_needs", "needs_without_artifacts"),
    *("start_in", "interruptible", "tags", "environment", "dependencies", "resource_group", "is_trigger"),
)


def event_title(event: Event, name: str = "") -> str:
    """Return a short description of an event, such as `push to main` or `nightly (schedule on main)`.

    Args:
        event: The event.
        name: Its name, if it has one.
    """
    return f"{name} ({described(event)})" if name else described(event)


def plain_event(event: Event) -> dict[str, Any]:
    """Return the words of an event that are known, as plain data.

    Args:
        event: The event.
    """
    words = ((word, getattr(event, word)) for word in WORDS)
    return {word: _plain(value) for word, value in words if value is not None}


def plain_simulation(simulation: Simulation) -> dict[str, Any]:
    """Return a simulated pipeline as plain data. What is unknown is null; `unknown` says why.

    Args:
        simulation: The simulated pipeline.
    """
    return {
        "event": plain_event(simulation.event),
        "outcome": simulation.outcome,
        "reason": simulation.reason,
        "name": _plain(simulation.name),
        "status": _plain(simulation.status),
        "jobs": [_plain_job(job) for job in simulation.values()],
        "absent": [_plain_absent(job, simulation) for job in simulation.absent.values()],
        "errors": [*simulation.errors],
        "warnings": [*simulation.warnings],
        "auto_cancel": dict(simulation.auto_cancel),
        "workflow_variables": _plain(simulation.workflow_variables),
        "unread": [*simulation.unread],
        "children": [{"job": name, **plain_simulation(child)} for name, child in simulation.children.items()],
    }


def _plain_absent(job: AbsentJob, simulation: Simulation) -> dict[str, Any]:
    trace = job.trace
    why = trace.summary if trace.truth is False else OUTCOME_TEXTS[simulation.outcome]
    return {"name": job.name, "stage": job.stage, "why": why}


def _plain_job(job: SimulatedJob) -> dict[str, Any]:
    values = {name: getattr(job, name) for name in _ATTRIBUTES}
    variables = job.variables
    unknown: dict[str, list[str]] = {}
    if isinstance(job.presence, Unknown):
        unknown["presence"] = [*job.presence.reasons]
    values["status"] = job.status
    for name, value in (*values.items(), *((f"variables:{key}", value) for key, value in variables.items())):
        if isinstance(value, Unknown):
            unknown[name] = [*value.reasons]
    return {
        "name": job.name,
        "stage": job.stage,
        "presence": True if job.presence is True else None,
        **_plain(values),
        "variables": _plain(variables),
        "unknown": unknown,
    }


def _plain(value: Any) -> Any:
    match value:
        case Unknown():
            return None
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case tuple() | list():
            return [*map(_plain, value)]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def simulation_text(simulation: Simulation, title: str, look: Look = PLAIN) -> str:
    """Return a simulated pipeline as text.

    Args:
        simulation: The simulated pipeline.
        title: The event.
        look: What the stream can show.
    """
    lines = [*_head(simulation, title), *_jobs(simulation), *_absent(simulation)]
    idle = simulation.progress.idle if simulation.progress is not None else ()
    lines += [(f"nothing to start or to retry: {name} is {_status(simulation[name].status)}",) for name in idle]
    lines += [(f"not read: include {label}",) for label in simulation.unread]
    lines += [(f"warning: {warning}",) for warning in simulation.warnings]
    text = "".join(f"{look.line(*line)}\n" for line in lines)
    children = (simulation_text(child, f"{title}, child pipeline of {name}", look) for name, child in simulation.children.items())
    return "\n".join((text, *children))


_Line = tuple[str | Span, ...]


def _head(simulation: Simulation, title: str) -> Iterator[_Line]:
    count = len(simulation)
    jobs = f"{count} job{'' if count == 1 else 's'}"
    named = f", named {simulation.name!r}" if isinstance(simulation.name, str) else ""
    said = f"{jobs}{named}" if simulation.outcome == "created" else OUTCOME_TEXTS[simulation.outcome]
    if simulation and _shows_statuses(simulation):
        status = simulation.status
        said += "; it is unknown how the pipeline ends" if isinstance(status, Unknown) else f"; the pipeline is {_status(status)}"
    yield Span(title, "rule"), f": {said}"
    for error in simulation.errors:
        for line in error.split("\n"):
            yield (f"  {line}",)
    if simulation.outcome == "unknown":
        yield (f"  {simulation.reason}",)


def _jobs(simulation: Simulation) -> Iterator[_Line]:
    width = max(map(len, simulation), default=0) + 2
    statuses = {name: _status(job.status) for name, job in simulation.items()} if _shows_statuses(simulation) else {}
    status_width = max(map(len, statuses.values()), default=-2) + 2
    for stage, jobs in simulation.stages.items():
        yield (Span(stage, "quiet"),)
        for job in jobs:
            about = ", ".join(_about(job))
            yield (f"  {job.name:{width}}{statuses.get(job.name, ''):{status_width}}{about}".rstrip(),)


def _shows_statuses(simulation: Simulation) -> bool:
    return simulation.progress is not None and not simulation.progress.is_trivial


def _status(status: Status | Unknown) -> str:
    return "unknown" if isinstance(status, Unknown) else status


def _about(job: SimulatedJob) -> Iterator[str]:
    if isinstance(job.presence, Unknown):
        yield f"perhaps ({'; '.join(job.presence.reasons)})"
    if isinstance(job.when, Unknown):
        yield "starts when is unknown"
    elif job.when != "on_success":
        yield f"{job.when} in {job.start_in}" if job.when == "delayed" else job.when
    if job.exit_codes:
        yield f"may fail with {', '.join(map(str, job.exit_codes))}"
    elif job.allow_failure is True:
        yield "may fail"
    if job.scheduling == "dag":
        yield f"needs {', '.join(job.needs)}" if job.needs else "needs nothing"
    if job.environment is not None:
        yield f"environment {job.environment}"
    if job.is_trigger:
        yield "starts another pipeline"


def _absent(simulation: Simulation) -> Iterator[_Line]:
    if not simulation or not simulation.absent:
        return
    yield (Span("not in the pipeline", "quiet"),)
    width = max(map(len, simulation.absent)) + 2
    for job in simulation.absent.values():
        yield (f"  {job.name:{width}}{job.trace.summary}",)
