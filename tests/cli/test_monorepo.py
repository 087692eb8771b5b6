"""Several definitions below one folder: what each command does with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitlabgen.errors import Finding
from tests.cli.conftest import PROJECT, Command, write

_BAD_NEED = """from gitlabgen import Job, Pipeline, Project
project = Project(pipeline=Pipeline(jobs=[Job("a", script=["x"], needs=["nowhere"])]))
"""
_TEMPLATE = "from gitlabgen import Project, sam\nproject = Project(template=sam.Template('x'))\n"


def test_each_definition_writes_into_its_own_folder(folder: Path, gitlabgen: Command) -> None:
    """Paths are relative to the current folder, so that each file names its service; a second run changes nothing."""
    write(folder, gitlab_ci_py=PROJECT, services__a__gitlab_ci_py=PROJECT, services__b__gitlab_ci_py=PROJECT)
    result = gitlabgen("render")

    assert result.code == 0
    assert [line.split()[1] for line in result.out.splitlines()] == ["out.txt", "services/a/out.txt", "services/b/out.txt"]
    assert gitlabgen("check").out == "fresh out.txt\nfresh services/a/out.txt\nfresh services/b/out.txt\n"
    assert gitlabgen("check", "services/b").out == "fresh services/b/out.txt\n"
    assert gitlabgen("check", "services", ".").out.count("fresh") == 3


def test_the_advice_of_a_file_below_works_from_the_current_folder(folder: Path, gitlabgen: Command) -> None:
    """The command that `check` advises names the definition relative to the current folder."""
    write(folder, services__a__gitlab_ci_py=PROJECT, services__b__gitlab_ci_py=PROJECT)
    lines = gitlabgen("check").out.splitlines()

    assert lines[1].endswith("run: gitlabgen render services/b/gitlab_ci.py")
    assert gitlabgen("render", "services/b/gitlab_ci.py").code == 0
    assert gitlabgen("check").out.splitlines()[1] == "fresh services/b/out.txt"


@pytest.mark.parametrize("command", ["render", "check", "lint"])
def test_the_problems_of_all_definitions_are_reported_together(folder: Path, gitlabgen: Command, command: str) -> None:
    """Ambiguous folders and broken definitions are reported in one run, and nothing is written."""
    write(folder, a__gitlab_ci_py=PROJECT, a__gitlab_ci_toml="", b__gitlab_ci_py="1 / 0\n", c__gitlab_ci_toml="x = 1\n")
    write(folder, d__gitlab_ci_py=PROJECT, e__gitlab_ci_py="import missing_helper\n")
    result = gitlabgen(command, "--format=json")

    assert result.code == 2
    assert {(finding["rule"], finding["file"]) for finding in result.data["findings"]} == {
        ("two-definitions", "a"),
        ("definition-fails", "b/gitlab_ci.py"),
        ("invalid-setting", "c/gitlab_ci.toml"),
        ("definition-fails", "e/gitlab_ci.py"),
    }


@pytest.mark.parametrize("command", ["render", "check"])
def test_one_output_folder_cannot_hold_the_same_file_twice(folder: Path, gitlabgen: Command, command: str) -> None:
    """If two definitions would write the same file to the output folder, this is reported and nothing is written."""
    write(folder, a__gitlab_ci_py=PROJECT, b__gitlab_ci_py=PROJECT, out__kept_txt="")
    result = gitlabgen(command, "--output=out", "--format=json")

    assert (result.code, result.rules) == (2, ["written-twice"])
    assert gitlabgen(command, "a", "--output=out").code in (0, 1)


def test_lint_reports_each_finding_once_at_its_service(folder: Path, gitlabgen: Command) -> None:
    """A definition that several paths name is linted once; each finding names the file of its service."""
    write(folder, services__a__gitlab_ci_py=_BAD_NEED, services__b__gitlab_ci_py=_BAD_NEED)
    findings = gitlabgen("lint", ".", "services", "services/a", "--format=json").data["findings"]

    assert [(finding["rule"], finding["file"]) for finding in findings] == [
        ("undefined-need", "services/a/gitlab_ci.py"),
        ("undefined-need", "services/b/gitlab_ci.py"),
    ]


@pytest.mark.parametrize("listed", [False, True])
def test_lint_reads_a_pipeline_by_hand_above_definitions(folder: Path, gitlabgen: Command, listed: object) -> None:
    """A folder's own `.gitlab-ci.yml` is linted too, unless a definition in the same folder writes it."""
    write(folder, services__a__gitlab_ci_py=_BAD_NEED)
    if listed:
        write(folder, pyproject_toml='[tool.gitlabgen]\ndefinitions = ["services/*"]\n')
    (folder / ".gitlab-ci.yml").write_text("a:\n  script: [x]\n  needs: [b]\n", "utf-8")

    def files() -> list[str]:
        return [finding["file"] for finding in gitlabgen("lint", "--format=json").data["findings"]]

    assert files() == [".gitlab-ci.yml", "services/a/gitlab_ci.py"]
    write(folder, gitlab_ci_py=PROJECT)
    assert files() == ["services/a/gitlab_ci.py"]


def test_lint_of_a_pipeline_above_broken_definitions(folder: Path, gitlabgen: Command) -> None:
    """A pipeline written by hand does not hide the problems of definitions below it."""
    write(folder, a__gitlab_ci_py=PROJECT, a__gitlab_ci_toml="")
    (folder / ".gitlab-ci.yml").write_text("a: {script: [x]}\n", "utf-8")

    assert gitlabgen("lint", "--format=json").rules == ["two-definitions"]


def test_verify_skips_services_without_a_template(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates of all services are verified; a service without one is a problem only if no service of the path has one."""
    monkeypatch.setattr("gitlabgen.cli._verifying.require_tools", lambda: None)
    monkeypatch.setattr("gitlabgen.cli._verifying.verify", lambda *_, **__: [Finding(rule="E1", message="bad")])
    write(folder, services__a__gitlab_ci_py=_TEMPLATE, services__b__gitlab_ci_py=PROJECT, services__c__gitlab_ci_py=_TEMPLATE)
    findings = gitlabgen("verify", "--format=json").data["findings"]

    assert [finding["file"] for finding in findings] == ["services/a/gitlab_ci.py", "services/c/gitlab_ci.py"]
    assert gitlabgen("verify", "services/b", "--format=json").rules == ["no-template"]
    write(folder, services__b__gitlab_ci_py="1 / 0\n", services__c__gitlab_ci_py="1 / 0\n")
    assert gitlabgen("verify", "--format=json").rules == ["definition-fails", "definition-fails"]
