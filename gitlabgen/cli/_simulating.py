"""The implementation of `gitlabgen simulate` and `gitlabgen explain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gitlabgen.cli._assumptions import assumptions_from
from gitlabgen.cli._events import chosen_events, known_events
from gitlabgen.cli._files import parsed_inputs
from gitlabgen.cli._output import output_look, say, show_findings, show_json
from gitlabgen.cli._pipelines import LoadedPipeline, load_pipeline, split_words
from gitlabgen.cli._usage import usage_error
from gitlabgen.definitions.own_events import own_events
from gitlabgen.definitions.project_facts import project_facts
from gitlabgen.definitions.server_limits import server_limits
from gitlabgen.errors import DefinitionError, Finding, did_you_mean
from gitlabgen.linting import in_order
from gitlabgen.linting.rejections import rejections
from gitlabgen.reports.explanations import Show, explanation_text, plain_trace
from gitlabgen.reports.simulations import event_title, plain_event, plain_simulation, simulation_text
from gitlabgen.simulation.assumptions import Assumptions
from gitlabgen.simulation.events import Event
from gitlabgen.simulation.simulated import Simulation
from gitlabgen.simulation.simulator import Simulator
from gitlabgen.simulation.traces import Trace
from gitlabgen.simulation.unknown import Unknown

__all__ = ["Run", "exit_code", "explain_job", "findings_of", "simulate_pipeline"]

_FAILED = ("invalid", "creation_error")


_UNNAMED = "event"
"""The name of an event that only options or a file describe."""


class Run(NamedTuple):
    """A pipeline and the events that it is simulated for.

    Args:
        loaded: The pipeline.
        events: The events by name; none if the user names none.
        known: All events that the user could name.
        inputs: The values of the pipeline's inputs.
    """

    loaded: LoadedPipeline
    events: Mapping[str, Event]
    known: Mapping[str, Event]
    inputs: Mapping[str, Any]

    def simulations(self, assumed: Assumptions | None = None) -> dict[str, Simulation]:
        """Return the simulated pipelines by the names of their events; of all known events if the user names none.

        Args:
            assumed: How jobs end, and what people do with them.
        """
        loaded, root = self.loaded, self.loaded.checkout.root
        simulator = Simulator(
            loaded.pipeline,
            loaded.repository,
            project=project_facts(root),
            limits=server_limits(root),
            read=loaded.findings,
            check=rejections,
        )
        return {name: simulator.simulate(event, self.inputs, assumed) for name, event in (self.events or self.known).items()}


def simulate_pipeline(
    words: Sequence[str],
    event_words: Mapping[str, Any],
    assumed_words: Mapping[str, Sequence[str]],
    *,
    settings: Sequence[str] = (),
    inputs: Sequence[str] = (),
    strict: bool = False,
    format_: str = "text",
) -> int:
    """Print which jobs an event creates, and what follows; return the exit code.

    Args:
        words: A path and the name of an event, both optional.
        event_words: The values of the options that describe the event.
        assumed_words: The values of the options that say how jobs end.
        settings: `K=V` with TOML values.
        inputs: `NAME=VALUE` for the inputs of the pipeline.
        strict: Whether something unknown is a failure.
        format_: `text` or `json`.

    Raises:
        GitlabgenError: If the pipeline cannot be loaded, or there is no such event; with all findings.
    """
    name, path = split_words(words, event=None)
    run = _run(name, path, event_words, settings, inputs)
    if not run.events:
        run = run._replace(events={"default_branch": run.known["default_branch"]})
    simulations = run.simulations(assumptions_from(assumed_words))
    findings = findings_of(run, simulations)
    if format_ == "json":
        plain = [{"event_name": name, **plain_simulation(found)} for name, found in simulations.items()]
        if len(plain) == 1:
            show_json(findings, **plain[0])
        else:
            show_json(findings, simulations=plain)
    else:
        show_findings(findings, "text")
        texts = [simulation_text(found, _title(event, found), output_look()) for event, found in simulations.items()]
        say("\n".join(texts))
    return exit_code([*simulations.values()], strict=strict)


def explain_job(
    words: Sequence[str],
    event_words: Mapping[str, Any],
    *,
    job: str | None = None,
    settings: Sequence[str] = (),
    inputs: Sequence[str] = (),
    strict: bool = False,
    format_: str = "text",
) -> int:
    """Print why a job is part of a pipeline or not, and return the exit code.

    Args:
        words: The name of a job, a path and the name of an event; all but the job are optional.
        event_words: The values of the options that describe the event.
        job: The name of a job that looks like a path.
        settings: `K=V` with TOML values.
        inputs: `NAME=VALUE` for the inputs of the pipeline.
        strict: Whether something unknown is a failure.
        format_: `text` or `json`.

    Raises:
        GitlabgenError: If the pipeline cannot be loaded, or there is no such job or event; with all findings.
    """
    job, name, path = split_words(words, job=job, event=None)
    if job is None:
        raise usage_error("the job is missing", "write gitlabgen explain JOB")
    run = _run(name, path, event_words, settings, inputs)
    roots = run.simulations()
    simulations = dict(_family(roots))
    findings = findings_of(run, simulations)
    names = _names(simulations, job)
    if not names and not findings:
        raise DefinitionError(_no_job(run.loaded, simulations, job))
    # The job is in some pipelines of a family only.
    shown = {event: found for event, found in simulations.items() if found.errors or any(_trace(found, name) for name in names)}
    show = run.loaded.shown_path
    if format_ == "json":
        plain = [{"event_name": event, **_plain(found, names, show)} for event, found in shown.items()]
        show_json(findings, job=job, explanations=plain)
    else:
        show_findings(findings, "text")
        # Events with the same explanation share it.
        titles: dict[str, list[str]] = {}
        for event, found in shown.items():
            titles.setdefault(_text(found, names, show), []).append(_title(event, found))
        say("\n".join("".join(f"{title}\n" for title in events) + text for text, events in titles.items()))
    return exit_code([*roots.values()], strict=strict) if run.events else 0


def _family(simulations: Mapping[str, Simulation]) -> Iterator[tuple[str, Simulation]]:
    """Yield pipelines and their children with their names."""
    for name, found in simulations.items():
        yield name, found
        yield from _family({f"{name}, child pipeline of {job}": child for job, child in found.children.items()})


def _plain(simulation: Simulation, names: Sequence[str], show: Show) -> dict[str, Any]:
    workflow = simulation.workflow_trace
    return {
        "event": plain_event(simulation.event),
        "outcome": simulation.outcome,
        "errors": [*simulation.errors],
        "workflow": None if workflow is None else plain_trace(workflow, show),
        "jobs": [
            {"name": name, "presence": _presence(simulation, name), "trace": plain_trace(trace, show)}
            for name in names
            if (trace := _trace(simulation, name)) is not None
        ],
    }


def _text(simulation: Simulation, names: Sequence[str], show: Show) -> str:
    look, workflow = output_look(), simulation.workflow_trace
    texts = [f"  {line}\n" for error in simulation.errors for line in error.split("\n")]
    if workflow is not None and workflow.basis == "rules":
        texts.append(explanation_text("workflow", workflow, show, look))
    traces = ((name, _trace(simulation, name)) for name in names)
    texts += [explanation_text(name, trace, show, look) for name, trace in traces if trace is not None]
    return "".join(texts)


def _title(name: str, simulation: Simulation) -> str:
    return event_title(simulation.event, "" if name == _UNNAMED else name)


def _run(
    name: str | None, path: str | None, event_words: Mapping[str, Any], settings: Sequence[str], inputs: Sequence[str]
) -> Run:
    given = parsed_inputs(inputs)
    loaded = load_pipeline(path, settings)
    own = own_events(loaded.checkout.root)
    return Run(loaded, chosen_events(name, event_words, own), known_events(own), given)


def _names(simulations: Mapping[str, Simulation], job: str) -> list[str]:
    """Return the names of a job, or of all jobs that `parallel` creates from it."""
    found = {
        each.name: None
        for simulation in simulations.values()
        for each in (*simulation.values(), *simulation.absent.values())
        if job in (each.name, each.seed.job.name)
    }
    return [*found]


def _trace(simulation: Simulation, name: str) -> Trace | None:
    job = simulation.get(name) or simulation.absent.get(name)
    return None if job is None else job.trace


def _presence(simulation: Simulation, name: str) -> bool | None:
    job = simulation.get(name)
    return job is not None if job is None or job.presence is True else None


def findings_of(run: Run, simulations: Mapping[str, Simulation]) -> list[Finding]:
    """Return the problems of an invalid configuration, each once.

    Args:
        run: The pipeline.
        simulations: The simulated pipelines.
    """
    found = {finding: None for simulation in simulations.values() for finding in simulation.findings}
    return in_order([run.loaded.checkout.shown(finding) for finding in found])


def _no_job(loaded: LoadedPipeline, simulations: Mapping[str, Simulation], job: str) -> Finding:
    names = {name: None for simulation in simulations.values() for name in (*simulation, *simulation.absent)}
    hint = did_you_mean(job, names, "gitlabgen simulate shows all of them")
    return Finding(rule="no-job", message=f"has no job {job!r}", hint=hint, file=loaded.file)


def exit_code(simulations: Sequence[Simulation], *, strict: bool) -> int:
    """Return the exit code: 1 if GitLab cannot create a pipeline.

    Args:
        simulations: The simulated pipelines.
        strict: Whether something unknown is a failure.
    """
    if any(map(_has_failed, simulations)):
        return 1
    return 1 if strict and any(map(_has_unknown, simulations)) else 0


def _has_failed(simulation: Simulation) -> bool:
    return simulation.outcome in _FAILED or any(map(_has_failed, simulation.children.values()))


def _has_unknown(simulation: Simulation) -> bool:
    if simulation.outcome == "unknown" or simulation.unread or any(map(_has_unknown, simulation.children.values())):
        return True
    values = (value for job in simulation.values() for value in (job.presence, job.when, job.allow_failure, job.scheduling))
    return any(isinstance(value, Unknown) for value in values)
