"""The command itself: its help, its usage errors, its exit codes, and what it loads."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

from gitlabgen.cli import main, run
from gitlabgen.cli._names import COMMANDS
from tests.cli.conftest import PROJECT, Command, write

HEAVY = {"yaml", "troposphere", "jinja2", "cfn_flip", "tree_sitter", "importlib.metadata"}
LATE = {
    *HEAVY,
    "click",
    "hashlib",
    "pathlib",
    "json",
    "tomllib",
    "difflib",
    "gitlabgen.definitions.faults",
    "gitlabgen.definitions.toml",
    "gitlabgen.reports.text",
}


def test_help_names_the_commands(gitlabgen: Command) -> None:
    """The help has a line for each command."""
    result = gitlabgen("--help")
    assert result.code == 0
    for name in COMMANDS:
        assert re.search(rf"^(\w+)? +{name} +\w", result.out, re.MULTILINE)
        assert gitlabgen(name, "-h") == gitlabgen(name, "--help")


def test_the_version_is_shown(gitlabgen: Command) -> None:
    """The version is the package's version, as text or as JSON."""
    from importlib.metadata import version

    for words in (["--version"], ["-V"], ["-V", "render"]):
        assert gitlabgen(*words).out == f"gitlabgen {version('gitlabgen')}\n"
    for words in (["--version", "--format", "json"], ["--format=json", "-V"]):
        result = gitlabgen(*words)
        assert (result.code, result.data["version"]) == (0, version("gitlabgen"))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Usage: gitlabgen [OPTIONS] COMMAND"),
        (["chekc"], "error[usage] there is no command 'chekc'\n      = did you mean `check`?\n1 error\n"),
        (["zzz"], f"error[usage] there is no command 'zzz'\n      = use one of {', '.join(COMMANDS)}\n"),
        (["."], "error[usage] there is no command '.'\n      = did you mean `gitlabgen render .`?\n"),
        (["--", "-x"], "error[usage] there is no command '-x'\n      = use one of init, render, "),
        (["--nix"], "error[usage] there is no option '--nix'\n      = run: gitlabgen --help\n"),
        (["-q", "--verison"], "error[usage] there is no option '--verison'\n      = did you mean `--version`?\n"),
        (["--version=1"], "error[usage] --version takes no value\n      = write --version\n"),
        (["check", "--nix"], "error[usage] there is no option '--nix'\n      = run: gitlabgen check --help\n"),
        (["check", "--dif"], "error[usage] there is no option '--dif'\n      = did you mean `--diff`?\n"),
        (["render", "--out"], "error[usage] there is no option '--out'\n      = did you mean `--output`?\n"),
        (["--set", "a=1", "render"], "error[usage] there is no option '--set'\n      = run: gitlabgen --help\n"),
        (["render", "-d"], "error[usage] there is no option '-d'\n      = run: gitlabgen render --help\n"),
        (["check", "--diff=1"], "error[usage] --diff takes no value\n      = write --diff\n"),
        (["check", "--format", "xml"], "error[usage] --format should be one of text, json, got 'xml'\n1 error\n"),
        (["check", "--format", "jsn"], "--format should be one of text, json, got 'jsn'\n      = did you mean `json`?\n"),
        (["render", "--set"], "error[usage] --set has no value\n      = write --set K=V\n"),
        (["check", "--format"], "error[usage] --format has no value\n      = write --format text\n"),
        (["rule"], "error[usage] ID is missing\n      = run: gitlabgen rule --help\n"),
        (["rule", "a", "b"], "error[usage] unexpected extra argument (b)\n      = run: gitlabgen rule --help\n"),
        (["render", "-q", "-v"], "error[usage] --quiet and --verbose exclude each other\n"),
        (["-q", "render", "-v"], "error[usage] --quiet and --verbose exclude each other\n"),
    ],
)
def test_usage_errors_end_with_2(gitlabgen: Command, words: list[str], message: str) -> None:
    """An invalid argument ends with 2, and is reported as text or as JSON."""
    result = gitlabgen(*words)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    if "--format" not in words:
        result = gitlabgen("--format", "json", *words)
        assert (result.code, result.rules, result.err) == (2, ["usage"], "")


def test_an_internal_error_is_reported_as_one(folder: Path, gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that no user can cause ends with 3, and has the line in our code."""
    write(folder, gitlab_ci_py=PROJECT)
    monkeypatch.setattr("gitlabgen.definitions.rendering.texts", None)
    result = gitlabgen("render")
    assert result.code == 3
    assert result.err.startswith("error[internal-error] TypeError: 'NoneType' object is not callable in rendering.py:")
    assert "please report it" in result.err
    assert gitlabgen("check", "--format=json").rules == ["internal-error"]


def test_an_interrupt_has_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends with 130, as shells expect."""
    for error in (KeyboardInterrupt, click.exceptions.Abort):
        monkeypatch.setattr("gitlabgen.cli._group.cli.main", _raising(error))
        assert run([]) == 130


def _raising(error: type[BaseException]) -> object:
    def main(*_: object, **__: object) -> None:
        raise error

    return main


def test_main_ends_the_process(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """`run` reads the process's arguments, and `main` exits with its code."""
    write(folder, gitlab_ci_py=PROJECT)
    monkeypatch.setattr("sys.argv", ["gitlabgen", "check"])
    assert run() == 1
    descriptors: list[tuple[int, int]] = []
    monkeypatch.setattr("os.dup2", lambda *pair: descriptors.append(pair))
    monkeypatch.setattr("gitlabgen.cli.run", lambda: 1)
    monkeypatch.setattr("atexit._run_exitfuncs", lambda: None)
    monkeypatch.setattr("os._exit", sys.exit)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    assert descriptors == [(2, 1)]


def test_the_module_runs_only_as_a_program() -> None:
    """Importing `gitlabgen.__main__`, as tools that walk packages do, runs nothing."""
    assert import_module("gitlabgen.__main__").main is main


def test_the_module_behaves_like_the_program(folder: Path) -> None:
    """`python -m gitlabgen` names itself `gitlabgen`, and does not let definitions import from the current folder."""
    write(folder, a__gitlab_ci_py=f"import helper\n{PROJECT}", helper_py="")
    program = Path(sys.executable).with_name("gitlabgen")
    for words in (["--help"], ["render", "--help"], ["rendr"], ["render", "a"], ["lint", "a"], []):
        results = [
            subprocess.run([*start, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
            for start in ([str(program)], [sys.executable, "-m", "gitlabgen"], [sys.executable, "-P", "-m", "gitlabgen"])
        ]
        found = {(result.returncode, result.stdout, result.stderr) for result in results}
        assert len(found) == 1
        assert "__main__" not in str(found)


def loaded_by(program: str, folder: Path) -> set[str]:
    """Return the modules that a program loads in a separate process."""
    code = f"{program}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return set(run.stdout.splitlines()[-1].split())


def test_the_package_loads_nothing_heavy(folder: Path) -> None:
    """Importing the package loads no module for rendering, parsing or creating classes."""
    loaded = loaded_by("import gitlabgen", folder) - loaded_by("pass", folder)
    assert not loaded & {*HEAVY, "click", "attr", "attrs", "gitlabgen.gitlab"}


@pytest.mark.parametrize("name", ["check", "render"])
def test_a_command_does_the_same_with_and_without_click(folder: Path, gitlabgen: Command, name: str) -> None:
    """Without options a command runs without click, with the same result."""
    write(folder, gitlab_ci_py=PROJECT, bad_py="1 / 0")
    for path in (".", "bad.py", "nix"):
        if name == "render":
            (folder / "out.txt").unlink(missing_ok=True)
        short = gitlabgen(name, path)
        if name == "render":
            (folder / "out.txt").unlink(missing_ok=True)
        assert gitlabgen(name, "--format", "text", path) == short


@pytest.mark.parametrize(
    "words",
    [
        ["check", "-q"],
        ["check", "--quiet", "."],
        ["check", "--staged"],
        ["render", "--exit-code"],
        ["render", ".", "-q", "--exit-code"],
        ["render", "--exit-code", "--staged"],
    ],
)
def test_the_options_of_hooks_do_the_same_with_and_without_click(folder: Path, gitlabgen: Command, words: list[str]) -> None:
    """The options that hooks use run without click, with the same result before and after the files are written."""
    write(folder, gitlab_ci_py=PROJECT)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    results = []
    for more in ((), ("--format", "text")):
        (folder / "out.txt").unlink(missing_ok=True)
        results.append([gitlabgen(*words, *more), gitlabgen("render", "-q"), gitlabgen(*words, *more)])
    assert results[0] == results[1]
    code = f"from gitlabgen.cli import run\nassert run({words!r}) == 0"
    assert "click" not in loaded_by(code, folder)


def test_a_check_loads_only_what_it_needs(folder: Path) -> None:
    """A check of a fresh pipeline and a fresh template loads no parser, no OpenSSL hashes, and no module for errors."""
    project = "Project(pipeline=Pipeline(jobs=[Job('a', script=['b'])]), template=sam.Template('x'))"
    text = f"from gitlabgen import *\nproject = {project}\n"
    write(folder, gitlab_ci_py=text)
    assert run(["render"]) == 0
    loaded = loaded_by("from gitlabgen.cli import run\nassert run(['check']) == 0", folder) - loaded_by("pass", folder)
    assert not loaded & LATE
    assert "click" not in loaded
