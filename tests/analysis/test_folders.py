"""The folder in which each command of a script runs."""

from __future__ import annotations

from typing import Any

import pytest

from gitlabgen import Job
from gitlabgen.analysis.commands import commands_of


def folders(*script: str, **keywords: Any) -> list[str]:
    """Return the folder of each `sam` command of a job."""
    job = Job("a", script=[*script], **keywords)
    return [command.folder for command in commands_of(job, {"PART": "part"}, ["sam "]) if command.words[0] == "sam"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (["sam build"], [""]),
        (["cd a", "sam build", "cd b/", "sam build", "cd ..", "sam build", "cd ..", "sam build"], ["a", "a/b", "a", ""]),
        (["cd a && sam build; sam deploy"], ["a", "a"]),
        (["cd a || exit 1", "sam build"], ["a"]),
        (["cd $PART", "sam build"], ["part"]),
        (["cd a", "cd $CI_PROJECT_DIR", "sam build"], [""]),
        (["cd ${CI_PROJECT_DIR}/b", "sam build"], ["b"]),
        (["cd a\nsam build\n"], ["a"]),
        (["(cd a && sam build)", "sam deploy"], ["a", ""]),
        (["sam build; (cd a); sam deploy"], ["", ""]),
        (["(cd a); (cd b && sam deploy)"], ["b"]),
        (["X=$(cd a && pwd)", "sam deploy"], [""]),
        (["if true; then cd a; fi; sam build", "sam deploy"], ["$_", "$_"]),
        (["for part in *; do cd $part; sam build; cd ..; done"], ["$_"]),
        (["cd -", "sam build"], ["$_"]),
        (["cd ~", "sam build"], ["$_"]),
        (["cd", "sam build"], ["$_"]),
        (["pushd a", "sam build"], ["$_"]),
        (["cd $UNKNOWN/x", "sam build"], ["$UNKNOWN/x"]),
        (["cd /opt", "sam build"], ["/opt"]),
        (["if true; then cd a; fi", "cd $CI_PROJECT_DIR", "sam build"], [""]),
    ],
)
def test_the_folder_follows_the_script(script: list[str], expected: list[str]) -> None:
    """Simple changes are followed; in branches, loops and after other commands the folder is unknown."""
    assert folders(*script) == expected


def test_scripts_share_a_shell_but_for_the_last() -> None:
    """`before_script` and `script` run in one shell, `after_script` in another one."""
    assert folders("sam build", before_script=["cd a"], after_script=["sam delete"]) == ["a", ""]


def test_files_are_relative_to_the_root() -> None:
    """A file of a command is joined with its folder, unless it begins with a variable or with the project's folder."""
    (command,) = commands_of(Job("a", script=["cd a", "sam build"]), {}, ["sam "])
    paths = ("b.yml", "./b.yml", "../b.yml", "$CI_PROJECT_DIR/b.yml", "$OUT/b.yml", "/tmp/b.yml")
    assert [command.file(path) for path in paths] == ["a/b.yml", "a/b.yml", "b.yml", "b.yml", "$OUT/b.yml", "/tmp/b.yml"]
