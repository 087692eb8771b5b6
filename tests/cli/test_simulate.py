"""`gitlabgen simulate` and `gitlabgen explain`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command, write

PIPELINE = """\
workflow: {name: "For $CI_COMMIT_REF_NAME", rules: [{if: $CI_COMMIT_REF_NAME != 'hidden'}]}
build:
  stage: build
  script: [make]
test:
  script: [make test]
  needs: [build]
  tags: [linux]
  rules:
    - if: $CI_COMMIT_TAG
      when: never
    - changes: [src/*]
      allow_failure: true
    - if: $X
      when: delayed
      start_in: 1 day
deploy:
  stage: deploy
  script: [make deploy]
  environment: prod
  allow_failure: {exit_codes: [3]}
  needs: []
  rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH, when: manual}]
child: {trigger: {include: child.yml}}
"""
CHILD = "include: {project: g/o, file: a.yml}\ninner: {script: [x], only: [tags]}\nother: {script: [x]}\n"


@pytest.fixture(autouse=True)
def repository(folder: Path) -> Path:
    """Return a folder with a pipeline and its child."""
    write(folder, child_yml=CHILD)
    (folder / ".gitlab-ci.yml").write_text(PIPELINE)
    return folder


def test_jobs_of_an_event_are_shown_by_stage(gitlabgen: Command) -> None:
    """The report has the name of the pipeline, what is special about each job, the absent jobs and the child pipeline."""
    result = gitlabgen("simulate", "tag", "--tag", "v2")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "tag (tag v2): 2 jobs, named 'For v2'\n"
        "build\n"
        "  build\n"
        "test\n"
        "  child  starts another pipeline\n"
        "not in the pipeline\n"
        "  test    rule 1 matches, with `when: never`\n"
        "  deploy  its only rule does not match\n"
        "\n"
        "tag (tag v2), child pipeline of child: it is unknown whether there is a pipeline\n"
        "  include project g/o was not read, and may have `workflow:rules`\n"
        "test\n"
        "  inner\n"
        "  other\n"
        "not read: include project g/o\n"
    )


def test_what_is_unknown_is_said_and_fails_if_strict(gitlabgen: Command) -> None:
    """Unknown presence and unknown attributes have their reasons; `--strict` ends with 1."""
    result = gitlabgen("simulate", "--strict")
    assert result.code == 1
    assert "test    perhaps (the changed files are unknown; variable X may be set in the project)" in result.out
    assert "starts when is unknown" in result.out
    assert "deploy  manual, may fail with 3, needs nothing, environment prod" in result.out
    assert gitlabgen("simulate", "--changed", "src/a", "child.yml").out.startswith("push to the default branch: ")


def test_json_has_null_for_what_is_unknown(gitlabgen: Command) -> None:
    """Null values have their reasons below `unknown`."""
    data = gitlabgen("simulate", "--format", "json").data
    job = next(job for job in data["jobs"] if job["name"] == "test")
    assert (job["presence"], job["when"]) == (None, None)
    assert job["unknown"]["when"] == ["the changed files are unknown", "variable X may be set in the project"]
    assert [child["job"] for child in data["children"]] == ["child"]
    assert [found["event_name"] for found in gitlabgen("simulate", "push", "--format", "json").data["simulations"]] == [
        "default_branch",
        "branch",
        "branch_with_merge_request",
    ]


def test_an_event_file_states_what_is_known(gitlabgen: Command, folder: Path) -> None:
    """An event from a file, with the facts of the project, leaves nothing of the root unknown."""
    event = {"source": "push", "branch": "main", "changed": ["src/a"], "project": {"path": "g/o", "variables": []}}
    (folder / "event.json").write_text(json.dumps(event))
    data = gitlabgen("simulate", "--event", "event.json", "--format", "json").data
    jobs = {job["name"]: job for job in data["jobs"]}
    assert (data["outcome"], jobs["test"]["allow_failure"], jobs["test"]["unknown"]) == ("created", True, {})
    assert jobs["deploy"]["exit_codes"] == [3]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--branch", "hidden"), "push to hidden: no pipeline\n  The pipeline did not run."),
        (("--source", "schedule", "--branch", "a"), "schedule on a: 3 jobs"),
        (("merge_train", "--branch", "a"), "merge_train (merge request from a to the default branch (merge_train)): "),
        (("--source", "merge_request_event", "--branch", "a", "--target-branch", "b"), "merge request from a to b: "),
        (("--source", "chat"), "chat on the default branch: "),
    ],
)
def test_events_have_a_title(gitlabgen: Command, words: tuple[str, ...], said: str) -> None:
    """The first line names the event; a pipeline that GitLab does not create is fine."""
    result = gitlabgen("simulate", *words)
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(said)


@pytest.mark.parametrize(
    ("text", "outcome", "finding"),
    [
        ("a: {script: [x], needs: [b]}\nb: {script: [x], only: [tags]}", "creation_error", ""),
        ("a: {script: [x], need: [b]}", "invalid", "unknown-keyword"),
        ("a: {script: [x], needs: [nix]}", "invalid", ""),
        ("a: {script: 5}", "invalid", "invalid-keyword"),
        ("a: {trigger: {include: broken.yml}}", "created", ""),
    ],
)
def test_errors_end_with_one(gitlabgen: Command, folder: Path, text: str, outcome: str, finding: str) -> None:
    """GitLab's message is in the report, and the findings with their positions if the configuration is invalid."""
    write(folder, ci_yml=text, broken_yml="a: {script: [x], needs: [nix]}")
    result = gitlabgen("simulate", "ci.yml", "--format", "json")
    assert (result.code, result.data["outcome"], result.rules) == (1, outcome, [finding] if finding else [])
    assert gitlabgen("simulate", "ci.yml").code == 1


def test_explanations_of_all_events_are_grouped(gitlabgen: Command) -> None:
    """Without an event, all standard events are explained; those with the same explanation share it."""
    result = gitlabgen("explain", "deploy")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("default_branch (push to the default branch)\n")
    assert result.out.count("deploy: rule 1 matches") == 1
    assert "deploy: its only rule does not match\n  rule 1 (.gitlab-ci.yml:23) does not match, when: manual\n" in result.out
    assert "  it would be in the pipeline if:\n    $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH  held (rule 1)\n" in result.out


def test_an_explanation_shows_clauses_and_values(gitlabgen: Command) -> None:
    """Each clause has its answer and the values in it; unknown ones have their reasons."""
    out = gitlabgen("explain", "test", "default_branch").out
    assert "    changes: src/*  is unknown\n" in out
    assert "      X is unknown: variable X may be set in the project\n" in out
    assert "workflow: rule 1 matches\n" in out
    out = gitlabgen("explain", "--job", "test", "schedule").out
    assert "      GitLab compares nothing for this event, so that `changes` holds\n" in out


def test_jobs_of_children_are_explained(gitlabgen: Command) -> None:
    """A job of a child pipeline is explained for the pipelines that have it; `only` by its keys."""
    out = gitlabgen("explain", "inner", "default_branch").out
    assert out.startswith("default_branch, child pipeline of child (child pipeline on the default branch)\n")
    assert "  only:refs: tags  does not hold\n" in out
    assert "    only:refs: tags  held\n" in out


def test_a_job_of_a_filtered_pipeline_is_explained(gitlabgen: Command) -> None:
    """The messages of GitLab and the rules of the workflow come first."""
    out = gitlabgen("explain", "build", "--branch", "hidden").out
    assert out.splitlines()[1].startswith("  The pipeline did not run.")
    assert out.splitlines()[2] == "workflow: its only rule does not match"


def test_faults_and_long_values_are_shown(gitlabgen: Command, folder: Path) -> None:
    """A rule that cannot be evaluated says why; long values are cut, and lines joined."""
    rules = "[{if: $CI_COMMIT_MESSAGE == 'x'}, {changes: {paths: [a], compare_to: nix}}]"
    write(folder, ci_yml=f"a: {{script: [x], rules: {rules}}}\nb: {{script: [x]}}\n")
    (folder / "event.json").write_text(json.dumps({"source": "push", "message": "m\n" * 50, "refs": ["main"]}))
    out = gitlabgen("explain", "a", "ci.yml", "--event", "event.json").out
    message = "rules:changes:compare_to is not a valid ref"
    assert "  rule 2 (ci.yml:1) cannot be evaluated\n" in out
    assert f"    changes: paths: a; compare_to: nix  {message}\n" in out
    assert 'CI_COMMIT_MESSAGE = "' + "m\\n" * 30 + '…" (predefined)\n' in out
    data = gitlabgen("explain", "a", "ci.yml", "--event", "event.json", "--format", "json").data
    assert data["explanations"][0]["jobs"][0]["trace"]["rules"][1]["clauses"][0]["note"] == message


def test_explain_presence_in_json(gitlabgen: Command) -> None:
    """The presence of a job is true, false, or null if it is unknown; a match may be uncertain."""
    data = gitlabgen("explain", "test", "push", "--format", "json").data
    assert [found["jobs"][0]["presence"] for found in data["explanations"]] == [None, None, None]
    data = gitlabgen("explain", "deploy", "push", "--format", "json").data
    assert [found["jobs"][0]["presence"] for found in data["explanations"]] == [True, False, False]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("explain", "tset", "tag"), "did you mean `test`?"),
        (("explain",), "the job is missing"),
        (("explain", "test", "tga"), "did you mean `tag`?"),
        (("explain", "a", "b", "c"), "only one event can be shown, got 'b' and 'c'"),
        (("simulate", "tga"), "did you mean `tag`?"),
        (("simulate", "a.yml", "b.yml"), "only one path can be shown, got 'a.yml' and 'b.yml'"),
    ],
)
def test_wrong_words_are_refused(gitlabgen: Command, words: tuple[str, ...], message: str) -> None:
    """A job, a path or an event that does not exist is a usage error with a hint."""
    result = gitlabgen(*words)
    assert result.code == 2
    assert message in result.err


def test_an_invalid_configuration_is_not_a_missing_job(gitlabgen: Command, folder: Path) -> None:
    """If the configuration is invalid, the explanation is its error."""
    write(folder, ci_yml="a: {script: [x], need: [b]}")
    result = gitlabgen("explain", "a", "ci.yml", "tag")
    assert result.code == 1
    assert "unknown-keyword" in result.err


STAGES = """
stages: [test, deploy]
unit: {stage: test, script: [make], parallel: 2}
gate: {stage: test, script: [make], when: manual, allow_failure: true}
deploy: {stage: deploy, script: [make]}
clean: {stage: deploy, script: [make], when: on_failure}
"""


def test_statuses_follow_a_failure(gitlabgen: Command, folder: Path) -> None:
    """With `--fail`, each job has its status, and the first line has that of the pipeline."""
    write(folder, ci_yml=STAGES)
    assert gitlabgen("simulate", "ci.yml", "--fail", "unit=3").out == (
        "default_branch (push to the default branch): 5 jobs; the pipeline is failed\n"
        "test\n"
        "  unit 1/2  failed\n"
        "  unit 2/2  failed\n"
        "  gate      manual   manual, may fail\n"
        "deploy\n"
        "  deploy    skipped\n"
        "  clean     success  on_failure\n"
    )
    data = gitlabgen("simulate", "ci.yml", "--fail", "unit 1/2", "--format", "json").data
    assert (data["status"], [job["status"] for job in data["jobs"]][:2]) == ("failed", ["failed", "success"])


def test_people_cancel_play_and_retry(gitlabgen: Command, folder: Path) -> None:
    """`--cancel`, `--play` and `--retry` change the statuses; what cannot be started is named."""
    write(folder, ci_yml=STAGES)
    out = gitlabgen("simulate", "ci.yml", "--cancel", "unit", "--play", "gate").out
    assert "  unit 1/2  canceled\n" in out
    assert "  gate      success   manual, may fail\n" in out
    out = gitlabgen("simulate", "ci.yml", "--fail", "unit", "--retry", "unit").out
    assert "the pipeline is success\n" in out
    out = gitlabgen("simulate", "ci.yml", "--retry", "deploy=failed", "--play", "clean").out
    assert "  deploy    failed\n" in out
    assert "nothing to start or to retry: clean is skipped\n" in out


def test_unknown_statuses_are_said(gitlabgen: Command, folder: Path) -> None:
    """A status that depends on something unknown is `unknown`; null in JSON, with the reasons."""
    write(folder, ci_yml=STAGES + "scan: {stage: test, script: [make], rules: [{if: $X}]}\n")
    out = gitlabgen("simulate", "ci.yml", "--fail", "scan").out
    assert out.startswith("default_branch (push to the default branch): 6 jobs; it is unknown how the pipeline ends\n")
    assert "  deploy    unknown\n" in out
    job = gitlabgen("simulate", "ci.yml", "--fail", "scan", "--format", "json").data["jobs"][-1]
    assert (job["status"], job["unknown"]["status"]) == (None, ["variable X may be set in the project"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fail", "unti"), "did you mean `unit`?"),
        (("--fail", "unit=0"), "the exit code of a failed job is 1 to 255 = write --fail unit=1"),
        (("--retry", "unit=256"), "the exit code of a failed job is 1 to 255 = write --retry unit=1"),
        (("--fail", "unit=later"), "no job `unit=later`"),
    ],
)
def test_wrong_jobs_and_endings_are_refused(gitlabgen: Command, folder: Path, words: tuple[str, ...], message: str) -> None:
    """A job that does not exist, and an exit code that is none of a failure, are errors of the user's input."""
    write(folder, ci_yml=STAGES)
    result = gitlabgen("simulate", "ci.yml", *words)
    assert result.code == 2
    assert message in " ".join(result.err.split())
