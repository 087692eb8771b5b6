"""Rules about events: what the project's facts, own events and other files change."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen.analysis.branches import branch_names
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.codec import pipelines
from gitlabgen.linting import lint
from gitlabgen.resolution.configuration import resolve
from gitlabgen.simulation import MergeRequest, ProjectFacts, ProjectVariable, Push, Schedule, Tag
from tests.linting.test_event_views import analysis as analysis_of
from tests.resolution.test_includes import Files

_EVENT_RULES = (
    *("changes-always-true", "duplicate-pipelines", "empty-pipeline", "need-missing-in-event", "rule-never-matches"),
    *("unguarded-deploy", "unreachable-job"),
)


def messages(text: str, files: dict[str, str] | None = None, **options: Any) -> list[str]:
    """Return the messages of the findings about events in a file."""
    pipeline, _ = pipelines.read(text, filename=".gitlab-ci.yml")
    found = lint(pipeline, repository=Files(files or {}), **options)
    return [finding.message for finding in found if finding.rule in _EVENT_RULES]


_PRODUCTION = "prod: {environment: production, script: make}\n"


def test_a_protected_environment_guards_a_deployment() -> None:
    """What the project protects, only some people can deploy to."""
    assert len(messages(_PRODUCTION)) == 1
    assert messages(_PRODUCTION, project=ProjectFacts(protected_environments=("prod*",))) == []
    assert len(messages(_PRODUCTION, project=ProjectFacts(protected_environments=("staging",)))) == 1


def test_a_merge_request_that_deploys() -> None:
    """The message names a merge request, if only that deploys."""
    text = "prod: {environment: production, script: make, rules: [{if: $CI_MERGE_REQUEST_IID}]}\n"
    expected = "A merge request deploys to the environment `production`: nothing keeps `prod` from running."
    assert messages(text) == [expected]


def test_a_deployment_that_may_wait_is_no_finding() -> None:
    """If a variable decides whether a job waits for a click, nothing is certain."""
    text = "prod: {environment: production, script: make, rules: [{if: $A, when: manual}, {if: $CI_COMMIT_BRANCH}]}\n"
    assert messages(text) == []


_DEVELOP = """
build: {script: make, rules: [{if: '$CI_COMMIT_BRANCH == "develop"'}]}
test: {script: make, needs: [build], rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}
"""


def test_the_default_branch_may_have_a_name_that_the_file_mentions() -> None:
    """What holds for one name of the default branch only is no finding, unless the project states the name."""
    assert messages(_DEVELOP) == []
    assert messages(_DEVELOP, project=ProjectFacts(default_branch="develop")) == []
    (found,) = messages(_DEVELOP, project=ProjectFacts(default_branch="trunk"))
    assert found.startswith("After a push to the default branch, in a scheduled pipeline and in a pipeline that somebody starts")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {script: x}", []),
        (
            "a: {script: x, rules: [{if: '$CI_COMMIT_BRANCH == \"dev\"'}, {if: '\"master\" == $CI_COMMIT_BRANCH'}]}",
            ["master", "dev"],
        ),
        ("a: {script: x, rules: [{if: '$CI_COMMIT_REF_NAME =~ /^(main|release)$/'}]}", ["main", "release"]),
        ("a: {script: x, rules: [{if: '$CI_COMMIT_TAG == \"v1.0\" || $CI_COMMIT_BRANCH == $A'}, {changes: [a]}]}", []),
        ("workflow: {rules: [{if: '$CI_COMMIT_BRANCH == \"trunk\"'}, {when: always}]}\na: {script: x}", ["trunk"]),
        ("a: {script: x, only: [tags, /^stable/, {a: b}], except: {refs: [develop]}}", ["develop", "stable"]),
        ("a: {script: x, only: {changes: [a]}}", []),
    ],
)
def test_names_of_branches(text: str, expected: list[str]) -> None:
    """Names are found where conditions compare branches, and in `only` and `except`; the usual default branches come first."""
    assert branch_names(PipelineAnalysis(resolve(pipelines.read(text)[0]))) == expected


def test_the_declared_variables_decide() -> None:
    """If the project's variables are declared, those of the file have their values, and no others exist."""
    text = """
variables: {MODE: full}
a: {script: x, rules: [{if: $MODE == "full"}]}
b: {script: x, needs: [a], rules: [{if: $CI_COMMIT_SHA}]}
"""
    assert "need" in " ".join(messages(text, project=ProjectFacts(variables=(ProjectVariable("MODE", "none"),))))
    assert not any("needs" in message for message in messages(text, project=ProjectFacts(variables=())))
    assert messages(text, events={"tag": Tag("v1")}) == []


def test_own_events_are_named() -> None:
    """A finding for an own event names it."""
    text = "build: {script: x, rules: [{if: $CI_COMMIT_TAG}]}\ntest: {script: x, needs: [build], rules: [{if: $NIGHTLY}]}\n"
    (found,) = messages(text, events={"nightly": Schedule(variables={"NIGHTLY": "true"})})
    assert found.startswith("For the event `nightly` `test` exists but `build`, which it needs, does not")


def test_an_own_schedule_says_that_there_are_schedules() -> None:
    """`changes` in scheduled pipelines counts if the project has schedules."""
    text = "workflow: {rules: [{if: $CI_COMMIT_BRANCH}]}\na: {script: x, rules: [{changes: [a]}]}\n"
    assert messages(text) == []
    (found,) = messages(text, events={"nightly": Schedule()})
    assert found == "For the event `nightly` `changes` always holds, so `a` always runs there."


def test_known_changes_have_no_variants() -> None:
    """An event that says which files changed is used unchanged."""
    text = "a: {script: x, rules: [{changes: [a]}]}\nb: {script: x, needs: [a], rules: [{if: $CI_COMMIT_BRANCH}]}\n"
    assert messages(text, events={"change": Push("x", changed=["a"])}) == []
    assert len(messages(text, events={"change": Push("x", changed=["b"])})) == 1
    assert len(messages(text, events={"change": Push("x")})) == 1


def test_events_of_other_branches_are_no_duplicates() -> None:
    """A push and a merge request belong together only if they have the same branch."""
    text = "a: {script: x, rules: [{when: always}]}\n"
    both = {"push": Push("a", open_merge_request=True), "request": MergeRequest("b")}
    assert messages(text, events=both) == []
    assert len(messages(text, events=both | {"other": MergeRequest("a")})) == 1


def test_a_refused_pipeline_is_no_duplicate() -> None:
    """If GitLab refuses one of the two pipelines, only the missing need is reported."""
    text = "a: {script: x}\nb: {script: x, needs: [a], rules: [{when: always}]}\n"
    (found,) = messages(text)
    assert "which it needs" in found


def test_duplicates_despite_a_workflow() -> None:
    """The finding is at the rules of the workflow, which let both pipelines start."""
    text = "workflow: {rules: [{if: $CI_COMMIT_BRANCH}, {if: $CI_MERGE_REQUEST_IID}]}\na: {script: x}\nb: {script: x}\n"
    (found,) = lint(pipelines.read(text)[0])
    assert (found.rule, found.path, found.job) == ("duplicate-pipelines", "workflow", None)
    assert found.message == "A push to a branch with an open merge request starts two pipelines with the same 2 jobs."


def test_an_event_can_include_other_needs() -> None:
    """A file that only some events include can replace the needs of a job."""
    text = """
include: [{local: needs.yml, rules: [{if: $CI_COMMIT_TAG}]}]
a: {script: x, rules: [{if: $CI_COMMIT_BRANCH}]}
b: {script: x, rules: [{if: $CI_COMMIT_TAG}]}
"""
    files = {"needs.yml": "b: {needs: [a]}\n"}
    (found,) = messages(text, files)
    assert found.startswith("In a tag pipeline `b` exists but `a`")


def test_many_names_of_branches() -> None:
    """Only a few names are tried, the usual ones first."""
    names = " || ".join(f'$CI_COMMIT_BRANCH == "{name}"' for name in ("one", "two", "three", "four", "master"))
    found = analysis_of(f"a: {{script: x, rules: [{{if: '{names}'}}]}}\n")
    assert [len(view.variants) for view in found.views] == [4, 1, 1, 4, 1, 4, 4]


def test_an_event_without_a_file_has_other_needs() -> None:
    """A need in a file that the event does not include is no need."""
    text = """
include: [all.yml, {local: tags.yml, rules: [{if: $CI_COMMIT_TAG}]}]
a: {script: x, rules: [{if: $CI_COMMIT_TAG}]}
b: {script: x, rules: [{if: $CI_COMMIT_BRANCH || $CI_COMMIT_TAG}]}
c: {script: x}
"""
    assert messages(text, {"all.yml": "b: {needs: [c]}\n", "tags.yml": "b: {needs: [a, c]}\n"}) == []


def test_what_gitlab_cannot_read_is_unknown() -> None:
    """A pattern in `only` that GitLab rejects has its own finding, and no rule about events guesses what it means."""
    text = "a: {script: x, only: ['/^(issue-/']}\nb: {script: x, needs: [a], only: [branches]}\n"
    assert messages(text) == []


def test_a_key_that_is_no_text() -> None:
    """A reference that leads nowhere is a finding, also next to a key that YAML reads as `false`."""
    pipeline, _ = pipelines.read("off: {script: x}\na: {script: [!reference [.gone, script]]}\n")
    assert "invalid-reference" in [finding.rule for finding in lint(pipeline)]


_STOP_JOB = """
workflow: {rules: [{if: $CI_COMMIT_BRANCH}]}
show:
  script: ["./show.sh"]
  environment: {name: review/$CI_COMMIT_REF_SLUG, on_stop: hide}
  rules: [{if: $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH}]
hide:
  script: ["./hide.sh"]
  environment: {name: review/$CI_COMMIT_REF_SLUG, action: stop}
  rules: [{if: $CI_COMMIT_BRANCH != $CI_DEFAULT_BRANCH, when: manual}]
"""
_CHILD = """
build: {script: [make]}
suite: {stage: test, trigger: {include: [{local: child.yml}], strategy: depend}}
"""
_GUARDED = """
deploy:
  script: ./deploy.sh production
  environment: production
  rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
"""


@pytest.mark.parametrize("text", [_STOP_JOB, _CHILD, _GUARDED])
def test_files_without_such_mistakes(text: str) -> None:
    """Review apps, children and guarded deployments have no findings of these rules."""
    assert messages(text, {"child.yml": "press: {script: [make press], rules: [{when: manual}]}\n"}) == []


def test_rules_of_other_files_may_hold() -> None:
    """A reference to a file that was not read stands for any rules."""
    included = "include: [{project: group/shared, file: jobs.yml}]\n"
    rules = "[!reference [.shared, rules], {if: $CI_COMMIT_TAG && $CI_COMMIT_BRANCH}]"
    expected = ["Rule 2 of `a` never matches: `$CI_COMMIT_TAG && $CI_COMMIT_BRANCH` holds for no event."]
    assert messages(f"{included}a: {{script: make, rules: {rules}}}\n") == expected


def test_a_need_that_depends_on_no_file() -> None:
    """If only a variable of unknown value decides, no change of files makes a need certainly missing."""
    text = "a: {script: make, rules: [{if: $A}]}\nb: {script: make, needs: [a]}\nc: {script: make, rules: [{changes: [x]}]}\n"
    assert [message for message in messages(text) if "`a`" in message] == []
