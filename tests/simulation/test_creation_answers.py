"""Pipeline creation: the same jobs, errors and warnings as GitLab's own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitlabgen import loads
from gitlabgen.simulation import Event, Push, SimulatedJob, Simulation, Web, simulate

FOLDER = Path(__file__).parent.parent / "oracle"
ANSWERS = json.loads((FOLDER / "creation.json").read_text("utf-8"))
EVENTS = {name: Event(**{**ANSWERS["common"], **words}) for name, words in ANSWERS["events"].items()}
SKIPPED = json.loads((FOLDER / "skipped.json").read_text("utf-8"))
USUAL = {"when": "on_success", "allow_failure": False, "scheduling": "stage"}


def plain(simulation: Simulation) -> dict[str, Any]:
    """Return a simulation in the form of the answers."""
    if simulation.outcome != "created":
        found = {"created": False, "reason": simulation.reason, "errors": [*simulation.errors]}
        return {**found, **({"warnings": [*simulation.warnings]} if simulation.warnings else {})}
    stages = [{"stage": stage, "jobs": [*map(plain_job, jobs)]} for stage, jobs in simulation.stages.items()]
    others = {
        "name": simulation.name,
        "auto_cancel": {f"auto_cancel_{word}": value for word, value in simulation.auto_cancel.items()},
        "workflow_variables": dict(simulation.workflow_variables),
        "warnings": [*simulation.warnings],
    }
    return {"created": True, "stages": stages, **{key: value for key, value in others.items() if value}}


def plain_job(job: SimulatedJob) -> dict[str, Any]:
    """Return a job in the form of the answers."""
    assert job.presence is True
    values = {name: getattr(job, name) for name in ("name", *USUAL)}
    found = {name: value for name, value in values.items() if value != USUAL.get(name)}
    optional, without = job.optional_needs, job.needs_without_artifacts
    needs = [name + "?" * (name in optional) + "-" * (name in without) for name in job.needs]
    raw = job.raw_variables
    others = {
        "needs": needs or None,
        "variables": {key: {"value": text, "raw": True} if key in raw else text for key, text in job.variables.items()} or None,
        **{name: getattr(job, name) for name in ("start_in", "interruptible", "environment", "resource_group")},
        "dependencies": None if job.dependencies is None else [*job.dependencies],
        "tags": [*job.tags] or None,
        "exit_codes": [*job.exit_codes] or None,
        "bridge": job.is_trigger or None,
    }
    return {**found, **{key: value for key, value in others.items() if value is not None}}


def normal(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without empty values, which GitLab writes in some cases only."""
    for job in (job for stage in answer.get("stages", ()) for job in stage["jobs"]):
        for key in ("needs", "tags", "variables", "bridge"):
            if not job.get(key, True):
                del job[key]
    return {key: value for key, value in answer.items() if value or key == "created"}


@pytest.mark.parametrize("answer", ANSWERS["pipelines"], ids=lambda answer: answer["pipeline"])
def test_an_event_creates_the_jobs_that_gitlab_creates(answer: dict[str, Any]) -> None:
    """For each event, the outcome, the messages, and the attributes of all jobs are those of GitLab."""
    pipeline = loads(answer["yaml"])

    found = {name: plain(simulate(pipeline, EVENTS[name])) for name in answer["results"]}

    assert found == {name: normal(result) for name, result in answer["results"].items()}


@pytest.mark.parametrize("answer", SKIPPED, ids=str)
def test_a_message_skips_the_pipeline_as_in_gitlab(answer: dict[str, Any]) -> None:
    """Words in the commit's message skip a pipeline that no one asked for, as GitLab reads them."""
    pipeline = loads("job: {script: [make]}")

    kind = Web if answer["ignored_for_this_source"] else Push
    event = kind("main", message=answer["message"])
    outcome = simulate(pipeline, event).outcome

    assert outcome == ("skipped" if answer["skipped"] else "created")
