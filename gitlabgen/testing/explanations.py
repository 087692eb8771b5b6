"""Why an assertion about a simulated pipeline failed."""

from __future__ import annotations

from gitlabgen.errors import did_you_mean
from gitlabgen.modeling.callsites import display_path
from gitlabgen.reports.explanations import explanation_text
from gitlabgen.reports.simulations import event_title
from gitlabgen.simulation.simulated import Simulation

__all__: list[str] = []


def membership_lines(name: str, operator: str, simulation: Simulation) -> list[str]:
    """Return the lines that explain whether a pipeline has a job.

    Args:
        name: The name of the job.
        operator: `in` or `not in`.
        simulation: The pipeline.
    """
    return [f"{name!r} {operator} simulate({event_title(simulation.event)})", *_reasons(name, simulation)]


def _reasons(name: str, simulation: Simulation) -> list[str]:
    lines = [line for error in simulation.errors for line in error.split("\n")]
    workflow = simulation.workflow_trace
    if workflow is not None and workflow.basis == "rules":
        lines += explanation_text("workflow", workflow, display_path).splitlines()
    job = simulation.get(name) or simulation.absent.get(name)
    if job is not None:
        return [*lines, *explanation_text(name, job.trace, display_path).splitlines()]
    if simulation.outcome == "invalid":
        return lines
    hint = did_you_mean(name, [*simulation, *simulation.absent])
    return [*lines, f"the configuration has no job {name!r}{(hint and f'; {hint}') or ''}"]
