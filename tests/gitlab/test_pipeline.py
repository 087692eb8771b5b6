"""A pipeline gives its jobs by name."""

from __future__ import annotations

import pytest

from gitlabgen import (
    GitlabgenError,
    HiddenJob,
    Job,
    Matrix,
    Pipeline,
    TriggerJob,
    UnknownJobError,
    evolve,
    loads,
    merge,
    override,
)
from gitlabgen.modeling.callsites import display_path

BUILD = Job("build app", script=["make"], parallel=Matrix({"A": ["1", "2"]}))
BASE = HiddenJob(".base", image="alpine")
CHILD = TriggerJob("child", trigger="group/project")
PIPELINE = Pipeline(jobs=[BUILD, BASE, CHILD])


def test_jobs_are_found_by_name() -> None:
    """Jobs, trigger jobs and hidden blocks are found by the names in the file; a matrix does not change the name."""
    assert [PIPELINE[name] for name in ("build app", ".base", "child")] == [BUILD, BASE, CHILD]
    assert [name in PIPELINE for name in ("child", "chidl", "build app: [1]", 3)] == [True, False, False, False]


def test_jobs_of_changed_pipelines() -> None:
    """Pipelines that were merged, changed or read give their jobs, too."""
    changed = override(merge(PIPELINE, [Job("test", script=["make test"])]), "test", stage="check")
    assert changed["test"].stage == "check"
    assert evolve(PIPELINE, jobs=[BASE])[".base"] is BASE
    assert loads("a: {script: b}")["a"] == Job("a", script="b")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("chidl", "there is no job 'chidl'; did you mean `child`?"),
        ("nothing like it", "there is no job 'nothing like it'"),
        (1, "there is no job 1; write pipeline.jobs[1]"),
        (None, "there is no job None"),
    ],
)
def test_an_unknown_name(name: str, message: str) -> None:
    """An unknown name is a `KeyError` of our own, at the user's line, with the name that was meant."""
    with pytest.raises(UnknownJobError) as caught:
        PIPELINE[name]
    assert isinstance(caught.value, KeyError)
    assert isinstance(caught.value, GitlabgenError)
    (finding,) = caught.value.findings
    assert (finding.rule, finding.file) == ("unknown-job", display_path(__file__))
    assert str(caught.value).endswith(message)


def test_a_pipeline_is_not_a_list() -> None:
    """A pipeline cannot be iterated: its jobs are in `jobs`, besides other keywords."""
    with pytest.raises(TypeError, match="not iterable"):
        list(PIPELINE)  # type: ignore[call-overload]
    assert PIPELINE
