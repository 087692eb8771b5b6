"""Inputs of a root file, matrix expressions and job inputs: the verdicts, messages and values of GitLab's own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitlabgen import lint
from gitlabgen.codec.encoding import Encoder
from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding, YamlError
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.resolution import expand, resolve
from tests.resolution.test_includes import Files

ANSWERS = json.loads((Path(__file__).parent.parent / "oracle" / "inputs.json").read_text("utf-8"))
REPOSITORY = Files({"ci/child.yml": "child: {script: [x]}\n"})
# The variable MASK is masked in the project that GitLab was asked about; here variables of projects are unknown.
OF_THE_PROJECT = {"fn/expand_masked"}
# Our own finding that the header without a body is a job with the name of a keyword.
OURS = "is a keyword of GitLab, and cannot be the name of a job"


def answered(answer: dict[str, Any]) -> tuple[Pipeline | None, list[Finding]]:
    """Return the pipeline of an answer, and its errors."""
    try:
        pipeline, findings = read(answer["yaml"], filename=".gitlab-ci.yml")
    except YamlError as error:
        return None, list(error.findings)
    found = [*findings, *lint(pipeline, repository=REPOSITORY, inputs=answer["inputs"])]
    return pipeline, [finding for finding in found if finding.severity == "error" and OURS not in finding.message]


def as_data(value: Any) -> Any:
    """Return a model's tree as JSON has it."""
    if isinstance(value, dict):
        return {str(key): as_data(item) for key, item in value.items() if item is not None}
    return [as_data(item) for item in value] if isinstance(value, list | tuple) else value


def is_equal(expected: Any, found: Any) -> bool:
    """Return whether data is what GitLab has; the value of a block that only GitLab knows is any text."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(is_equal(expected[key], found[key]) for key in expected)
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(is_equal, expected, found))
    return (isinstance(found, str) and "expand_vars" in found) or (type(expected) is type(found) and expected == found)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["id"])
def test_a_root_file_is_filled_in_as_gitlab_does(answer: dict[str, Any]) -> None:
    """A file has errors exactly if GitLab rejects it, each with one of its messages and at a line."""
    _, errors = answered(answer)

    if answer["id"] in OF_THE_PROJECT:
        assert errors == []
        return
    assert bool(errors) == (not answer["accepted"])
    # GitLab joins several messages by commas.
    said = ", ".join(answer["errors"]).lower()
    assert [finding.gitlab for finding in errors if str(finding.gitlab).lower() not in said] == []
    assert all(finding.line for finding in errors)


@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if answer["accepted"]], ids=lambda answer: answer["id"])
def test_the_values_are_those_of_gitlab(answer: dict[str, Any]) -> None:
    """The jobs of an accepted file have GitLab's values, and those of a matrix have its needs and variables."""
    pipeline, _ = answered(answer)
    assert pipeline is not None
    resolution = resolve(pipeline, REPOSITORY, answer["inputs"])

    encoder = Encoder({"hidden job": lambda job: Encoder({}).mapping(job)})
    found = {name: encoder.tree(job) for name, job in (*resolution.hidden.items(), *resolution.jobs.items())}
    variables = {} if resolution.pipeline.variables is None else {"variables": resolution.pipeline.variables}
    assert is_equal(answer["merged"], as_data({**found, **variables}))

    expanded = expand(resolution)
    assert expanded.keys() == answer["jobs"].keys()
    for name, expected in answer["jobs"].items():
        assert list(expanded[name].needs) == expected.get("needs", [])
        values = {
            key: value["value"] if isinstance(value, dict) else value for key, value in expected.get("variables", {}).items()
        }
        own = {**dict(expanded[name].job.variables or {}), **expanded[name].cell.variables}  # type: ignore[arg-type]
        assert {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in own.items()} == values
