"""The predefined variables of events, and the world of variables that only the server knows."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import Event, MergeRequest, ParentPipeline, Push, Schedule, Tag, Web
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.modeling.kinds import NULL
from gitlabgen.simulation import ProjectFacts, ProjectVariable, Trigger, Unknown
from gitlabgen.simulation.job_variables import JobEnvironment, environment_level, job_level
from gitlabgen.simulation.predefined import pipeline_level, project_level, undefined
from gitlabgen.simulation.refs import facts_for
from gitlabgen.simulation.server_variables import after_yaml
from gitlabgen.simulation.slugs import slug
from gitlabgen.simulation.standard_events import STANDARD_EVENTS
from gitlabgen.simulation.variables import Value


def values(event: Event, declared: ProjectFacts | None = None) -> dict[str, Value]:
    """Return the values of the predefined variables of the project and the pipeline."""
    facts = facts_for(event, declared)
    return {variable.key: variable.value for variable in (*project_level(event, facts), *pipeline_level(event, facts))}


def plain(value: Value) -> str | None:
    """Return a value as text: `?` if it is unknown, `?!` if it is unknown but not blank."""
    return (f"?{'!' * value.is_present}") if isinstance(value, Unknown) else value


@pytest.mark.parametrize(
    ("event", "name", "value"),
    [
        (Push(), "CI_COMMIT_BRANCH", "main"),
        (Push(default_branch="trunk"), "CI_COMMIT_BRANCH", "trunk"),
        (Push("a/B_c"), "CI_COMMIT_REF_SLUG", "a-b-c"),
        (Push("b"), "CI_COMMIT_TAG", None),
        (Push("b"), "CI_COMMIT_BEFORE_SHA", "?!"),
        (Push("b", new_branch=True), "CI_COMMIT_BEFORE_SHA", "0" * 40),
        (Push("b"), "CI_COMMIT_REF_PROTECTED", "?!"),
        (Push("b", protected=True), "CI_COMMIT_REF_PROTECTED", "true"),
        (Push("b", protected=False), "CI_COMMIT_REF_PROTECTED", "false"),
        (Push("b", kubernetes=True), "CI_KUBERNETES_ACTIVE", "true"),
        (Push("b"), "CI_KUBERNETES_ACTIVE", None),
        (Push("b"), "CI_OPEN_MERGE_REQUESTS", None),
        (Push("b", open_merge_request=True), "CI_OPEN_MERGE_REQUESTS", "?!"),
        (Push("b"), "CI_PIPELINE_TRIGGERED", None),
        (Push("b"), "CI_MERGE_REQUEST_IID", None),
        (Push("b"), "CI_COMMIT_MESSAGE", "?!"),
        (Push("b"), "CI_COMMIT_DESCRIPTION", "?"),
        (Push("b", message="title\n\nbody\n"), "CI_COMMIT_TITLE", "title"),
        (Push("b", message="title\n\nbody\n"), "CI_COMMIT_DESCRIPTION", "\nbody"),
        (Push("b", message="t" * 100 + "\nbody"), "CI_COMMIT_DESCRIPTION", "t" * 100 + "\nbody"),
        (Push("b", message="é" * 50_001), "CI_COMMIT_MESSAGE", "é" * 50_000),
        (Push("b", message="é" * 50_001), "CI_COMMIT_MESSAGE_IS_TRUNCATED", "true"),
        (Push("b"), "CI_DEPLOY_FREEZE", "?"),
        (Push("b"), "CI_JOB_ID", None),
        (Push("b"), "CI_RUNNER_ID", None),
        (Push("b"), "CI_SERVER_VERSION", "?!"),
        (Push("b"), "CI_PROJECT_DESCRIPTION", "?"),
        (Push("b"), "CI_PROJECT_PATH", "?!"),
        (Tag("v1"), "CI_COMMIT_TAG", "v1"),
        (Tag("v1"), "CI_COMMIT_BRANCH", None),
        (Tag("v1"), "CI_COMMIT_TAG_MESSAGE", "?"),
        (Event(source="schedule", tag="v1"), "CI_COMMIT_TAG", "v1"),
        (Schedule("b"), "CI_PIPELINE_SCHEDULE_DESCRIPTION", "?!"),
        (Schedule("b", description="Nightly"), "CI_PIPELINE_SCHEDULE_DESCRIPTION", "Nightly"),
        (Web("b"), "CI_PIPELINE_SCHEDULE_DESCRIPTION", None),
        (Trigger("b"), "CI_PIPELINE_TRIGGERED", "true"),
        (Trigger("b"), "CI_TRIGGER_SHORT_TOKEN", "?!"),
        (MergeRequest("b"), "CI_COMMIT_BRANCH", None),
        (MergeRequest("b"), "CI_COMMIT_REF_NAME", "b"),
        (MergeRequest("b"), "CI_COMMIT_REF_PROTECTED", "?!"),
        (MergeRequest("b", protected=False), "CI_COMMIT_REF_PROTECTED", "false"),
        (MergeRequest(), "CI_COMMIT_REF_NAME", "?!"),
        (MergeRequest(), "CI_COMMIT_REF_SLUG", "?!"),
        (MergeRequest(), "CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED", "?!"),
        (MergeRequest("b"), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        (MergeRequest("b", into="dev"), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "dev"),
        (MergeRequest("b"), "CI_MERGE_REQUEST_EVENT_TYPE", "detached"),
        (MergeRequest("b"), "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", ""),
        (MergeRequest("b", type="merged_result"), "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "?!"),
        (MergeRequest("b"), "CI_MERGE_REQUEST_IID", "?!"),
        (MergeRequest("b", merge_request_iid=3), "CI_MERGE_REQUEST_REF_PATH", "refs/merge-requests/3/head"),
        (MergeRequest("b"), "CI_MERGE_REQUEST_LABELS", "?"),
        (MergeRequest("b", labels=[]), "CI_MERGE_REQUEST_LABELS", None),
        (MergeRequest("b", labels=["z", "a"]), "CI_MERGE_REQUEST_LABELS", "a,z"),
        (MergeRequest("b", labels="x,y"), "CI_MERGE_REQUEST_LABELS", "x,y"),
        (MergeRequest("b"), "CI_OPEN_MERGE_REQUESTS", "?!"),
        (MergeRequest("b", source_project="f/p"), "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", "f/p"),
        (MergeRequest("b", source_project="f/p"), "CI_PROJECT_PATH", "f/p"),
        (MergeRequest("b", source_project="f/p"), "CI_COMMIT_REF_PROTECTED", "false"),
        (MergeRequest("b", source_project="f/p"), "CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED", "?!"),
        (ParentPipeline("b", target_branch="main"), "CI_OPEN_MERGE_REQUESTS", "?"),
        (ParentPipeline("b", new_branch=None), "CI_COMMIT_BEFORE_SHA", "0" * 40),
        (
            Event(source="external_pull_request_event", branch="b", target_branch="main"),
            "CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME",
            "main",
        ),
        (Event(source="external_pull_request_event"), "CI_EXTERNAL_PULL_REQUEST_IID", "?"),
    ],
)
def test_the_values_of_events(event: Event, name: str, value: str | None) -> None:
    """A variable has the value that the event says, or an unknown one, or is not defined."""
    assert plain(values(event).get(name)) == value


def test_declared_facts_decide_what_is_protected() -> None:
    """Protected branches and tags are known by name, and those of pyproject.toml count unless the event has its own."""
    declared = ProjectFacts(path="g/s/app", protected_refs=("main", "release/*"))
    refs = ["main", "release/1.x", "feature"]
    assert [values(Push(ref), declared)["CI_COMMIT_REF_PROTECTED"] for ref in refs] == ["true", "true", "false"]
    assert values(Push("x", project={"protected": ["x"]}), declared)["CI_COMMIT_REF_PROTECTED"] == "true"
    assert values(MergeRequest("x"), declared)["CI_COMMIT_REF_PROTECTED"] == "false"
    assert plain(values(MergeRequest("release/1"), declared)["CI_COMMIT_REF_PROTECTED"]) == "?!"
    assert values(MergeRequest("x"), declared)["CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED"] == "true"
    found = values(Push("x"), declared)
    assert (found["CI_PROJECT_NAMESPACE"], found["CI_PROJECT_ROOT_NAMESPACE"], found["CI_PROJECT_NAME"]) == ("g/s", "g", "app")


def test_the_version_of_gitlab_decides_which_variables_exist() -> None:
    """With a target version, newer variables are not defined, and removed ones still are."""
    facts = facts_for(Push("b"))
    old = {variable.key for variable in pipeline_level(Push("b"), facts, target=(15, 0))}
    new = {variable.key for variable in pipeline_level(Push("b"), facts)}
    assert {"CI_BUILD_REF", "CI_COMMIT_SHA"} <= old
    assert "CI_BUILD_REF" not in new
    assert "CI_COMMIT_USER_LOGIN" in new - old


def test_rules_of_includes_know_less() -> None:
    """`include:rules` knows what exists before the pipeline."""
    event = Push("b")
    known = {variable.key for variable in pipeline_level(event, facts_for(event), for_includes=True)}
    assert {"CI_COMMIT_BRANCH", "CI_PIPELINE_SOURCE"} <= known
    assert "CI_DEPENDENCY_PROXY_USER" not in known


def test_declared_variables_are_the_only_ones() -> None:
    """Unknown names may be set in the project, unless its variables are declared, perhaps as none."""
    open_world, closed = ProjectFacts(), ProjectFacts(variables=())
    assert undefined("ANY", open_world) == Unknown(("variable ANY may be set in the project",))
    assert undefined("ANY", closed) is None
    assert undefined("CI_JOB_ID", open_world) is None
    assert undefined("CI_COMMIT_TAG", open_world) is None
    assert isinstance(undefined("CI_DEBUG_TRACE", open_world), Unknown)
    assert plain(values(Push("b"), open_world)["CI_DEPLOY_FREEZE"]) == "?"
    assert "CI_DEPLOY_FREEZE" not in values(Push("b"), closed)


def server(event: Event, *variables: ProjectVariable, environment: Any = None) -> dict[str, str | None]:
    """Return the values of the variables that count more than those of the files."""
    facts = facts_for(event, ProjectFacts(variables=variables, protected_refs=("main",)))
    found = after_yaml(event, facts, environment)
    return {each.key: plain(each.value) for each in found if not each.key.startswith("GITLAB_USER_")}


def test_a_declared_variable_without_a_value_has_some_value() -> None:
    """Of a declared name, only the value is unknown."""
    assert server(Push("main"), ProjectVariable("A"), ProjectVariable("B", "")) == {"A": "?!", "B": ""}


def test_protected_variables_need_a_protected_ref() -> None:
    """A pipeline of another branch does not have them, and of a branch that may be protected, they are unknown."""
    secret = ProjectVariable("S", "s", protected=True)
    assert server(Push("main"), secret) == {"S": "s"}
    assert server(Push("x"), secret) == {}
    assert server(MergeRequest("main"), secret) == {"S": "?"}
    assert server(MergeRequest("main", source_project="f/p"), secret) == {}


def test_the_most_exact_scope_counts() -> None:
    """Variables with a scope belong to jobs with such an environment, and the name itself counts more than a pattern."""
    each = [
        ProjectVariable("V", "exact", scope="review/a"),
        ProjectVariable("V", "pattern", scope="review/*"),
        ProjectVariable("V", "any"),
    ]
    assert server(Push("main"), *each) == {"V": "any"}
    assert server(Push("main"), *each, environment="review/a") == {"V": "exact"}
    assert server(Push("main"), *each, environment="review/b") == {"V": "pattern"}
    assert server(Push("main"), *each, environment="production") == {"V": "any"}
    assert server(Push("main"), *each, environment=Unknown(("x",))) == {"V": "?"}


def test_the_person_and_the_pipeline_bring_variables() -> None:
    """The variables of the pipeline count most, and are texts; those of a schedule are named after it."""
    found = after_yaml(Web(variables={"A": True, "B": 1, "C": NULL}, user="dev"), ProjectFacts())
    assert [(each.key, plain(each.value), each.origin) for each in found] == [
        ("GITLAB_USER_ID", "?!", "predefined"),
        ("GITLAB_USER_EMAIL", "?!", "predefined"),
        ("GITLAB_USER_LOGIN", "dev", "predefined"),
        ("GITLAB_USER_NAME", "?!", "predefined"),
        ("A", "true", "pipeline"),
        ("B", "1", "pipeline"),
        ("C", "?!", "pipeline"),
    ]
    passed = Unknown(("the parent decides",))
    assert after_yaml(ParentPipeline(variables={"A": passed}), ProjectFacts())[-1].value is passed
    assert after_yaml(Schedule(variables={"A": "1"}), ProjectFacts())[-1].origin == "schedule"
    assert after_yaml(Tag("v1"), ProjectFacts())[-1].key == "CI_RELEASE_DESCRIPTION"


def test_the_variables_of_a_job() -> None:
    """A job knows its name, its place in `parallel`, and what it says about its environment."""
    job = {each.key: each.value for each in job_level("a: [x]", group="a", stage="test")}
    assert job == {
        "CI_JOB_NAME": "a: [x]",
        "CI_JOB_NAME_SLUG": "a---x",
        "CI_JOB_GROUP_NAME": "a",
        "CI_JOB_STAGE": "test",
        "CI_NODE_TOTAL": "1",
    }
    closed = ProjectFacts(variables=())
    known = {each.key: plain(each.value) for each in environment_level(JobEnvironment("prod"), closed)}
    assert known == {"CI_ENVIRONMENT_NAME": "prod", "CI_ENVIRONMENT_ACTION": "start"}
    full = JobEnvironment("prod", "stop", "production", "https://example.com")
    assert [plain(each.value) for each in environment_level(full, ProjectFacts())] == [
        *("prod", "stop", "production", "https://example.com")
    ]
    assert [plain(each.value) for each in environment_level(JobEnvironment("prod"), ProjectFacts())][2:] == ["?", "?"]


def test_names_are_shortened_for_addresses() -> None:
    """A slug has at most 63 characters, and no `-` at its ends."""
    assert slug("Feature/Ä_x.") == "feature---x"
    assert slug("a" * 62 + "/b") == "a" * 62


@pytest.mark.parametrize("event", STANDARD_EVENTS.values(), ids=[*STANDARD_EVENTS])
def test_standard_events_set_variables_of_the_table_only(event: Event) -> None:
    """Each predefined variable is in the table of GitLab's variables, once, and fits the event."""
    facts = facts_for(event)
    names = [variable.key for variable in (*project_level(event, facts), *pipeline_level(event, facts))]
    assert len(names) == len(set(names))
    for name in names:
        assert PREDEFINED[name].removed is None
        if PREDEFINED[name].phase == "merge-request":
            assert event.is_merge_request


def test_a_default_branch_can_be_unknown() -> None:
    """Without any default branch, the branch of a pipeline and the default branch are unknown, but exist."""
    facts = ProjectFacts()
    found = {each.key: plain(each.value) for each in (*project_level(Push(), facts), *pipeline_level(Push(), facts))}
    assert (found["CI_DEFAULT_BRANCH"], found["CI_COMMIT_BRANCH"], found["CI_COMMIT_REF_SLUG"]) == ("?!", "?!", "?!")
    merge_request = {each.key: plain(each.value) for each in pipeline_level(MergeRequest("b"), facts)}
    assert merge_request["CI_MERGE_REQUEST_TARGET_BRANCH_NAME"] == "?!"
