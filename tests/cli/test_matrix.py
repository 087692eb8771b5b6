"""`gitlabgen matrix`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, write

PIPELINE = """\
build: {script: [make]}
"te|st`":
  script: [make test]
  rules: [{if: $CI_COMMIT_TAG}, {if: $X, when: manual, allow_failure: true}]
"""
ALL = ["default_branch", "branch", "branch_with_merge_request", "tag", "merge_request", "schedule"]


@pytest.fixture(autouse=True)
def repository(folder: Path) -> Path:
    """Return a folder with a pipeline."""
    (folder / ".gitlab-ci.yml").write_text(PIPELINE)
    return folder


def test_the_table_has_a_line_for_each_job(gitlabgen: Command) -> None:
    """The report is the table, and what is to be said about its columns and what is unknown."""
    result = gitlabgen("matrix")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "job     main      feature   feature + open MR  tag  merge request  schedule\n"
        "build   ●         ●         ●                  ●    ·              ●\n"
        "te|st`  ? manual  ? manual  ? manual           ●    ? manual       ? manual\n"
        "merge request: it is unknown whether there is a pipeline\n"
        "? variable X may be set in the project (te|st`)\n"
    )


def test_marks_are_in_colour(gitlabgen: Command) -> None:
    """Each kind of cell has its colour, and the table stays aligned."""
    first, build, test, *_ = gitlabgen("matrix", "tag", "merge_request", "--color", "always").out.splitlines()
    assert first == "\x1b[1mjob\x1b[0m     \x1b[1mtag\x1b[0m  \x1b[1mmerge request\x1b[0m"
    assert build == "build   \x1b[32m●\x1b[0m    \x1b[2m·\x1b[0m"
    assert test == "te|st`  \x1b[32m●\x1b[0m    \x1b[33m? manual\x1b[0m"


def test_markdown_is_for_comments(gitlabgen: Command, folder: Path) -> None:
    """Names and messages are code, bars in the table are escaped, and the notes are a list."""
    write(folder, pyproject_toml='[tool.gitlabgen.events]\n"*own*" = {source = "web"}\n')
    (folder / ".gitlab-ci.yml").write_text(
        f"{PIPELINE}many: {{script: [x], parallel: 2}}\ninclude: {{project: g/o, file: a.yml}}"
    )
    result = gitlabgen("matrix", "tag", "merge_request", "*own*", "--format", "markdown")
    assert (result.code, result.err) == (0, "")
    reason = "include project g/o was not read, and may have `workflow:rules`"
    assert result.out == (
        "| job | tag | merge request | `*own*` |\n"
        "| :-- | :-: | :-: | :-: |\n"
        "| `build` | ? | ? | ? |\n"
        "| `` te\\|st` `` | ? | ? manual | ? manual |\n"
        "| `many` (2 jobs) | ? | ? | ? |\n"
        "\n"
        "- all events: it is unknown whether there is a pipeline\n"
        f"- ? `` {reason} `` (all jobs)\n"
        "- ? `include project g/o was not read` (`build`, `many`)\n"
        "- ? `variable X may be set in the project` (`` te|st` ``)\n"
        "- not read: include `project g/o`\n"
    )


def test_messages_of_child_pipelines_are_in_markdown(gitlabgen: Command, folder: Path) -> None:
    """A child pipeline that GitLab does not create is named by the job that starts it."""
    write(folder, child_yml="inner: {script: [x], only: [tags]}")
    write(folder, ci_yml="start: {trigger: {include: child.yml}}\nother: {script: [x]}")
    out = gitlabgen("matrix", "web", "tag", "ci.yml", "--format", "markdown").out
    assert "| `start / inner` | · | ● |\n" in out
    assert "\n\n- web, child pipeline of `start`: no pipeline\n  - `The resulting pipeline would have been empty." in out
    events = gitlabgen("matrix", "web", "tag", "ci.yml", "--format", "json").data["events"]
    assert [child["outcome"] for event in events.values() for child in event["children"]] == ["filtered", "created"]
    assert gitlabgen("matrix", "tag", "ci.yml", "--format", "markdown").out.endswith("\n| `other` | ● |\n")
    assert gitlabgen("matrix", "web", "ci.yml").out.splitlines()[-2] == "web, child pipeline of start: no pipeline"


def test_json_has_the_names_of_the_events(gitlabgen: Command) -> None:
    """Events and cells are found by the names of the events; null values have their reasons."""
    data = gitlabgen("matrix", "--format", "json").data
    assert (list(data["events"]), data["unread"]) == (ALL, [])
    build, test = data["jobs"]
    assert (build["name"], build["stage"], build["jobs"]) == ("build", "test", ["build"])
    assert list(build["cells"]) == ALL
    assert data["events"]["merge_request"]["outcome"] == "unknown"
    assert data["events"]["tag"] == {
        "title": "tag",
        "event": {"source": "tag", "tag": "v1.0.0"},
        "outcome": "created",
        "reason": None,
        "errors": [],
        "children": [],
    }
    assert test["cells"]["branch"] == {
        "mark": "? manual",
        "presence": None,
        "when": "manual",
        "allow_failure": True,
        "exit_codes": [],
        "unknown": ["variable X may be set in the project"],
    }


def test_own_events_are_added_unless_others_are_named(gitlabgen: Command, folder: Path) -> None:
    """Events of pyproject.toml follow the usual ones, replace standard ones of their name, and are named like them."""
    own = '[tool.gitlabgen.events]\nnightly = {source = "schedule"}\nweb = {source = "web", branch = "x"}\ntag = {tag = "v2"}\n'
    write(folder, pyproject_toml=own)
    events = gitlabgen("matrix", "--format", "json").data["events"]
    assert (list(events), events["tag"]["event"]["tag"]) == ([*ALL, "nightly", "web"], "v2")
    for words in (
        ["push", "nightly"],
        ["--events", "push,nightly"],
        ["--events", "push", "--events", " nightly"],
        ["push", "--events", "nightly"],
    ):
        events = gitlabgen("matrix", *words, "--format", "json").data["events"]
        assert list(events) == [*ALL[:3], "nightly"]
    assert gitlabgen("matrix", "web", "--format", "json").data["events"]["web"]["event"]["branch"] == "x"


def test_a_word_that_is_a_path_is_no_event(gitlabgen: Command, folder: Path) -> None:
    """A folder named like an event is a path; `--events` takes the name."""
    (folder / "web").mkdir()
    (folder / "web" / ".gitlab-ci.yml").write_text("inner: {script: [x]}")
    assert gitlabgen("matrix", "web", "tag").out.startswith("job    tag\ninner  ●\n")
    assert gitlabgen("matrix", "--events", "web").out.startswith("job     web\nbuild   ●\n")


def test_exit_codes_are_those_of_simulate(gitlabgen: Command, folder: Path) -> None:
    """An event that cannot work ends with 1, also in a child pipeline; something unknown only with `--strict`."""
    assert gitlabgen("matrix", "--strict").code == 1
    assert gitlabgen("matrix", "--strict", "tag").code == 0
    write(folder, ci_yml="a: {script: [x], only: [tags]}\nb: {script: [x], needs: [a]}")
    result = gitlabgen("matrix", "ci.yml", "tag", "web")
    assert (result.code, result.out.splitlines()[1]) == (1, "a    ●    ✗")
    write(folder, child_yml="a: {script: [x], needs: [nix]}")
    write(folder, ci_yml="a: {trigger: {include: child.yml}}")
    assert gitlabgen("matrix", "ci.yml").code == 1


def test_an_invalid_configuration_has_its_findings(gitlabgen: Command, folder: Path) -> None:
    """The problems have their lines on standard error, and GitLab's message is below the table."""
    write(folder, ci_yml="a: {script: [x], need: [b]}")
    result = gitlabgen("matrix", "ci.yml")
    assert result.code == 1
    assert "ci.yml:1:" in result.err
    assert "all events: the configuration is invalid\n" in result.out
    assert gitlabgen("matrix", "ci.yml", "--format", "json").rules == ["unknown-keyword"]


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (
            ("tga", "nix"),
            ["there is no event 'tga'", "did you mean `tag`?", "there is no event 'nix'", "the events are default_branch"],
        ),
        (("--events", "tag,,web"), ["--events has an empty name"]),
        (("a.yml", "b.yml"), ["only one path can be shown, got 'a.yml' and 'b.yml'"]),
        (("a.yml",), ["a.yml: error[unreadable]"]),
    ],
)
def test_wrong_words_are_refused(gitlabgen: Command, words: tuple[str, ...], messages: list[str]) -> None:
    """Events that do not exist are reported together, each with a hint."""
    result = gitlabgen("matrix", *words)
    assert (result.code, result.out) == (2, "")
    assert [message for message in messages if message not in result.err] == []


def test_values_of_inputs_and_settings_count(gitlabgen: Command, folder: Path) -> None:
    """Inputs of a pipeline and settings of a definition have the given values."""
    write(folder, ci_yml="spec: {inputs: {kind: {options: [tags, web]}}}\n---\na: {script: [x], only: ['$[[ inputs.kind ]]']}")
    assert gitlabgen("matrix", "ci.yml", "tag", "--input", "kind=tags").out.splitlines()[1] == "a    ●"
    assert gitlabgen("matrix", "ci.yml", "tag", "--input", "kind=web").out.splitlines()[1] == "a    ·"
    assert gitlabgen("matrix", "--set", "a").code == 2
