"""Child pipelines, and includes that depend on the event."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import loads
from gitlabgen.simulation import Push, Simulation, Tag, Unknown, simulate
from tests.resolution.test_includes import Files

KNOWN: dict[str, object] = {"variables": []}
CHILD = {"child.yml": "workflow: {rules: [{if: $ENV == 'prod-main'}]}\ninner: {script: [x], rules: [{if: $GIVEN}]}\n"}


def simulated(text: str, files: dict[str, str], **words: Any) -> Simulation:
    """Return the pipeline of a push to main, with files next to it."""
    return simulate(loads(text), Push("main", project=KNOWN, **words), repository=Files(files))


def test_a_child_gets_the_variables_of_its_job() -> None:
    """The variables of the trigger job reach the child expanded, and win there; those of the event do not reach it."""
    text = "start: {trigger: {include: child.yml}, variables: {ENV: prod-$CI_COMMIT_BRANCH}}"

    child = simulated(text, CHILD, variables={"GIVEN": "yes"}).children["start"]

    assert (child.event.source, child.event.variables) == ("parent_pipeline", {"ENV": "prod-main"})
    assert (child.outcome, list(child.absent)) == ("filtered", ["inner"])


def test_forward_decides_which_variables_a_child_gets() -> None:
    """`trigger:forward` passes on the variables of the event, and can keep back those of the job."""
    forward = "forward: {pipeline_variables: true, yaml_variables: false}"
    text = f"start: {{trigger: {{include: child.yml, {forward}}}, variables: {{ENV: other}}}}"

    child = simulated(text, CHILD, variables={"GIVEN": "yes", "ENV": "prod-main"}).children["start"]

    assert list(child) == ["inner"]


def test_a_variable_in_an_input_is_read_in_the_child() -> None:
    """GitLab does not expand the inputs of a child: the variable stays text, and has its value in the child.

    Source: https://gitlab.com/gitlab-org/gitlab/-/issues/528630
    """
    files = {"child.yml": "spec: {inputs: {who: }}\n---\ninner: {script: [x], rules: [{if: '$[[ inputs.who ]] == \"inner\"'}]}\n"}
    text = "start: {trigger: {include: [{local: child.yml, inputs: {who: $%s}}]}, variables: {JOB: $CI_JOB_NAME}}"

    own = simulated(text % "CI_JOB_NAME", files).children["start"]
    passed = simulated(text % "JOB", files).children["start"]

    assert list(own) == ["inner"]
    assert passed.outcome == "filtered"
    assert passed.event.variables == {"JOB": "start"}


def test_raw_and_unknown_variables_are_passed_on_unchanged() -> None:
    """A variable with `expand: false` keeps its text; one of a rule that may apply is unknown in the child."""
    text = """
    start:
      trigger: {include: child.yml}
      variables: {RAW: {value: $X, expand: false}}
      rules: [{changes: [a], variables: {R: r}}, {when: always}]
    """

    variables = simulated(text, CHILD).children["start"].event.variables or {}

    assert variables["RAW"] == "$X"
    assert isinstance(variables["R"], Unknown)


def test_children_of_children_have_no_children() -> None:
    """GitLab starts pipelines two levels deep."""
    files = {"a.yml": "a: {trigger: {include: b.yml}}", "b.yml": "b: {trigger: {include: c.yml}}", "c.yml": "c: {script: [x]}"}

    first = simulated("start: {trigger: {include: a.yml}}", files)

    assert list(first.children["start"].children["a"]) == ["b"]
    assert first.children["start"].children["a"].children == {}


def test_a_child_that_cannot_be_read_is_not_followed() -> None:
    """Another project's pipeline, and a file that a job creates, are unknown here."""
    text = (
        "a: {trigger: group/app}\nb: {trigger: {include: [{artifact: c.yml, job: make}]}}\nmake: {script: [x]}\nd: {script: [x]}"
    )

    assert simulated(text, {}).children == {}


def test_the_event_decides_which_files_are_included() -> None:
    """Rules of includes and variables in their paths see the event, and not the variables of the files."""
    text = """
    variables: {MODE: on}
    include:
      - {local: branch.yml, rules: [{if: $CI_COMMIT_BRANCH}]}
      - {local: mode.yml, rules: [{if: $MODE}]}
      - {local: hidden.yml, rules: [{if: $CI_COMMIT_TAG, when: never}, {when: always}]}
      - ci/$CI_DEFAULT_BRANCH.yml
    """
    files = {f"{name}.yml": f"{name.removeprefix('ci/')}: {{script: [x]}}" for name in ("branch", "mode", "hidden", "ci/main")}

    pushed = simulate(loads(text), Push("main", project=KNOWN), repository=Files(files))
    tagged = simulate(loads(text), Tag("v1", project=KNOWN), repository=Files(files))

    assert list(pushed) == ["branch", "hidden", "main"]
    assert list(tagged) == ["main"]


def test_an_include_is_unknown_if_its_rules_or_its_path_are() -> None:
    """A variable that may be set in the project leaves the file unread, and a rule that fails does so, too."""
    text = """
    include:
      - {local: a.yml, rules: [{if: $X}]}
      - b/$Y.yml
      - {local: c.yml, rules: [{changes: {paths: [a], compare_to: nope}}]}
    job: {script: [x]}
    """

    found = simulate(loads(text), Push("main", refs=["main"]), repository=Files({}))

    assert found.unread == ("local a.yml", "local b/$Y.yml", "local c.yml")
    assert found["job"].presence is True


def test_a_family_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """No more different children are read than GitLab creates; jobs that start the same child share it."""
    monkeypatch.setattr("gitlabgen.simulation.children._MOST_CHILDREN", 2)
    text = "".join(f"{name}: {{trigger: {{include: {file}.yml}}}}\n" for name, file in zip("abcde", "xyzxy", strict=True))
    found = simulated(text, {f"{file}.yml": "j: {script: x}\n" for file in "xyz"})
    assert list(found.children) == ["a", "b", "d", "e"]
