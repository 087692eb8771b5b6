"""The help texts: complete, uncut, and with an example that works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from syrupy.assertion import SnapshotAssertion

from gitlabgen.cli._command import Command as ClickCommand
from gitlabgen.cli._group import cli
from gitlabgen.cli._names import COMMANDS, GROUPS
from gitlabgen.cli._options import GROUPS as OPTION_GROUPS
from gitlabgen.cli._options import Option
from tests.cli.conftest import Command, write

ROOT = Path(__file__).parent.parent.parent
DEFINITION = """from gitlabgen import Job, Pipeline, Project, sam

template = sam.Template("Orders", resources=[sam.SimpleTable("Table")])
project = Project(pipeline=Pipeline(jobs=[Job("build", script=["make"])]), template=template)
"""
LINE = 79


def command_named(name: str) -> ClickCommand:
    """Return a command of the group."""
    command = cli.commands.get(name) or cli.get_command(cli.make_context("gitlabgen", [], resilient_parsing=True), name)
    assert isinstance(command, ClickCommand)
    return command


@pytest.fixture(autouse=True)
def _on_a_terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("name", ["gitlabgen", *COMMANDS])
def test_the_help_is_as_expected(gitlabgen: Command, snapshot: SnapshotAssertion, name: str) -> None:
    """Each help text equals its file, fits into 80 columns, and cuts nothing."""
    words = [] if name == "gitlabgen" else [name]
    result = gitlabgen(*words, "--help")
    assert (result.code, result.err) == (0, "")
    assert gitlabgen(*words, "-h") == result
    assert "..." not in re.sub(r"\[(?:PATH|ARGS|EVENT)\]\.\.\.|\[PATH\.\.\. \| -\]", "", result.out)
    assert max(map(len, result.out.splitlines())) <= LINE
    assert result.out == snapshot


def test_a_bare_command_shows_the_help(gitlabgen: Command) -> None:
    """Without a command, the help is an error: exit code 2, and on standard error."""
    result = gitlabgen()
    assert (result.code, result.out) == (2, "")
    assert result.err == gitlabgen("--help").out
    assert gitlabgen("--format", "json").rules == ["usage"]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_says_what_it_does(gitlabgen: Command, name: str) -> None:
    """A summary is one short sentence that begins with an imperative, and is in both help texts."""
    command = command_named(name)
    summary = command.get_short_help_str()
    assert len(summary) <= 45
    assert re.match("(Check|Explain|List|Print|Report|Run|Start|Write) ", summary)
    assert f" {name} " in gitlabgen("--help").out
    assert f" {summary}\n" in gitlabgen("--help").out
    assert f"\n  {summary}.\n" in gitlabgen(name, "--help").out


@pytest.mark.parametrize("name", COMMANDS)
def test_each_option_is_explained_with_its_default(gitlabgen: Command, name: str) -> None:
    """Each option is in a group, has a text, and shows its default, unbroken."""
    text = gitlabgen(name, "--help").out
    for option in command_named(name).params:
        if isinstance(option, Option):
            assert option.help
            assert option.group in OPTION_GROUPS
            assert f"{option.group}:\n" in text
            assert option.opts[-1] in text
            if isinstance(option.default, str):
                assert f"[default: {option.default}]" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_each_help_ends_with_exit_codes_an_example_and_a_page(gitlabgen: Command, name: str) -> None:
    """The exit codes include the fault of gitlabgen; the page exists and has the section."""
    text = gitlabgen(name, "--help").out
    found = re.search(r"\n\nExit codes:\n((?:  \d  .+\n)+)\nExample:\n  gitlabgen (.+)\n\nDocumentation: (.+)#(.+)\n\Z", text)
    assert found is not None
    codes = [line.split()[0] for line in found[1].splitlines()]
    assert codes in (["0", "1", "2", "3"], ["0", "2", "3"])
    assert found[2].split()[0] == name
    assert found[4] == name
    assert f"\n## {name}\n" in (ROOT / found[3]).read_text("utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_works(folder: Path, gitlabgen: Command, name: str) -> None:
    """The example of each help runs in the folder of a service, or in an empty one for `init`."""
    if name != "init":
        write(folder, gitlab_ci_py=DEFINITION)
        assert gitlabgen("render").code == 0
    program, *words = shlex.split(command_named(name).example)
    result = gitlabgen(*words)
    assert (program, result.code, result.err) == ("gitlabgen", 0, "")
    assert result.out


def test_every_command_is_in_one_group() -> None:
    """The groups of the help have each command once, and each has its module."""
    assert sorted(COMMANDS) == sorted(name for names in GROUPS.values() for name in names)
    modules = {path.stem for path in (ROOT / "gitlabgen" / "cli").glob("[a-z]*.py")}
    assert modules == {*COMMANDS}
    assert cli.list_commands(click.Context(cli)) == [*COMMANDS]


def test_help_survives_a_full_disk(folder: Path) -> None:
    """If standard output is full, the help ends with a finding."""
    from tests.cli.test_streams import in_child

    result = in_child("$GITLABGEN --help >/dev/full", folder)
    assert (result.returncode, result.stderr.splitlines()[0]) == (
        2,
        "standard output: error[unwritable] cannot be written: No space left on device",
    )
