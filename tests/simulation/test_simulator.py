"""What `simulate` takes."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import ArgumentError, Job, Pipeline, Project, Push, TriggerJob, sam, simulate

CHILD = Pipeline(jobs=[Job("inner", script=["make"])])


def test_files_of_a_project_are_read() -> None:
    """A project's child pipelines are simulated as if they were rendered."""
    pipeline = Pipeline(jobs=[TriggerJob.child("start", "ci/child.yml")])
    found = simulate(Project(pipeline=pipeline, files={"ci/child.yml": CHILD}), Push("main"))
    assert list(found.children["start"]) == ["inner"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "`gitlabgen.simulate` takes a Pipeline or a Project, got None"),
        (Project(template=sam.Template(description="x")), "got a project without a pipeline"),
        (Job("a", script=["x"]), r"put it into a pipeline: Pipeline\(jobs="),
    ],
)
def test_what_is_no_pipeline_is_refused_at_the_call(value: Any, message: str) -> None:
    """Without a pipeline, the error is at the user's line."""
    with pytest.raises(ArgumentError, match=message) as caught:
        simulate(value, Push("main"))
    assert str(caught.value.findings[0].file).endswith("test_simulator.py")
