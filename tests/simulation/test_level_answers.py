"""The levels of variables: the same variables, in the same order, as GitLab's own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gitlabgen import Inherit, Job, Pipeline
from gitlabgen.resolution.job_expansion import inherited_variables
from gitlabgen.simulation import Event, Unknown, Variable, Variables
from gitlabgen.simulation.job_variables import job_level
from gitlabgen.simulation.predefined import pipeline_level, project_level
from gitlabgen.simulation.refs import facts_for
from gitlabgen.simulation.server_variables import after_yaml

ANSWERS = json.loads((Path(__file__).parent.parent / "oracle" / "levels.json").read_text("utf-8"))
JOB = job_level("my job", group="my job", stage="test", when="manual", index=2, total=3)
# GitLab was asked without a repository, and the commit had a made-up description.
NOT_COMPARED = {"CI_COMMIT_DESCRIPTION"}


def levels(event: Event, yaml: tuple[Variable, ...] = (), environment: str | None = None) -> Variables:
    """Return all variables of a job."""
    facts = facts_for(event)
    return Variables(
        [JOB, project_level(event, facts), pipeline_level(event, facts), yaml, after_yaml(event, facts, environment)]
    )


def event_with(declared: list[dict[str, Any]], **words: Any) -> Event:
    """Return a push to the default branch of a project with some variables."""
    project = {**ANSWERS["common"]["project"], "variables": declared}
    return Event(**{**ANSWERS["common"], "branch": "main", "project": project, **words})


@pytest.mark.parametrize("answer", ANSWERS["available"], ids=lambda answer: answer["event"]["source"])
def test_rules_know_the_variables_that_gitlab_sets(answer: dict[str, Any]) -> None:
    """In each event, the same variables exist, in the same order and with the same values, unless they are unknown here."""
    variables = levels(Event(**{**ANSWERS["common"], **answer["event"]}))
    known = {variable.key: variable.value for variable in variables}
    expected = answer["values"]
    optional = {name for name, value in expected.items() if value is None}
    assert [name for name in known if name in expected] == [name for name in expected if name not in optional]
    for name, value in expected.items():
        found = known.get(name)
        if isinstance(found, Unknown):
            assert (value or "").strip() or not found.is_present, name
        elif name not in NOT_COMPARED:
            assert found == value, name


@pytest.mark.parametrize("answer", ANSWERS["available"], ids=lambda answer: answer["event"]["source"])
def test_rules_know_no_variables_of_other_events(answer: dict[str, Any]) -> None:
    """A variable about commits, pipelines and merge requests that GitLab does not set in an event is not defined."""
    variables = levels(Event(**{**ANSWERS["common"], **answer["event"]}))
    about = ("CI_COMMIT_", "CI_PIPELINE_", "CI_JOB_", "CI_NODE_", "CI_EXTERNAL_", "CI_OPEN_", "CHAT_", "GITLAB_USER_")
    more = {variable.key for variable in variables if variable.key.startswith(about)} - answer["values"].keys()
    # This one is newer than the asked GitLab, and exists unless the pipeline is on the default branch.
    assert more <= {"CI_COMMIT_DEFAULT_BRANCH_BASE_SHA"}
    has_merge_request = any(variable.key.startswith("CI_MERGE_REQUEST_") for variable in variables)
    assert has_merge_request == any(name.startswith("CI_MERGE_REQUEST_") for name in answer["values"])


@pytest.mark.parametrize("answer", ANSWERS["precedence"], ids=lambda answer: answer["id"])
def test_a_higher_level_counts(answer: dict[str, Any]) -> None:
    """Of the levels that set a variable, the same one counts as in GitLab."""
    key = answer.get("key", "K")
    values = {name: answer[name] for name in ("yaml", "instance", "project", "pipeline") if name in answer}
    values |= {name.replace("pipe", "pipeline"): name.replace("pipe", "pipeline") for name in answer.get("levels", ())}
    project = [{"key": key, "value": values[level]} for level in ("instance", "project") if level in values]
    event = event_with(project, variables={key: values["pipeline"]} if "pipeline" in values else None)
    yaml = (Variable(key, values["yaml"], "root"),) if "yaml" in values else ()
    assert levels(event, yaml).seen_by_if(key) == answer["winner"]
    if "all" in answer:
        assert [variable.value for variable in levels(event, yaml) if variable.key == key] == answer["all"]


@pytest.mark.parametrize("answer", ANSWERS["scope"], ids=lambda answer: answer["id"])
def test_a_scope_limits_variables_to_environments(answer: dict[str, Any]) -> None:
    """A job has the variables whose scope fits its environment."""
    declared = [{word.lstrip("_"): value for word, value in each.items()} for each in answer["project_variables"]]
    variables = levels(event_with(declared), environment=answer["environment"])
    names = {each["key"] for each in declared}
    found = {name: variables.seen_by_if(name) for name in names if variables.get(name)}
    assert found == {name: value for name, value in answer["got"].items() if name in names}


@pytest.mark.parametrize("answer", ANSWERS["inherit"], ids=lambda answer: answer["id"])
def test_a_job_inherits_global_variables(answer: dict[str, Any]) -> None:
    """`inherit:variables` decides which global variables a job has besides its own."""
    own = {each["key"]: each["value"] for each in answer["job"]}
    inherit = Inherit(variables=answer["inherit"])
    job = Job("j", script=["x"], inherit=inherit, variables=own)
    pipeline = Pipeline(variables={each["key"]: each["value"] for each in answer["root"]}, jobs=[job])
    found = {**inherited_variables(job, pipeline), **own}
    assert [{"key": key, "value": value} for key, value in found.items()] == answer["result"]
