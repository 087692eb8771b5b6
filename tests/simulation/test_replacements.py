"""Variables of the files that the project, its groups or a person may replace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitlabgen import Job, Pipeline, Push, Rule, Workflow, simulate
from gitlabgen.simulation import ProjectFacts, ProjectVariable, Simulation, Unknown

NAMES = st.sampled_from(("A", "B"))
TEXTS = st.sampled_from(("", " ", "yes", "no", "false"))
OPERANDS = st.one_of(NAMES.map("${}".format), TEXTS.map('"{}"'.format), st.just("null"))
COMPARISONS = st.one_of(
    OPERANDS.map(str),
    st.tuples(OPERANDS, st.sampled_from(("==", "!=")), OPERANDS).map(" ".join),
    st.tuples(NAMES, st.sampled_from(("=~", "!~"))).map(lambda parts: f"${parts[0]} {parts[1]} /^y/"),
)
CONDITIONS = st.lists(COMPARISONS, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from((" && ", " || ")).map(lambda operator: operator.join(parts))
)
BLOCKS = st.dictionaries(NAMES, TEXTS)


def simulated(pipeline: Pipeline, variables: tuple[ProjectVariable, ...] | None) -> Simulation:
    """Return what a push creates in a project with some variables."""
    return simulate(pipeline, Push("main"), project=ProjectFacts(variables=variables))


@given(shared=BLOCKS, own=BLOCKS, condition=CONDITIONS, server=BLOCKS)
def test_certain_answers_hold_for_all_variables_of_the_project(
    shared: dict[str, str], own: dict[str, str], condition: str, server: dict[str, str]
) -> None:
    """If the project's variables are not stated, whether a job exists is certain only if no variable can change it."""
    job = Job("job", script=["make"], variables=own or None, rules=[Rule(condition)])
    pipeline = Pipeline(jobs=[Job("always", script=["make"]), job], variables=shared or None)
    answer = simulated(pipeline, None)
    exact = simulated(pipeline, tuple(ProjectVariable(key, value) for key, value in server.items()))
    if "job" not in answer or answer["job"].presence is True:
        assert ("job" in answer) is ("job" in exact)


def test_variables_of_the_file_count_if_the_project_states_its_variables() -> None:
    """With a list of variables, even an empty one, a variable of the file has the value in the file."""
    pipeline = Pipeline(jobs=[Job("job", script=["make"], rules=[Rule('$A == "yes"')])], variables={"A": "yes"})
    assert simulated(pipeline, ())["job"].presence is True
    assert isinstance(simulated(pipeline, None)["job"].presence, Unknown)


@pytest.mark.parametrize("variables", [{"A": "yes"}, {"A": ""}])
def test_the_reason_names_the_variable_and_its_value_in_the_file(variables: dict[str, str]) -> None:
    """An unknown answer says which variable decides, and what the file sets."""
    pipeline = Pipeline(jobs=[Job("job", script=["make"], variables=variables, rules=[Rule('$A == "yes"')])])
    presence = simulated(pipeline, None)["job"].presence
    reason = f"variable A may be set in the project, which replaces `{variables['A']}`"
    assert presence == Unknown((reason,))


def test_workflow_rules_see_replaced_variables() -> None:
    """Whether there is a pipeline depends on the variables of the project, too."""
    pipeline = Pipeline(
        workflow=Workflow(rules=[Rule('$A == "yes"')]), jobs=[Job("job", script=["make"])], variables={"A": "yes"}
    )
    assert simulated(pipeline, ()).outcome == "created"
    assert "may be set in the project" in str(simulated(pipeline, None).reason)


def test_variables_of_the_event_count_more_than_those_of_the_project() -> None:
    """A value that the event states is certain."""
    pipeline = Pipeline(jobs=[Job("job", script=["make"], rules=[Rule('$A == "yes"')])], variables={"A": "no"})
    event = Push("main", variables={"A": "yes"})
    assert simulate(pipeline, event)["job"].presence is True
