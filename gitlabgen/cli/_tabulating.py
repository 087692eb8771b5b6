"""The implementation of `gitlabgen matrix`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gitlabgen.cli._events import known_events, named_events
from gitlabgen.cli._files import parsed_inputs
from gitlabgen.cli._output import output_look, say, show_findings, show_json
from gitlabgen.cli._pipelines import is_path, load_pipeline, split_words
from gitlabgen.cli._simulating import Run, exit_code, findings_of
from gitlabgen.cli._usage import usage_error
from gitlabgen.definitions.own_events import own_events
from gitlabgen.definitions.project_facts import project_facts
from gitlabgen.reports.matrices import matrix_markdown, matrix_text, plain_matrix
from gitlabgen.simulation.events import Event
from gitlabgen.simulation.matrices import DEFAULT_EVENTS, matrix_of

__all__ = ["show_matrix"]


def show_matrix(
    words: Sequence[str],
    *,
    events: Sequence[str] = (),
    settings: Sequence[str] = (),
    inputs: Sequence[str] = (),
    strict: bool = False,
    format_: str = "text",
) -> int:
    """Print which jobs which events create, and return the exit code.

    Args:
        words: A path, and the names of events, both optional.
        events: More names of events, also several with commas.
        settings: `K=V` with TOML values.
        inputs: `NAME=VALUE` for the inputs of the pipeline.
        strict: Whether something unknown is a failure.
        format_: `text`, `markdown` or `json`.

    Raises:
        GitlabgenError: If the pipeline cannot be loaded, or there are no such events; with all findings.
    """
    given = parsed_inputs(inputs)
    *_, path = split_words([word for word in words if is_path(word)], event=None)
    loaded = load_pipeline(path, settings)
    root = loaded.checkout.root
    own = own_events(root)
    run = Run(loaded, _chosen([word for word in words if not is_path(word)], events, own), known_events(own), given)
    simulations = run.simulations()
    findings = findings_of(run, simulations)
    matrix = matrix_of(simulations, project_facts(root))
    if format_ == "json":
        show_json(findings, **plain_matrix(matrix))
    else:
        show_findings(findings, "text")
        say(matrix_markdown(matrix) if format_ == "markdown" else matrix_text(matrix, output_look()))
    return exit_code([*simulations.values()], strict=strict)


def _chosen(words: Sequence[str], lists: Sequence[str], own: Mapping[str, Event]) -> Mapping[str, Event]:
    """Return the events of the columns: those that the user names, or the usual ones and the repository's own."""
    named = [name.strip() for written in lists for name in written.split(",")]
    if "" in named:
        raise usage_error("--events has an empty name", "write --events push,tag")
    if words or named:
        return named_events((*words, *named), own)
    return {**named_events(DEFAULT_EVENTS, own), **own}
