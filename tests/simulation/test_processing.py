"""What follows in a created pipeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen.simulation.processing import Outcome, Processable, process

ANSWERS: Final = json.loads((Path(__file__).parent.parent / "oracle" / "statuses.json").read_text("utf-8"))


def jobs_of(answer: dict[str, Any]) -> list[Processable]:
    """Return the jobs of an answer of GitLab."""
    return [Processable(name, stage, when, may_fail, needs=needs) for name, stage, when, may_fail, needs in answer["jobs"]]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["id"])
def test_statuses_are_those_of_gitlab(answer: dict[str, Any]) -> None:
    """Jobs, stages and the pipeline end as GitLab's own processing ends them."""
    processed = process(
        jobs_of(answer),
        outcomes=answer["outcomes"],
        played=answer["played"],
        retried=answer["retried"],
        timers_fire=answer["timers_fire"],
    )
    assert processed.jobs == answer["result"]["jobs"]
    assert processed.stages == answer["result"]["stages"]
    assert processed.status == answer["result"]["pipeline"]
    assert processed.has_warnings is answer["result"]["warnings"]


@given(answer=st.sampled_from(ANSWERS), data=st.data())
def test_order_of_jobs_does_not_matter(answer: dict[str, Any], data: st.DataObject) -> None:
    """The result is the same in each order of the jobs of a stage, if no one plays or retries one."""
    jobs = jobs_of(answer)
    stages = dict.fromkeys(job.stage for job in jobs)
    shuffled = [
        job for stage in stages for job in data.draw(st.permutations([member for member in jobs if member.stage == stage]))
    ]
    expected = process(jobs, outcomes=answer["outcomes"])
    found = process(shuffled, outcomes=answer["outcomes"])
    assert (found.jobs, found.stages, found.status) == (expected.jobs, expected.stages, expected.status)


@pytest.mark.parametrize(
    ("code", "expected"), [(137, ("success", True)), (1, ("skipped", False))], ids=["allowed code", "another code"]
)
def test_exit_codes_decide_whether_a_failure_is_allowed(code: int, expected: tuple[str, bool]) -> None:
    """A job with `allow_failure:exit_codes` lets the pipeline go on only after one of these codes."""
    jobs = [Processable("test", "test", exit_codes=frozenset((137,))), Processable("deploy", "deploy")]
    processed = process(jobs, outcomes={"test": code})
    assert (processed.jobs["deploy"], processed.has_warnings) == expected


def test_absent_optional_need_is_no_need() -> None:
    """A job whose optional needs are all absent starts at once."""
    jobs = [Processable("test", "test"), Processable("deploy", "deploy", needs=("build",))]
    assert process(jobs, outcomes={"test": "failed"}).jobs["deploy"] == "success"


@pytest.mark.parametrize(
    ("outcome", "may_fail", "expected"),
    [
        ("failed", False, {"test": "failed", "lint": "canceled", "gate": "canceled", "deploy": "canceled"}),
        ("failed", True, {"test": "failed", "lint": "success", "gate": "manual", "deploy": "created"}),
    ],
)
def test_first_failure_cancels_the_rest(outcome: Outcome, *, may_fail: bool, expected: dict[str, str]) -> None:
    """With `on_job_failure: all`, a failure that is not allowed cancels all jobs that have not ended."""
    jobs = [
        Processable("test", "test", allow_failure=may_fail),
        Processable("lint", "test"),
        Processable("gate", "gate", "manual"),
        Processable("deploy", "deploy"),
    ]
    processed = process(jobs, outcomes={"test": outcome}, cancels_on_failure=True)
    assert processed.jobs == expected


def test_jobs_that_cannot_be_played_or_retried_are_named() -> None:
    """Jobs that never wait for a click, or never end, are named."""
    jobs = [Processable("test", "test"), Processable("gate", "gate", "manual"), Processable("deploy", "deploy")]
    processed = process(jobs, outcomes={"test": "failed"}, played=["gate", "test"], retried={"deploy": "success"})
    assert processed.unplayed == ("test", "gate", "deploy")


def test_long_chain_of_needs_is_processed() -> None:
    """A chain of needs may be as long as it likes."""
    jobs = [Processable(f"job{index}", "test", needs=(f"job{index + 1}",)) for index in range(5_000)]
    jobs.append(Processable("job5000", "test", needs=()))
    assert set(process(jobs).jobs.values()) == {"success"}
