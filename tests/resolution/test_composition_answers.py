"""Composition: the same verdicts, messages and jobs as GitLab's own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitlabgen import lint
from gitlabgen.codec.encoding import Encoder
from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding, YamlError
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.resolution import expand, resolve
from gitlabgen.simulation import Push
from gitlabgen.simulation.event_facts import EventFacts
from gitlabgen.simulation.include_decisions import EventIncludes
from tests.resolution.test_includes import Files

ANSWERS = json.loads((Path(__file__).parent.parent / "oracle" / "composition.json").read_text("utf-8"))
KEYS = (
    *("stage", "image", "services", "before_script", "script", "after_script", "tags", "retry", "interruptible", "cache"),
    *("artifacts", "hooks", "id_tokens", "environment", "rules"),
)


def decisions(repository: Files) -> EventIncludes:
    """Return what the event of the answers decides about includes."""
    return EventIncludes(EventFacts(Push("main", project={"variables": {"PLAIN": "plain"}}), repository=repository))


def answered(answer: dict[str, Any]) -> tuple[Pipeline | None, list[Finding], Files]:
    """Return the root pipeline of an answer, its errors, and the other files."""
    repository = Files(answer["files"])
    try:
        pipeline, findings = read(answer["files"][".gitlab-ci.yml"], filename=".gitlab-ci.yml")
    except YamlError as error:
        return None, list(error.findings), repository
    found = [*findings, *lint(pipeline, repository=repository)]
    return pipeline, [finding for finding in found if finding.severity == "error"], repository


def as_listed(value: Any) -> Any:
    """Return a value, or a list with a single value."""
    return value if isinstance(value, list) else [value]


def normal(job: BaseJob) -> dict[str, Any]:
    """Return a job in the form in which GitLab holds it: names as mappings, and single values as lists."""
    tree = {"stage": "test", **{key: value for key, value in Encoder({}).tree(job).items() if value is not None}}
    for key, name in (("image", "name"), ("retry", "max"), ("environment", "name")):
        if key in tree and not isinstance(tree[key], dict):
            tree[key] = {name: tree[key]}
    for key in ("script", "before_script", "after_script", "cache"):
        if key in tree:
            tree[key] = as_listed(tree[key])
    if "services" in tree:
        tree["services"] = [item if isinstance(item, dict) else {"name": item} for item in tree["services"]]
    for kind, paths in tree.get("artifacts", {}).get("reports", {}).items():
        tree["artifacts"]["reports"][kind] = as_listed(paths)
    return tree


def holds(expected: Any, found: Any) -> bool:
    """Return whether a value holds what GitLab holds; GitLab also writes defaults into mappings."""
    if isinstance(expected, dict) and isinstance(found, dict):
        return all(key in expected and holds(expected[key], value) for key, value in found.items())
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(holds, expected, found))
    return bool(expected == found)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer["id"])
def test_a_configuration_is_composed_as_gitlab_does(answer: dict[str, Any]) -> None:
    """A configuration has errors exactly if GitLab rejects it, with its message; otherwise its jobs are GitLab's."""
    pipeline, errors, repository = answered(answer)

    assert bool(errors) == (not answer["accepted"])
    if not answer["accepted"]:
        said = {message.lower() for message in answer["errors"]}
        # The messages of YAML readers differ; an included job that the root sets to null is an unknown keyword here.
        if "yaml" not in errors[0].rule and answer["id"] != "include/null_removes_job":
            assert {str(finding.gitlab).lower() for finding in errors} & said
        return
    assert pipeline is not None
    expanded = expand(resolve(pipeline, repository, decisions=decisions(repository)))
    names = set(answer["jobs"]) - {"child"}  # a file of GitLab's repository that the answer does not list
    assert set(expanded) == names
    for name in names:
        expected, job = answer["jobs"][name], normal(expanded[name].job)
        assert {key: job[key] for key in KEYS if key in job} == {
            key: job[key] for key in KEYS if key in job and key in expected and holds(expected[key], job[key])
        }
        assert {key for key in KEYS if key in expected} <= set(job)
        values = {key: value["value"] for key, value in expected["job_variables"].items()}
        assert (expanded[name].job.variables or {}) == values
