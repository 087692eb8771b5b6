"""Real pipelines can be simulated for each standard event."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.files.checkout import Checkout, read_yaml
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.reports.simulations import plain_simulation
from gitlabgen.simulation.simulator import Simulator
from gitlabgen.simulation.standard_events import STANDARD_EVENTS

CORPUS = Path(__file__).parent.parent / "corpus"
FILES = sorted((*CORPUS.glob("*.yml"), *CORPUS.glob("projects/*/.gitlab-ci.yml")))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CORPUS)))
def test_each_event_has_an_outcome_and_each_job_a_reason(file: Path) -> None:
    """A job is in the pipeline or absent, with a trace that agrees."""
    pipeline, findings = read_yaml(str(file), partial=True)
    assert isinstance(pipeline, Pipeline)
    simulator = Simulator(pipeline, Checkout(str(file.parent)), read=findings)
    for event in STANDARD_EVENTS.values():
        found = simulator.simulate(event)
        assert plain_simulation(found)["outcome"] == found.outcome
        for job in found.values():
            assert job.trace.truth is not False
        if found.outcome == "created":
            assert {name for name, job in found.absent.items() if job.trace.truth is not False} == set()
