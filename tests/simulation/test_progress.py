"""What follows in a simulated pipeline if jobs fail, and if people do something with them."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import (
    AllowFailure,
    ArgumentError,
    AutoCancel,
    Include,
    Job,
    Pipeline,
    Push,
    Rule,
    TriggerJob,
    UnknownJobError,
    Workflow,
    simulate,
)
from gitlabgen.simulation import ProjectFacts, Simulation, Unknown
from tests.resolution.test_includes import Files

PIPELINE = Pipeline(
    stages=["test", "deploy"],
    jobs=[
        Job("unit", stage="test", script=["make"]),
        Job("lint", stage="test", script=["make"], allow_failure=AllowFailure(exit_codes=[3])),
        Job("deploy", stage="deploy", script=["make"]),
        Job("gate", stage="deploy", script=["make"], when="manual"),
        Job("later", stage="deploy", script=["make"], when="delayed", start_in="1 h"),
        Job("clean up", stage="deploy", script=["make"], when="on_failure"),
    ],
)


def statuses(simulation: Simulation) -> dict[str, Any]:
    """Return the status of each job."""
    return {name: job.status for name, job in simulation.items()}


@pytest.mark.parametrize(
    ("keywords", "different", "status"),
    [
        ({}, {}, "success"),
        (
            {"fail": ["unit"]},
            {"unit": "failed", "deploy": "skipped", "gate": "skipped", "later": "skipped", "clean up": "success"},
            "failed",
        ),
        ({"fail": {"lint": 3}}, {"lint": "failed"}, "success"),
        (
            {"fail": {"lint": 4}},
            {"lint": "failed", "deploy": "skipped", "gate": "skipped", "later": "skipped", "clean up": "success"},
            "failed",
        ),
        ({"cancel": ["unit"]}, {"unit": "canceled", "deploy": "skipped", "gate": "skipped", "later": "skipped"}, "canceled"),
        ({"play": ["gate"]}, {"gate": "success"}, "success"),
        ({"play": ["gate"], "fail": ["gate"]}, {"gate": "failed"}, "success"),
        ({"fail": ["unit"], "retry": ["unit"]}, {"clean up": "success"}, "success"),
        ({"retry": {"deploy": "failed"}}, {"deploy": "failed"}, "failed"),
    ],
)
def test_statuses_follow(keywords: dict[str, Any], different: dict[str, str], status: str) -> None:
    """Jobs that are not named succeed; a manual job waits; what follows is that of GitLab."""
    found = simulate(PIPELINE, Push("main"), **keywords)
    ordinary = {"unit": "success", "lint": "success", "deploy": "success", "gate": "manual", "later": "success"}
    assert statuses(found) == {**ordinary, "clean up": "skipped", **different}
    assert found.status == status
    assert found.progress is not None
    assert found.progress.has_warnings is ("fail" in keywords and status == "success" and "retry" not in keywords)


def test_parallel_jobs_are_named_together_or_alone() -> None:
    """The name of a job with `parallel` means all its instances; an instance has its own name."""
    pipeline = Pipeline(jobs=[Job("unit", script=["make"], parallel=2)])
    assert statuses(simulate(pipeline, Push("main"), fail=["unit"])) == {"unit 1/2": "failed", "unit 2/2": "failed"}
    assert statuses(simulate(pipeline, Push("main"), fail=["unit 2/2"])) == {"unit 1/2": "success", "unit 2/2": "failed"}


def test_first_failure_cancels_the_rest_if_the_workflow_says_so() -> None:
    """`workflow:auto_cancel:on_job_failure: all` cancels what has not ended."""
    workflow = Workflow(auto_cancel=AutoCancel(on_job_failure="all"))
    pipeline = Pipeline(workflow=workflow, jobs=[Job("a", script=["make"]), Job("b", script=["make"])])
    assert statuses(simulate(pipeline, Push("main"), fail=["a"])) == {"a": "failed", "b": "canceled"}


def pipeline_with_optional_job(*, fails_for: str) -> Pipeline:
    """Return a pipeline with a job that may be absent, and jobs after it."""
    return Pipeline(
        stages=["test", "deploy"],
        jobs=[
            Job("unit", stage="test", script=["make"]),
            Job(fails_for, stage="test", script=["make"], rules=[Rule("$SOMETIMES")]),
            Job("deploy", stage="deploy", script=["make"]),
        ],
    )


def test_status_is_certain_if_all_possibilities_agree() -> None:
    """A job that may be absent changes nothing if it succeeds; if it fails, what follows is unknown, with the reason."""
    pipeline = pipeline_with_optional_job(fails_for="scan")
    assert statuses(simulate(pipeline, Push("main"))) == {"unit": "success", "scan": "success", "deploy": "success"}
    found = simulate(pipeline, Push("main"), fail=["scan"])
    reason = Unknown(("variable SOMETIMES may be set in the project",))
    assert statuses(found) == {"unit": "success", "scan": "failed", "deploy": reason}
    assert found.status == reason


def test_status_of_undecided_rules() -> None:
    """If it is unknown which rule applies, so is what only one of them leads to."""
    rules = [Rule("$CLICK", when="manual", allow_failure=False), Rule(when="on_success")]
    pipeline = Pipeline(
        stages=["a", "b"], jobs=[Job("a", stage="a", script=["x"], rules=rules), Job("b", stage="b", script=["x"])]
    )
    found = simulate(pipeline, Push("main"))
    assert {type(status) for status in statuses(found).values()} == {Unknown}
    known = simulate(pipeline, Push("main"), project=ProjectFacts(variables=()))
    assert statuses(known) == {"a": "success", "b": "success"}


def test_too_many_possibilities_are_unknown() -> None:
    """With many uncertain jobs, every status is unknown, and the time stays bounded."""
    jobs = [Job(f"job {number}", script=["x"], rules=[Rule(f"$X{number}")]) for number in range(50)]
    found = simulate(Pipeline(jobs=jobs), Push("main"))
    assert isinstance(found.status, Unknown)
    assert len(found.status.reasons) == 50


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [(None, ("success", "success")), ("depend", ("failed", "skipped")), ("mirror", ("failed", "skipped"))],
)
def test_failure_in_a_child_reaches_a_job_that_waits_for_it(strategy: Any, expected: tuple[str, str]) -> None:
    """A trigger job with `strategy` ends like the pipeline that it starts."""
    pipeline = Pipeline(
        stages=["run", "deploy"],
        jobs=[
            TriggerJob.child("child", "child.yml", strategy=strategy, stage="run"),
            Job("deploy", stage="deploy", script=["make"]),
        ],
    )
    found = simulate(pipeline, Push("main"), repository=Files({"child.yml": "inner: {script: [make]}"}), fail=["inner"])
    assert statuses(found.children["child"]) == {"inner": "failed"}
    assert (found["child"].status, found["deploy"].status) == expected


@pytest.mark.parametrize("keywords", [{"fail": ["unitt"]}, {"cancel": ["unitt"]}, {"play": ["unitt"]}, {"retry": {"unitt": 1}}])
def test_unknown_job_is_an_error_at_the_call(keywords: dict[str, Any]) -> None:
    """A name that no job has is an error with the place of the call, and with the most similar name."""
    with pytest.raises(UnknownJobError, match=r"no job `unitt`.*did you mean `unit`") as caught:
        simulate(PIPELINE, Push("main"), **keywords)
    assert str(caught.value.findings[0].file).endswith("test_progress.py")


def test_all_unknown_jobs_are_reported_together() -> None:
    """Several wrong names are reported in one go."""
    with pytest.raises(UnknownJobError) as caught:
        simulate(PIPELINE, Push("main"), fail=["a1"], play=["b2"])
    assert len(caught.value.findings) == 2


def test_job_that_this_event_does_not_have_is_no_error() -> None:
    """A job that the configuration has, but not this pipeline, cannot fail."""
    pipeline = Pipeline(jobs=[Job("a", script=["x"]), Job("b", script=["x"], rules=[Rule("$CI_COMMIT_TAG")])])
    assert statuses(simulate(pipeline, Push("main"), fail=["b"])) == {"a": "success"}


def test_text_instead_of_names_is_refused_at_the_call() -> None:
    """One name without a list is an error with the right form."""
    with pytest.raises(ArgumentError, match=r"write fail=\['unit'\]") as caught:
        simulate(PIPELINE, Push("main"), fail="unit")
    assert str(caught.value.findings[0].file).endswith("test_progress.py")


def test_absent_job_is_explained() -> None:
    """Asking for a job that the pipeline does not have says why it is absent."""
    pipeline = Pipeline(jobs=[Job("a", script=["x"]), Job("b", script=["x"], rules=[Rule("$CI_COMMIT_TAG")])])
    with pytest.raises(UnknownJobError, match="does not match"):
        simulate(pipeline, Push("main"))["b"]


def test_name_may_be_that_of_a_job_in_an_unread_include() -> None:
    """If a part of the configuration was not read, a name that no other job has is no error."""
    pipeline = Pipeline(include=[Include(project="g/o", file="a.yml")], jobs=[Job("a", script=["x"])])
    assert statuses(simulate(pipeline, Push("main"), fail=["b"])) == {"a": "success"}
