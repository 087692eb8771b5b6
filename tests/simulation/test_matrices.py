"""The matrix of jobs and events: what each event does with each job, as data and as text."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from gitlabgen import (
    ArgumentError,
    EventMatrix,
    Job,
    MergeRequest,
    Pipeline,
    Project,
    Push,
    Rule,
    Schedule,
    Tag,
    event_matrix,
    loads,
    var,
)
from gitlabgen.errors import UnknownJobError
from gitlabgen.simulation import STANDARD_EVENTS, Cell, ProjectFacts, Unknown
from tests.resolution.test_includes import Files

KNOWN = ProjectFacts(variables=())
REASON = "variable X may be set in the project"


def of(text: str, events: Any = None, *, project: ProjectFacts | None = KNOWN, **keywords: Any) -> EventMatrix:
    """Return the matrix of a pipeline; by default, in a project without variables."""
    return event_matrix(loads(text), events, project=project, **keywords)


def lines(matrix: EventMatrix) -> list[list[str]]:
    """Return the words of each line that are separated by more than one space."""
    return [[word.strip() for word in line.split("  ") if word] for line in str(matrix).splitlines()]


def test_the_usual_events_are_the_columns() -> None:
    """By default a matrix has six standard events, by their names as data and by short titles as text."""
    matrix = of("a: {script: [x], rules: [{if: $CI_COMMIT_TAG}]}\nb: {script: [x], rules: [{if: $CI_COMMIT_BRANCH}]}")
    names = ["default_branch", "branch", "branch_with_merge_request", "tag", "merge_request", "schedule"]
    assert [column.name for column in matrix.columns] == list(matrix["a"]) == names
    assert lines(matrix)[:3] == [
        ["job", "main", "feature", "feature + open MR", "tag", "merge request", "schedule"],
        ["a", "·", "·", "·", "●", "·", "·"],
        ["b", "●", "●", "●", "·", "·", "●"],
    ]
    assert str(matrix) == repr(matrix)
    assert all(line == line.rstrip() for line in str(matrix).splitlines())


def test_events_are_chosen_by_name_or_described() -> None:
    """Names, groups, events and mappings choose the columns; events with the same description are kept apart."""
    text = "a: {script: [x], rules: [{changes: [a]}]}"
    assert list(of(text, "push")["a"]) == ["default_branch", "branch", "branch_with_merge_request"]
    assert list(of(text, ["tag", "push", "tag"])["a"]) == ["tag", "default_branch", "branch", "branch_with_merge_request"]
    assert list(of(text, "all")["a"]) == [*STANDARD_EVENTS]
    described = of(
        text, [Push("main", changed=["a"]), Push("main", changed=[]), MergeRequest("x", into="main"), Tag("v2"), "web"]
    )["a"]
    assert {name: str(cell) for name, cell in described.items()} == {
        "push to main": "●",
        "push to main (2)": "·",
        "merge request from x to main": "?",
        "tag v2": "●",
        "web": "●",
    }
    assert list(of(text, {"nightly": Schedule()})["a"]) == ["nightly"]
    assert list(of(text, Push("main"))["a"]) == ["push to main"]
    assert of(text, []).columns == ()


def test_unknown_events_are_refused_together() -> None:
    """All names without an event are reported, each with a hint, at the line of the call."""
    with pytest.raises(ArgumentError) as caught:
        of("a: {script: [x]}", ["tga", "tag", "nix"])
    first, second = caught.value.findings
    assert (first.message, first.hint) == ("There is no standard event 'tga'.", "did you mean `tag`?")
    assert second.hint is not None
    assert second.hint.startswith("the events are default_branch, branch, ")
    assert str(first.file).endswith("test_matrices.py")
    for events in ([1], {"a": "tag"}):
        with pytest.raises(ArgumentError, match="an event should be"):
            of("a: {script: [x]}", events)


def test_a_project_has_a_matrix() -> None:
    """The pipeline of a project can include its other files; a project without a pipeline is refused at the call."""
    pipeline = loads("include: more.yml\na: {script: [x]}")
    matrix = event_matrix(Project(pipeline=pipeline, files={"more.yml": "b: {script: [x]}\n"}), "web")
    assert list(matrix) == ["b", "a"]
    with pytest.raises(ArgumentError, match=r"test_matrices.py:\d+.*`gitlabgen\.event_matrix` got a project without a pipeline"):
        event_matrix(Project(files={"a": ""}))
    with pytest.raises(ArgumentError, match=r"`gitlabgen\.event_matrix` takes"):
        event_matrix("a.yml")  # type: ignore[arg-type]


def test_titles_name_the_default_branch_and_own_events() -> None:
    """The push to the default branch has the name of the branch; an own event keeps its name."""
    matrix = of("a: {script: [x]}", "push", project=ProjectFacts(default_branch="develop"))
    assert lines(matrix)[0] == ["job", "develop", "feature", "feature + open MR"]
    own = of("a: {script: [x]}", {"branch": Push("other"), "tag": STANDARD_EVENTS["tag"]})
    assert lines(own)[0] == ["job", "branch", "tag"]
    titles = [column.title for column in of("a: {script: [x]}", "all").columns[5:]]
    assert titles == ["merge request", "fork merge request", "merge train", "schedule", "web", "api", "trigger", "child"]


@pytest.mark.parametrize(
    ("job", "mark"),
    [
        ("", "●"),
        ("when: always", "● always"),
        ("when: manual", "manual"),
        ("when: manual, allow_failure: false", "manual, blocks"),
        ("when: delayed, start_in: 1 day", "delayed"),
        ("when: on_failure, allow_failure: true", "on_failure, may fail"),
        ("allow_failure: true", "● may fail"),
        ("allow_failure: {exit_codes: [3, 4]}", "● may fail with 3, 4"),
        ("rules: [{when: never}]", "·"),
        ("rules: [{if: $X}]", "?"),
        ("rules: [{if: $X, when: manual, allow_failure: true}]", "? manual"),
        ("rules: [{if: $X, when: manual}]", "? manual, blocks"),
        ("rules: [{if: $X, when: manual}, {when: on_success}]", "● starts ?"),
        ("rules: [{if: $X, when: manual}, {if: $Y}]", "?"),
        ("rules: [{if: $X, allow_failure: true}, {when: on_success}]", "● may fail ?"),
        ("rules: [{if: $X, allow_failure: true}, {if: $Y}]", "?"),
    ],
)
def test_marks_say_how_a_job_runs(job: str, mark: str) -> None:
    """A cell says whether the job runs, how it starts, and what its failure means."""
    matrix = of(f"a: {{script: [x], {job}}}\nb: {{script: [x]}}", "web", project=None)
    cell = matrix["a"]["web"]
    assert str(cell) == mark
    assert lines(matrix)[1] == ["a", mark]
    assert (REASON in cell.reasons) == ("?" in mark)


def test_a_reason_is_said_once_with_its_jobs() -> None:
    """Below the table, each reason has the jobs that it is about; of many, the first ones."""
    condition = "rules: [{if: $X}]"
    jobs = "\n".join(f"job{number}: {{script: [x], {condition}}}" for number in range(7))
    matrix = of(f"{jobs}\nother: {{script: [x], rules: [{{if: $Y}}]}}\nb: {{script: [x]}}", "tag", project=None)
    assert str(matrix).splitlines()[-2:] == [
        f"? {REASON} (job0, job1, job2, job3, job4 and 2 more)",
        "? variable Y may be set in the project (other)",
    ]
    six = of("\n".join(jobs.splitlines()[:6]) + "\nb: {script: [x]}", "tag", project=None)
    assert str(six).splitlines()[-1] == f"? {REASON} (job0, job1, job2, job3, job4, job5)"
    assert str(of(jobs, "tag", project=None)).splitlines()[-1] == f"? {REASON} (all jobs)"


def test_events_without_a_pipeline_say_why() -> None:
    """A filtered, a skipped and an impossible pipeline have GitLab's message; events with the same answer share it."""
    text = """
    workflow: {rules: [{if: $CI_PIPELINE_SOURCE != 'schedule'}]}
    a: {script: [x], rules: [{if: $CI_COMMIT_TAG == null}]}
    b: {script: [x], needs: [a]}
    """
    events = {"tag": STANDARD_EVENTS["tag"], "nightly": Schedule(), "skipped": Push(message="[skip ci]"), "push": Push()}
    matrix = of(text, events)
    assert [column.outcome for column in matrix.columns] == ["creation_error", "filtered", "skipped", "created"]
    assert lines(matrix) == [
        ["job", "tag", "nightly", "skipped", "push"],
        ["a", "✗", "·", "·", "●"],
        ["b", "✗", "·", "·", "●"],
        ["tag: GitLab cannot create the pipeline"],
        [matrix.columns[0].errors[0]],
        ["nightly: no pipeline"],
        ["The pipeline did not run. Review the workflow:rules configuration for the pipeline."],
        ["skipped: the pipeline is skipped"],
    ]
    assert matrix["a"]["tag"] == Cell(False, is_failed=True)


def test_a_configuration_that_no_event_can_use_has_no_rows() -> None:
    """If the configuration is invalid, all events say so once; without jobs the text is only that."""
    matrix = of("a: {script: [x], needs: [nix]}")
    assert (len(matrix), list(matrix)) == (0, [])
    assert [line[0] for line in lines(matrix)][1] == "all events: the configuration is invalid"
    assert len(lines(matrix)) == 3


def test_jobs_of_an_uncertain_pipeline_are_uncertain() -> None:
    """If it is unknown whether there is a pipeline, its jobs are unknown, for the reasons of the pipeline."""
    text = "workflow: {rules: [{if: $X}]}\na: {script: [x]}\nb: {script: [x], rules: [{when: never}]}"
    matrix = of(text, ["tag", "web"], project=None)
    assert matrix["a"]["tag"] == Cell(Unknown((REASON,)), "on_success")
    assert matrix["b"]["tag"] == Cell(False)
    assert lines(matrix)[3:] == [["all events: it is unknown whether there is a pipeline"], [f"? {REASON} (a)"]]


def test_what_else_decides_about_a_pipeline_is_a_reason_for_all_its_jobs() -> None:
    """A need that may be missing leaves all jobs unknown; a pipeline of unknown jobs only those in `.pre` and `.post`."""
    matrix = of("a: {script: [x], rules: [{if: $X}]}\nb: {script: [x], needs: [a]}\nc: {script: [x]}", "tag", project=None)
    assert [cell["tag"].reasons for cell in matrix.values()][2] == (f"`b` needs `a`, which may not be in the pipeline: {REASON}",)
    text = "a: {script: [x], rules: [{if: $X}]}\nb: {script: [x], rules: [{if: $Y}]}\nc: {stage: .pre, script: [x]}"
    matrix = of(text, "tag", project=None)
    assert matrix["a"]["tag"].reasons == (REASON,)
    assert matrix["c"]["tag"].reasons == (REASON, "variable Y may be set in the project")


def test_jobs_of_parallel_share_a_row_if_they_look_alike() -> None:
    """All alike are one row; of different ones, the largest group is one row, and the others have their own."""
    text = """
    all: {script: [x], parallel: 3}
    some:
      script: [x]
      parallel: {matrix: [{OS: [linux, mac, win]}]}
      rules: [{if: "$OS == 'mac' && $CI_COMMIT_TAG", when: manual}, {if: $OS != 'mac'}]
    """
    matrix = of(text, "tag")
    assert lines(matrix)[1:] == [["all (3 jobs)", "●"], ["some (2 of 3)", "●"], ["some: [mac]", "manual, blocks"]]
    assert list(matrix) == ["all", "some (2 of 3)", "some: [mac]"]
    assert matrix.rows[1].jobs == ("some: [linux]", "some: [win]")
    assert matrix["some: [win]"] == matrix["some (2 of 3)"]
    assert matrix["all 2/3"] == matrix["all"]


def test_reasons_of_alike_jobs_are_joined() -> None:
    """Jobs that are unknown for different reasons look alike, and share a row with all of the reasons."""
    matrix = of("a: {script: [x], parallel: {matrix: [{V: [b, c]}]}, rules: [{if: $V == 'b'}]}", "tag", project=None)
    assert lines(matrix)[1] == ["a (2 jobs)", "?"]
    assert len(matrix["a"]["tag"].reasons) == 2


def test_rows_are_in_the_order_of_the_stages() -> None:
    """Jobs are sorted by stage, also those that only some events have."""
    text = """
    stages: [one, two]
    include:
      - {local: late.yml, rules: [{if: $CI_COMMIT_TAG}]}
    last: {stage: two, script: [x]}
    first: {stage: one, script: [x]}
    """
    files = Files({"late.yml": "added: {stage: one, script: [x]}"})
    matrix = of(text, ["web", "tag"], repository=files)
    assert lines(matrix)[1:] == [["first", "●", "●"], ["added", "·", "●"], ["last", "●", "●"]]
    assert [row.stage for row in matrix.rows] == ["one", "one", "two"]


def test_jobs_of_child_pipelines_follow_their_trigger() -> None:
    """A child's jobs are rows below the job that starts it; they are unknown if that job is, and absent without it."""
    text = """
    start: {trigger: {include: child.yml}, rules: [{if: $CI_COMMIT_TAG}, {if: $X}], parallel: {matrix: [{N: [a, b]}]}}
    b: {script: [x]}
    """
    child = "include: {project: g/o, file: a.yml}\nworkflow: {rules: [{if: $CI_COMMIT_TAG}]}\ninner: {script: [x]}"
    files = Files({"child.yml": child})
    matrix = of(text, ["tag", "web"], project=None, repository=files)
    assert lines(matrix) == [
        ["job", "tag", "web"],
        ["start (2 jobs)", "●", "?"],
        ["start / inner (2 jobs)", "●", "·"],
        ["b", "●", "●"],
        ["web, child pipeline of start: [a]: no pipeline"],
        ["The pipeline did not run. Review the workflow:rules configuration for the pipeline."],
        ["web, child pipeline of start: [b]: no pipeline"],
        ["The pipeline did not run. Review the workflow:rules configuration for the pipeline."],
        [f"? {REASON} (start)"],
        ["not read: include project g/o"],
    ]
    assert matrix["start: [a] / inner"] == matrix["start / inner"]
    free = of(text, ["web"], project=None, repository=Files({"child.yml": "inner: {script: [x]}"}))
    assert str(free["start / inner"]["web"]) == "?"


def test_unknown_names_are_refused() -> None:
    """A job that no row stands for has a hint."""
    with pytest.raises(UnknownJobError, match="did you mean `deploy`"):
        of("deploy: {script: [x]}")["depoly"]
    assert "nix" not in of("deploy: {script: [x]}")


def test_matrices_are_compared_by_what_they_say() -> None:
    """Matrices of equal pipelines are equal; another condition makes them differ."""
    tag, branch = (
        Pipeline(jobs=[Job("a", script=["x"], rules=[Rule(found)])]) for found in (var.CI_COMMIT_TAG, var.CI_COMMIT_BRANCH)
    )
    assert event_matrix(tag) == event_matrix(tag)
    assert event_matrix(tag) != event_matrix(branch)
    assert event_matrix(tag) != event_matrix(tag, "push")


def test_names_keep_the_table_aligned() -> None:
    """Wide and combining characters take the columns of a terminal, and line breaks are escaped: a job is one line."""
    names = ["日本", "e\u0301", "a\nb"]
    matrix = event_matrix(Pipeline(jobs=[Job(name, script=["x"]) for name in names]), "web")
    assert str(matrix).splitlines() == ["job   web", "日本  ●", "e\u0301     ●", "a\\nb  ●"]


def test_a_snapshot_is_readable(snapshot: SnapshotAssertion) -> None:
    """A snapshot has the table as it is printed: one line for each job, without spaces at the ends."""
    text = """
    stages: [build, test, deploy]
    build: {stage: build, script: [make]}
    unit: {stage: test, script: [x], parallel: 4, rules: [{changes: [src/*]}]}
    lint: {stage: test, script: [x], allow_failure: true}
    deploy: {stage: deploy, script: [x], rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH, when: manual}, {if: $FORCE}]}
    """
    assert event_matrix(loads(text)) == snapshot
