"""`gitlabgen show`: the merged configuration with the origin of every value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Command, write

PIPELINE = "include: ci/base.yml\ntest:\n  extends: .base\n  tags: [linux]\n"
BASE = ".base:\n  script:\n    - make\n"
DEFINITION = """\
from gitlabgen import Job, Pipeline, Project
project = Project(pipeline=Pipeline(jobs=[
    Job("build", script=["make"]),
]))
"""


@pytest.fixture
def repository(folder: Path) -> Path:
    """Return a folder with a pipeline and an included file."""
    write(folder / "ci", base_yml=BASE)
    (folder / ".gitlab-ci.yml").write_text(PIPELINE)
    return folder


@pytest.mark.usefixtures("repository")
def test_job_is_shown_with_the_place_of_each_value(gitlabgen: Command) -> None:
    """The comment after a value names its file and line, and the block if it is another one."""
    result = gitlabgen("show", "test")
    assert (result.code, result.err) == (0, "")
    assert result.out == ("script:\n  - make  # .base, ci/base.yml:3\n\ntags:\n  - linux  # .gitlab-ci.yml:4\n")


@pytest.mark.usefixtures("repository")
def test_whole_configuration_is_shown_without_a_job(gitlabgen: Command) -> None:
    """Without a job, all blocks are shown; in JSON as data, with the places."""
    result = gitlabgen("show", "--format", "json")
    assert result.code == 0
    assert result.data["configuration"] == {
        ".base": {"script": ["make"]},
        "test": {"extends": ".base", "script": ["make"], "tags": ["linux"]},
    }
    assert result.data["job"] is None
    origin = {"path": ["test", "script", 0], "block": ".base", "file": "ci/base.yml", "line": 3, "column": 7}
    assert origin in result.data["origins"]


def test_definition_is_shown_with_lines_of_python(folder: Path, gitlabgen: Command) -> None:
    """The values of a definition have their places in Python, also from another folder."""
    write(folder / "service", gitlab_ci_py=DEFINITION)
    assert gitlabgen("show", "build", "service").out == "script:\n  - make  # service/gitlab_ci.py:3\n"


@pytest.mark.usefixtures("repository")
def test_unknown_job_is_an_error_with_a_similar_name(gitlabgen: Command) -> None:
    """A misspelt job ends with 2 and names the job that was probably meant."""
    result = gitlabgen("show", "tset")
    assert result.code == 2
    assert "did you mean `test`?" in result.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("a", "b"), "only one job can be shown, got 'a' and 'b'"),
        (("a", "--job", "b"), "only one job can be shown, got 'b' and 'a'"),
        (("a.yml", "b.yml"), "only one path can be shown, got 'a.yml' and 'b.yml'"),
    ],
)
def test_several_jobs_or_paths_are_refused(gitlabgen: Command, words: tuple[str, ...], message: str) -> None:
    """The command shows one job of one pipeline."""
    result = gitlabgen("show", *words)
    assert result.code == 2
    assert message in result.err


@pytest.mark.usefixtures("repository")
def test_option_names_a_job_that_looks_like_a_path(folder: Path, gitlabgen: Command) -> None:
    """`--job` takes any name; without it, a word that is an existing path is the path."""
    (folder / ".gitlab-ci.yml").write_text("ci: {script: [x]}\n")
    assert gitlabgen("show", "ci").code == 2
    assert gitlabgen("show", "--job", "ci").out == "script:\n  - x  # .gitlab-ci.yml:1\n"


def test_errors_are_reported_beside_the_configuration(folder: Path, gitlabgen: Command) -> None:
    """What can be merged is shown; an error ends with 1, and an include that was not read is named."""
    (folder / ".gitlab-ci.yml").write_text("include: {template: X.gitlab-ci.yml}\na: {script: [x], retry: 9}\n")
    result = gitlabgen("show", "a")
    assert result.code == 1
    assert "error[invalid-keyword]" in result.err
    assert (
        result.out
        == "script:\n  - x  # .gitlab-ci.yml:2\n\nretry: 9  # .gitlab-ci.yml:2\n# not read: include template X.gitlab-ci.yml\n"
    )
    assert "include template X.gitlab-ci.yml was not read" in gitlabgen("show", "b").err


def test_inputs_and_settings_reach_the_pipeline(folder: Path, gitlabgen: Command) -> None:
    """`--input` gives an input a value before the configuration is merged."""
    (folder / ".gitlab-ci.yml").write_text("spec: {inputs: {n: }}\n---\na: {script: ['echo $[[ inputs.n ]]']}\n")
    assert "echo hi" in gitlabgen("show", "a", "--input", "n=hi").out


@pytest.mark.parametrize(
    ("files", "path", "rule"),
    [
        ({"t_yml": "Resources: {T: {Type: AWS::SNS::Topic}}\n"}, "t.yml", "no-pipeline"),
        ({"a_py": "from gitlabgen import Project\nproject = Project(files={'a': 'b'})\n"}, "a.py", "no-pipeline"),
        ({}, ".", "no-definition"),
        ({}, "no.yml", "unreadable"),
    ],
    ids=["a template", "a project without a pipeline", "nothing", "a missing file"],
)
def test_what_is_no_pipeline_is_refused(folder: Path, gitlabgen: Command, files: dict[str, str], path: str, rule: str) -> None:
    """A command for one pipeline says why there is no configuration."""
    write(folder, **files)
    result = gitlabgen("show", path, "--format", "json")
    assert (result.code, result.rules) == (2, [rule])


def test_several_definitions_are_refused(folder: Path, gitlabgen: Command) -> None:
    """A folder with several definitions needs a choice."""
    for name in ("one", "two"):
        write(folder / name, gitlab_ci_py=DEFINITION)
    result = gitlabgen("show", "build")
    assert result.code == 2
    assert "has 2 definitions" in result.err
    assert "name one of one/gitlab_ci.py, two/gitlab_ci.py" in result.err
