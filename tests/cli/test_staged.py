"""`--staged` of `render` and `check`: whether the written files are staged in git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Command, write

_CHANGED = PROJECT.replace("one", "two")


def git(*words: str) -> None:
    """Run git in the current folder."""
    subprocess.run(["git", *words], check=True, capture_output=True)


@pytest.fixture
def repository(folder: Path) -> Path:
    """Return a repository that is also the current folder, with a staged definition."""
    git("init")
    write(folder, gitlab_ci_py=PROJECT)
    git("add", ".")
    return folder


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("command", ["render", "check"])
def test_a_file_that_git_does_not_have_fails(gitlabgen: Command, command: str) -> None:
    """A file that is written but not added fails each time until it is added; the command that adds it is shown."""
    assert gitlabgen("render").code == 0
    for _ in range(2):
        result = gitlabgen(command, "--staged")
        assert result.code == 1
        assert result.out.endswith("out.txt\n1 file is not staged; run: git add out.txt\n")
    assert gitlabgen(command, "--staged", "--format=json").data["unstaged"] == ["out.txt"]
    assert "unstaged" not in gitlabgen(command, "--format=json").data
    git("add", "out.txt")
    assert "staged" not in gitlabgen(command, "--staged").out
    assert gitlabgen(command, "--staged").code == 0
    assert gitlabgen(command, "--staged", "--format=json").data["unstaged"] == []


def test_a_staged_file_that_was_written_again_fails(repository: Path, gitlabgen: Command) -> None:
    """If the index has an older version of the file than the folder, the commit would be out of date."""
    gitlabgen("render")
    git("add", ".")
    write(repository, gitlab_ci_py=_CHANGED)
    git("add", "gitlab_ci.py")
    assert gitlabgen("render").code == 0

    assert gitlabgen("check", "--staged").out == "fresh out.txt\n1 file is not staged; run: git add out.txt\n"


def test_files_of_a_definition_that_is_not_staged_do_not_fail(repository: Path, gitlabgen: Command) -> None:
    """Work that is not part of the commit, neither the definition nor its files, does not fail."""
    gitlabgen("render")
    git("add", ".")
    write(repository, new__gitlab_ci_py=PROJECT, gitlab_ci_py=_CHANGED)
    gitlabgen("render")

    assert gitlabgen("check", "--staged").code == 0
    git("add", "new/gitlab_ci.py", "gitlab_ci.py")
    assert gitlabgen("check", "--staged").out.endswith("2 files are not staged; run: git add out.txt new/out.txt\n")


def test_ignored_files_do_not_fail(repository: Path, gitlabgen: Command) -> None:
    """Files that git ignores are written on purpose without being committed."""
    (repository / ".gitignore").write_text("out.txt\n", "utf-8")

    assert gitlabgen("render", "--staged").code == 0


def test_a_stale_file_is_only_reported_as_stale(repository: Path, gitlabgen: Command) -> None:
    """The advice to add a file is given only for files that are up to date."""
    gitlabgen("render")
    write(repository, gitlab_ci_py=_CHANGED)
    git("add", "gitlab_ci.py")
    result = gitlabgen("check", "--staged")

    assert result.code == 1
    assert result.out.startswith("stale out.txt")
    assert "git add" not in result.out


def test_names_that_a_shell_or_git_would_read_differently(repository: Path, gitlabgen: Command) -> None:
    """Names with spaces and wildcards are compared unchanged, and quoted."""
    write(repository, gitlab_ci_py=PROJECT.replace("out.txt", "a [b].txt"))
    git("add", ".")
    gitlabgen("render")

    assert "run: git add 'a [b].txt'\n" in gitlabgen("check", "--staged").out
    git("--literal-pathspecs", "add", "a [b].txt")
    assert gitlabgen("check", "--staged").code == 0


def test_the_index_of_the_commit_decides(repository: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """`git commit PATH` has a separate index, which it names to its hooks."""
    gitlabgen("render")
    (repository / ".git" / "other").write_bytes((repository / ".git" / "index").read_bytes())
    git("add", ".")
    assert gitlabgen("check", "--staged").code == 0
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository / ".git" / "other"))

    assert gitlabgen("check", "--staged").code == 1


def test_without_a_repository(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """If git cannot be asked, that is a finding, not a success."""
    write(folder, gitlab_ci_py=PROJECT)
    gitlabgen("render")
    result = gitlabgen("check", "--staged")
    assert result.code == 2
    assert "error[no-repository] git failed: fatal: not a git repository" in result.err
    monkeypatch.setenv("PATH", str(folder))
    assert "error[no-repository] git cannot be started: No such file" in gitlabgen("check", "--staged").err


@pytest.mark.usefixtures("repository")
def test_staged_needs_files(gitlabgen: Command) -> None:
    """`--stdout` writes no file that could be staged."""
    assert "--staged cannot be used" in gitlabgen("render", "--stdout", "--staged").err
