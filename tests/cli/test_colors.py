"""When the command shows colours: the option, the environment, and the stream that is written to."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from gitlabgen.cli._colors import choose, look_of
from tests.cli.conftest import PROJECT, Command, write
from tests.reports.test_styles import without_escapes

ESCAPE = "\x1b["
LINK = "\x1b]8;;http"
BROKEN = "job:\n  script: x\n  needs: [nix]\n"
VARIABLES = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")


@pytest.mark.parametrize(
    ("variables", "option", "colored"),
    [
        ({}, None, False),
        ({}, "auto", False),
        ({}, "always", True),
        ({"FORCE_COLOR": "1"}, None, True),
        ({"FORCE_COLOR": "0"}, None, False),
        ({"FORCE_COLOR": ""}, None, False),
        ({"CLICOLOR_FORCE": "1"}, None, True),
        ({"CLICOLOR_FORCE": "0"}, None, False),
        ({"FORCE_COLOR": "0", "CLICOLOR_FORCE": "1"}, None, True),
        ({"FORCE_COLOR": "3"}, "never", False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, None, False),
        ({"NO_COLOR": "", "FORCE_COLOR": "1"}, None, True),
        ({"NO_COLOR": "1"}, "always", True),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, None, True),
        ({"GITLAB_CI": "true", "CI": "true"}, None, False),
        ({"GITLAB_CI": "true", "CI": "true", "FORCE_COLOR": "1"}, None, True),
    ],
)
def test_option_before_variables(
    gitlabgen: Command,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    option: str | None,
    colored: bool,  # noqa: FBT001 - a row of the table
) -> None:
    """`--color` is stronger than `NO_COLOR`, which is stronger than the variables that force colours."""
    (folder / ".gitlab-ci.yml").write_text(BROKEN)
    write(folder, gitlab_ci_py="oops\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    words = [] if option is None else ["--color", option]
    lint = gitlabgen("lint", ".gitlab-ci.yml", *words)
    assert (lint.code, ESCAPE in lint.out) == (1, colored)
    check = gitlabgen("check", *words)
    assert (check.code, ESCAPE in check.err) == (2, colored)
    assert LINK not in lint.out + check.err


@pytest.mark.parametrize(
    "words",
    [
        ("render",),
        ("check", "--diff"),
        ("lint", ".gitlab-ci.yml"),
        ("rules",),
        ("rule", "undefined-need"),
        ("check", "nix"),
        ("lint", "nix"),
        ("verify", "nix"),
        ("init", "nix"),
        ("rule", "nix"),
    ],
)
def test_colors_change_no_text(gitlabgen: Command, folder: Path, words: tuple[str, ...]) -> None:
    """Each command takes the option, before and after its name, and only adds sequences to its text."""
    (folder / ".gitlab-ci.yml").write_text(BROKEN)
    write(folder, gitlab_ci_py=PROJECT)
    first, *others = words
    for before, after in ((["--color=always"], []), ([], ["--color=always"])):
        (folder / "out.txt").unlink(missing_ok=True)
        plain = gitlabgen(*words)
        (folder / "out.txt").unlink(missing_ok=True)
        colored = gitlabgen(*before, first, *others, *after)
        assert ESCAPE in colored.out + colored.err
        assert ESCAPE not in plain.out + plain.err
        assert without_escapes(colored.out) == plain.out
        assert without_escapes(colored.err) == plain.err


def test_the_option_ends_with_the_run(gitlabgen: Command, folder: Path) -> None:
    """A run without the option has no colours after a run with it."""
    write(folder, gitlab_ci_py=PROJECT)
    assert ESCAPE in gitlabgen("check", "--color", "always").out
    assert ESCAPE not in gitlabgen("check").out


def test_a_later_option_decides(gitlabgen: Command, folder: Path) -> None:
    """The option after the command's name is stronger than the one before it."""
    write(folder, gitlab_ci_py=PROJECT)
    assert ESCAPE not in gitlabgen("--color=always", "check", "--color=never").out
    assert ESCAPE in gitlabgen("--color=never", "check", "--color=always").out


def test_an_unknown_choice_is_refused(gitlabgen: Command) -> None:
    """Another value is an error that names the choices."""
    result = gitlabgen("check", "--color", "sometimes")
    assert result.code == 2
    assert "--color should be one of auto, always, never, got 'sometimes'" in result.err


def test_files_and_json_have_no_colors(gitlabgen: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forced colours are neither in JSON nor in files, whether written or printed, nor in Markdown."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    (folder / ".gitlab-ci.yml").write_text(BROKEN)
    write(folder, gitlab_ci_py=PROJECT)
    for words in (
        ("lint", ".gitlab-ci.yml", "--format=json"),
        ("check", "--format=json", "--diff", "--color=always"),
        ("check", "nix", "--format=json"),
        ("rules", "--format=json"),
        ("rules", "--format=markdown"),
        ("render", "--stdout"),
    ):
        result = gitlabgen(*words)
        assert "\x1b" not in result.out + result.err
        assert "u001b" not in result.out
    gitlabgen("render")
    assert "\x1b" not in (folder / "out.txt").read_text()


def test_user_text_is_no_escape_sequence(gitlabgen: Command, folder: Path) -> None:
    """Sequences in a file on disk, in a path and in a message are escaped in coloured output too."""
    (folder / "out.txt").write_text("\x1b[32mfake\n")
    write(folder, gitlab_ci_py=PROJECT)
    result = gitlabgen("check", "--diff", "--color=always")
    assert "\x1b[32mfake" not in result.out
    assert r"\x1b[32mfake" in result.out
    result = gitlabgen("check", "\x1b[32mnix", "--color=always")
    assert "\x1b[32mnix" not in result.err


class _Closed:
    def isatty(self) -> bool:
        raise ValueError("I/O operation on closed file")


@pytest.mark.parametrize("stream", [None, _Closed()])
def test_a_closed_stream_has_no_colors(stream: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that is closed, or never existed, shows nothing."""
    monkeypatch.setenv("TERM", "xterm")
    choose("auto")
    assert look_of(stream) == (False, False)


def on_terminal(words: list[str], folder: Path, stream: str, **variables: str) -> tuple[str, str]:
    """Run the command with one stream connected to a terminal, and return the texts of the terminal and of the other stream."""
    ours, theirs = pty.openpty()
    targets = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: theirs}
    environment = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    result = subprocess.run(
        [sys.executable, "-m", "gitlabgen", *words],
        cwd=folder,
        env={**environment, "TERM": "xterm", **variables},
        check=False,
        timeout=60,
        stdin=subprocess.DEVNULL,
        stdout=targets["stdout"],
        stderr=targets["stderr"],
    )
    os.close(theirs)
    chunks = []
    try:
        while chunk := os.read(ours, 65536):
            chunks.append(chunk)
    except OSError:  # Linux reports the end of a terminal as an error
        pass
    os.close(ours)
    return b"".join(chunks).decode(), (result.stdout or result.stderr or b"").decode()


def test_terminals_show_colors_and_links(folder: Path) -> None:
    """On a terminal there are colours, and the rule links to its page; the command `check` has them without click too."""
    (folder / ".gitlab-ci.yml").write_text(BROKEN)
    write(folder, gitlab_ci_py=PROJECT)
    shown, _ = on_terminal(["lint", ".gitlab-ci.yml"], folder, "stdout")
    assert ESCAPE in shown
    assert LINK in shown
    assert ESCAPE in on_terminal(["check"], folder, "stdout")[0]
    # The terminal is standard output; the findings are written to standard error, which is a pipe.
    assert on_terminal(["check", "nix"], folder, "stdout") == ("", "nix: error[no-definition] does not exist\n1 error\n")
    assert ESCAPE in on_terminal(["check", "nix"], folder, "stderr")[0]


@pytest.mark.parametrize(
    ("words", "variables"), [([], {"TERM": "dumb"}), ([], {"NO_COLOR": "1"}), (["--color=never"], {"FORCE_COLOR": "1"})]
)
def test_terminals_without_colors(folder: Path, words: list[str], variables: dict[str, str]) -> None:
    """A terminal that understands no sequences, and one whose user needs none, gets none."""
    (folder / ".gitlab-ci.yml").write_text(BROKEN)
    assert "\x1b" not in on_terminal(["lint", ".gitlab-ci.yml", *words], folder, "stdout", **variables)[0]


def test_check_with_colors_loads_no_click(folder: Path) -> None:
    """Colours cost no import of a library."""
    write(folder, gitlab_ci_py=PROJECT)
    program = "import sys\nfrom gitlabgen.cli import run\nrun(['check'])\nprint(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env={**os.environ, "FORCE_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ESCAPE in result.stdout
    assert not {"click", "rich", "colorama"} & set(result.stdout.split())
