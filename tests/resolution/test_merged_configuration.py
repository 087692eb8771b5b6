"""The merged configuration with the origin of every value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from gitlabgen import Job, Pipeline
from gitlabgen.codec.pipelines import loads, read
from gitlabgen.reports.configurations import plain_configuration, value_origins
from gitlabgen.resolution import Resolution, merged_configuration, merged_job, resolve
from tests.resolution.test_composition_answers import decisions
from tests.resolution.test_includes import Files

ANSWERS: Final = [
    answer
    for answer in json.loads((Path(__file__).parent.parent / "oracle" / "composition.json").read_text("utf-8"))
    if answer["accepted"]
]
TEXT: Final = """\
include: base.yml
default: {image: python, retry: 1}
variables: {A: '1', B: '2'}
test:
  extends: .base
  variables: {A: '3'}
  parallel: {matrix: [{OS: [linux, mac]}]}
alone: {script: [x], inherit: {default: false, variables: false}}
"""
BASE: Final = ".base:\n  script: [make]\n"


def resolved(text: str = TEXT, **files: str) -> Resolution:
    """Return a resolved text with included files `NAME.yml`."""
    included = {f"{name}.yml": content for name, content in (files or {"base": BASE}).items()}
    return resolve(read(text, filename=".gitlab-ci.yml")[0], Files(included))


def comparable(tree: Any) -> Any:
    """Return a merged configuration without what GitLab keeps in some cases only: `include`, and a single report in a list."""
    if isinstance(tree, dict):
        kept = {key: comparable(value) for key, value in tree.items() if key != "include"}
        reports = kept.get("reports")
        if isinstance(reports, dict):
            kept["reports"] = {key: value if isinstance(value, list) else [value] for key, value in reports.items()}
        return kept
    return tree


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["id"])
def test_whole_configuration_is_that_of_gitlab(answer: dict[str, Any]) -> None:
    """The merged configuration is the one that GitLab makes, with hidden blocks and `extends`."""
    pipeline = read(answer["files"][".gitlab-ci.yml"], filename=".gitlab-ci.yml")[0]
    files = Files(answer["files"])
    merged = plain_configuration(merged_configuration(resolve(pipeline, files, decisions=decisions(files))))
    assert comparable(merged) == comparable(answer["merged"])


def test_job_has_defaults_global_variables_and_its_matrix() -> None:
    """A job is shown as a runner receives it; a job of the matrix also has its values."""
    job = merged_job(resolved(), "test: [mac]")
    assert job is not None
    assert plain_configuration(job) == {
        "script": ["make"],
        "variables": {"A": "3", "B": "2", "OS": "mac"},
        "parallel": {"matrix": [{"OS": ["linux", "mac"]}]},
        "image": "python",
        "retry": 1,
    }
    places = {tuple(found["path"]): (found["block"], found["file"], found["line"]) for found in value_origins(job, str)}
    assert places == {
        ("script", 0): (".base", "base.yml", 2),
        ("variables", "A"): ("test", ".gitlab-ci.yml", 6),
        ("variables", "B"): ("variables", ".gitlab-ci.yml", 3),
        ("variables", "OS"): ("test", ".gitlab-ci.yml", 7),
        ("parallel", "matrix", 0, "OS", 0): ("test", ".gitlab-ci.yml", 7),
        ("parallel", "matrix", 0, "OS", 1): ("test", ".gitlab-ci.yml", 7),
        ("image",): ("default", ".gitlab-ci.yml", 2),
        ("retry",): ("default", ".gitlab-ci.yml", 2),
    }


def test_job_that_inherits_nothing_has_only_its_own_values() -> None:
    """`inherit` decides which defaults and global variables a job is shown with."""
    job = merged_job(resolved(), "alone")
    assert plain_configuration(job) == {"script": ["x"], "inherit": {"default": False, "variables": False}}


def test_job_in_the_matrix_by_its_own_name_has_no_values_of_the_matrix() -> None:
    """The name of the job itself shows all values of its matrix in `parallel` only."""
    assert plain_configuration(merged_job(resolved(), "test"))["variables"] == {"A": "3", "B": "2"}


def test_old_defaults_at_the_top_level_are_found() -> None:
    """A default at the top level is shown with its place."""
    job = merged_job(resolved("image: ruby\na: {script: [x]}\n"), "a")
    assert job is not None
    assert plain_configuration(job)["image"] == "ruby"
    assert [found["block"] for found in value_origins(job, str)] == ["a", "image"]


def test_hidden_blocks_have_no_defaults() -> None:
    """A hidden block is shown with its parents only; one that is no mapping has no configuration."""
    resolution = resolved("default: {image: x}\n.a: {script: [y]}\n.b: {extends: .a, tags: [z]}\n.c: [1]\nj: {script: [x]}\n")
    assert plain_configuration(merged_job(resolution, ".b")) == {"script": ["y"], "tags": ["z"]}
    assert merged_job(resolution, ".c") is None
    assert merged_job(resolution, "nope") is None
    assert plain_configuration(merged_configuration(resolution))[".c"] == [1]


def test_null_and_unread_references_are_kept() -> None:
    """Null stays null, and a reference to what was not read stays a reference."""
    resolution = resolved("include: no.yml\na: {image: null, script: [!reference [.x, script]]}\n")
    job = merged_job(resolution, "a")
    assert plain_configuration(job) == {"image": None, "script": [{"!reference": [".x", "script"]}]}


def test_values_of_python_have_places_in_python() -> None:
    """A value of a definition is shown with its line in Python."""
    job = merged_job(resolve(Pipeline(jobs=[Job("a", script=["x"], tags=["linux"])])), "a")
    assert job is not None
    assert {Path(found["file"]).name for found in value_origins(job, str)} == {Path(__file__).name}


def test_empty_values_have_places() -> None:
    """An empty mapping or list is a value with a place."""
    job = merged_job(resolve(loads("a: {script: [x], cache: [], needs: []}\n", filename="ci.yml")), "a")
    assert job is not None
    assert [found["path"] for found in value_origins(job, str)] == [["script", 0], ["cache"], ["needs"]]
