"""`protected-variable-absent`: protected variables where they are empty."""

from __future__ import annotations

import pytest

from gitlabgen import lint
from gitlabgen.codec.pipelines import read
from gitlabgen.simulation.project_facts import ProjectFacts, ProjectVariable

KEY = ProjectVariable("KEY", protected=True)


def found(text: str, *variables: ProjectVariable, refs: tuple[str, ...] | None = ("main",)) -> list[str]:
    """Return the findings in a project with variables and protected branches and tags."""
    facts = ProjectFacts(variables=variables or (KEY,), protected_refs=refs)
    findings = lint(read(text)[0], project=facts)
    return [f"{finding.line}:{finding.column} {finding.message}" for finding in findings if "protected" in finding.rule]


def job(rules: str, script: str = "x $KEY", more: str = "") -> str:
    """Return a pipeline with a job."""
    return f"a:\n  script: ['{script}']\n  rules: [{rules}]\n{more}"


REQUEST = "{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}"
EMPTY = "`KEY` is empty in `a` if the branch is not protected, because the variable is."


def test_a_merge_request() -> None:
    """The finding is at the variable, and names the event."""
    assert found(job(REQUEST)) == [f"2:12 In a merge request pipeline, {EMPTY}"]


def test_branches_whose_protection_is_not_known() -> None:
    """The message is true although it is not known which branches are protected; a protected pattern excludes it."""
    assert found(job(REQUEST), refs=None) == [f"2:12 In a merge request pipeline, {EMPTY}"]
    text = job("{if: $CI_COMMIT_BRANCH && $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH}")
    assert len(found(text)) == len(found(text, refs=None)) == 1
    assert found(text, refs=("*",)) == []


def test_tags() -> None:
    """Tags have their own protection; what is not known of a tag is silent."""
    text = job("{if: $CI_COMMIT_TAG}")
    assert found(text) == ["2:12 In a tag pipeline, `KEY` is empty in `a` if the tag is not protected, because the variable is."]
    assert found(text, refs=("v*",)) == found(text, refs=None) == []


def test_each_variable_of_a_job() -> None:
    """Each variable has a finding, also in other keywords, and the jobs of a matrix have one together."""
    variables = (KEY, ProjectVariable("TOKEN", protected=True))
    text = f"a: {{script: x $KEY, image: 'i:$TOKEN', parallel: 2, rules: [{REQUEST}]}}\n"
    assert len(found(text, *variables)) == 2


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        (job("{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}"), [KEY]),
        (job("{if: $CI_PIPELINE_SOURCE == 'merge_request_event' && $KEY}"), [KEY]),
        (job(REQUEST), [ProjectVariable("KEY")]),
        (job(REQUEST), [KEY, ProjectVariable("KEY", scope="*")]),
        (job(REQUEST), [ProjectVariable("KEY", protected=True, scope="production")]),
        (job(REQUEST, more="variables: {KEY: x}\n"), [KEY]),
        (job(REQUEST, 'test -z "$KEY" || x $KEY'), [KEY]),
        (job(REQUEST, "x ${KEY:-none}"), [KEY]),
        (job(REQUEST, "KEY=1; x $KEY"), [KEY]),
        (job(REQUEST, "x $OTHER"), [KEY]),
        (job(REQUEST) + "b: {stage: build, script: ['echo KEY=1 >> b.env'], artifacts: {reports: {dotenv: b.env}}}\n", [KEY]),
        (job("{if: $CI_PIPELINE_SOURCE == 'api'}"), [KEY]),
    ],
)
def test_variables_that_are_not_missed(text: str, variables: list[ProjectVariable]) -> None:
    """Where the variable may have a value, or the job minds its absence, nothing is wrong."""
    assert found(text, *variables) == []


def test_variables_that_are_not_declared() -> None:
    """Without declared variables nothing is known."""
    assert lint(read(f"a: {{script: x $KEY, rules: [{REQUEST}]}}\n")[0]) == []
