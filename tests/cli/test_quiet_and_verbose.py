"""`--quiet` and `--verbose`: less on standard output, more on standard error."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Command, Result, write
from tests.cli.test_streams import in_child

_ERROR = "a:\n  script: [x]\n  needs: [b]\n"


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("option", ["-q", "--quiet"])
def test_quiet(folder: Path, gitlabgen: Command, option: str, before: bool) -> None:  # noqa: FBT001
    """Only what needs attention is printed, before or after the command; the exit codes stay the same."""

    def quiet(name: str, *words: str) -> Result:
        return gitlabgen(option, name, *words) if before else gitlabgen(name, option, *words)

    write(folder, gitlab_ci_py=PROJECT, bad_yml=_ERROR, good_yml="a: {script: [b]}\n", broken_py="1 / 0")
    assert quiet("check") == gitlabgen("check")
    assert quiet("render", "--exit-code") == Result(1, "", "")
    assert quiet("check") == quiet("render") == Result(0, "", "")
    assert quiet("render", "broken.py") == gitlabgen("render", "broken.py")
    assert quiet("render", "--format", "json") == gitlabgen("render", "--format", "json")
    assert quiet("render", "--stdout") == gitlabgen("render", "--stdout")
    result = quiet("lint", "bad.yml")
    assert result.code == 1
    assert f"{result.out}1 error\n" == gitlabgen("lint", "bad.yml").out
    assert quiet("lint", "good.yml") == Result(0, "", "")
    write(folder, gitlab_ci_py=PROJECT.replace("one", "two"))
    assert quiet("render", "--diff").out.endswith("-one\n+two\n")


@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_verbose(folder: Path, gitlabgen: Command, option: str) -> None:
    """Each definition and the number of files are named on standard error, with seconds; standard output is the same."""
    write(folder, a__gitlab_ci_py=PROJECT, b__gitlab_ci_py=PROJECT, bad_yml=_ERROR)
    for words in (["render", "a", "b"], ["check", "a", "b"], ["render", "--stdout", "a", "b"]):
        gitlabgen("render", "a", "b")
        result, plain = gitlabgen(*words, option), gitlabgen(*words)
        assert (result.code, result.out) == (plain.code, plain.out)
        assert plain.err == ""
        lines = re.sub(r"\d+\.\d\d s$", "N s", result.err, flags=re.MULTILINE).splitlines()
        assert lines[:2] == ["loaded a/gitlab_ci.py: 1 file in N s", "loaded b/gitlab_ci.py: 1 file in N s"]
        assert lines[-1] == "2 files in N s"
    result = gitlabgen(option, "lint", "bad.yml", "--format=json")
    assert result.rules == ["undefined-need"]
    assert re.fullmatch(r"linted bad.yml: 1 finding in \d\.\d\d s\n1 finding in \d\.\d\d s\n", result.err)


def test_a_closed_standard_error_hides_only_the_steps(folder: Path) -> None:
    """Without standard error, `--verbose` prints nothing more, and the command works."""
    write(folder, gitlab_ci_py=PROJECT)
    result = in_child("$GITLABGEN render --verbose 2>&-", folder)
    assert (result.returncode, result.stdout) == (0, "created out.txt\n")
