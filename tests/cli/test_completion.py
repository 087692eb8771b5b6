"""Completion in real shells: a user types, presses Tab, and runs the line."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, Command, write

BASH, ZSH, FISH = (
    pytest.mark.skipif(shutil.which(name) is None and not os.environ.get("CI"), reason=f"{name} is missing")
    for name in ("bash", "zsh", "fish")
)
TERMINALS = [pytest.param("bash", marks=BASH), pytest.param("zsh", marks=ZSH)]
SHELLS = pytest.mark.parametrize("shell", [*TERMINALS, pytest.param("fish", marks=FISH)])

# The line is run by this function, which shows the arguments; the script's question starts the program.
SHOW = "gitlabgen() { printf '<%s>' \"$@\"; printf '\\n%s\\n' done; }"
START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], f"PS1='> '; bind 'set bell-style none'; {SHOW}"),
    "zsh": (["zsh", "-f", "-i"], f"PS1='> '; setopt no_beep no_list_beep; unsetopt zle_bracketed_paste 2>/dev/null; {SHOW}"),
}


def environment(folder: Path, **variables: str) -> dict[str, str]:
    """Return the environment of a shell with an empty home that finds the command of this interpreter on the PATH."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {**os.environ, "HOME": str(home), "PATH": path, "TERM": "dumb", "LC_ALL": "C.UTF-8", **variables}


class Terminal:
    """A shell on a terminal, with the completion script loaded."""

    def __init__(self, shell: str, folder: Path) -> None:
        words, setup = START[shell]
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            words,
            cwd=folder,
            env=environment(folder),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._type(f"{setup}\n")
        self.run(f'eval "$(command gitlabgen completion {shell})"; gitlabgen ready\n')

    def _type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def _read(self, end: str) -> str:
        """Return the output until a line that is equal to a text."""
        text, deadline = "", time.monotonic() + 30
        while end not in text.replace("\r", "").split("\n"):
            assert time.monotonic() < deadline, text
            if select.select([self._ours], [], [], 0.2)[0]:
                text += os.read(self._ours, 65536).decode(errors="replace")
        return text.replace("\r", "")

    def run(self, keys: str) -> str:
        """Type keys that end a line, and return what the line shows."""
        self._type(keys)
        return self._read("done")

    def arguments(self, typed: str) -> str:
        """Return the arguments after Tab and an `X`, which shows whether the completed word has ended."""
        shown = self.run(f"gitlabgen {typed}\tX\n")
        return next(line for line in shown.split("\n") if line.startswith("<"))

    def close(self) -> None:
        """End the shell."""
        self._process.kill()
        self._process.wait()
        os.close(self._ours)


TOML = """blueprint = "acme:service"
[settings]
name = "x"
"two words" = 1
[settings.stages.prod]
account = "1"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with definitions, one of them broken, and other files."""
    folder = tmp_path_factory.mktemp("project")
    write(
        folder,
        gitlab_ci_toml=TOML,
        services__orders__gitlab_ci_py=PROJECT,
        services__broken__gitlab_ci_py="print('noise')\nraise SystemExit(",
        broken__gitlab_ci_toml="[[[",
        other_yml="a: 1",
        notes_txt="",
        node_modules__a__gitlab_ci_py="",
    )
    write(folder / ".hidden", gitlab_ci_py="")
    (folder / ".gitlab-ci.yml").write_text("a: 1")
    write(folder / "two words", child_yml="a: 1")
    return folder


@pytest.fixture(scope="module", params=TERMINALS)
def terminal(request: pytest.FixtureRequest, project: Path) -> Iterator[Terminal]:
    """Return each shell on a terminal."""
    terminal = Terminal(request.param, project)
    yield terminal
    terminal.close()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("rend", "<render><X>"),
        ("render --exit", "<render><--exit-code><X>"),
        ("init container", "<init><container_service><X>"),
        ("lint --format j", "<lint><--format><json><X>"),
        ("lint --format=j", "<lint><--format=json><X>"),
        ("rule undefined-n", "<rule><undefined-need><X>"),
        ("lint --select undefined-n", "<lint><--select><undefined-need><X>"),
        ("lint --select=undefined-n", "<lint><--select=undefined-need><X>"),
        ("lint --ignore undefined-need,undefined-st", "<lint><--ignore><undefined-need,undefined-stage><X>"),
        ("lint --ignore=undefined-need,undefined-st", "<lint><--ignore=undefined-need,undefined-stage><X>"),
        ("completion z", "<completion><zsh><X>"),
        ("schema pyp", "<schema><pyproject.toml><X>"),
        ("lint othe", "<lint><other.yml><X>"),
        ("lint two", "<lint><two words/X>"),
        ("lint two\\ words/c", "<lint><two words/child.yml><X>"),
        ("render services/o", "<render><services/orders/X>"),
        ("render services/orders/", "<render><services/orders/gitlab_ci.py><X>"),
        ("render --output tw", "<render><--output><two words/X>"),
        ("render --output=tw", "<render><--output=two words/X>"),
        ("lint --baseline not", "<lint><--baseline><notes.txt><X>"),
        ("render --set n", "<render><--set><name=X>"),
        ("render --set name=1 --set st", "<render><--set><name=1><--set><stages.prod.account=X>"),
        ("render nothing", "<render><nothingX>"),
        ("nothing", "<nothingX>"),
    ],
)
def test_a_word_is_completed(terminal: Terminal, typed: str, shown: str) -> None:
    """The only word that fits is inserted and ended; a folder or a setting is continued."""
    assert terminal.arguments(typed) == shown


def in_shell(shell: str, script: str, folder: Path, *words: str, **variables: str) -> str:
    """Return what a script prints in a shell without start files; it must print no errors."""
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    result = subprocess.run(
        [shell, *options, "-c", script, *words],
        cwd=folder,
        env=environment(folder, **variables),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert result.stderr == ""
    return result.stdout


def in_fish(folder: Path, line: str) -> dict[str, str]:
    """Return the words that fish offers at the end of a line, each with its description."""
    shown = in_shell("fish", 'source (gitlabgen completion fish | psub); complete -C "$LINE"', folder, LINE=line)
    return dict(each.partition("\t")[::2] for each in shown.splitlines())


def in_bash(folder: Path, *words: str) -> list[str]:
    """Return the words that bash offers for the last of some words."""
    script = 'eval "$(gitlabgen completion bash)"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
    script += '_gitlabgen_completion gitlabgen; for word in "${COMPREPLY[@]}"; do echo "$word"; done'
    return in_shell("bash", script, folder, "bash", *words).splitlines()


@FISH
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("rend", ["render"]),
        ("init cont", ["container_service"]),
        ("init serverless_service x --set re", ["region="]),
        ("init article_1 --set ", []),
        ("lint --format=j", ["--format=json"]),
        ("rule undefined-n", ["undefined-need"]),
        ("schema ver", ["verify", "version"]),
        ("lint --select undefined-need,undefined-st", ["undefined-need,undefined-stage"]),
        ("lint --events tag,sch", ["tag,schedule"]),
        ("lint --select=undefined-need,undefined-st", ["--select=undefined-need,undefined-stage"]),
        ("lint othe", ["other.yml"]),
        ("lint two", ["two words/"]),
        ("lint two\\ words/", ["two words/child.yml"]),
        ("render services/o", ["services/orders/", "services/orders/gitlab_ci.py"]),
        ("render --set n", ["name="]),
        ("nothing", []),
    ],
)
def test_fish_offers_words(project: Path, line: str, offered: list[str]) -> None:
    """Fish offers the words that fit, with commas and spaces in them."""
    assert [*in_fish(project, f"gitlabgen {line}")] == offered


@FISH
def test_fish_describes_words(project: Path) -> None:
    """Rules and options have descriptions."""
    assert in_fish(project, "gitlabgen rule undefined-n")["undefined-need"].startswith("A job needs a job")
    assert in_fish(project, "gitlabgen lint --sel")["--select"].startswith("Run only these rules")


@BASH
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["completion", ""], ["bash", "zsh", "fish"]),
        (["lint", "--persona", ""], ["default", "pedantic", "auditor"]),
        (["--color", "a"], ["auto", "always"]),
        (["render", "--color", "n"], ["never"]),
        (["render", ""], ["broken/", "gitlab_ci.toml", "node_modules/", "services/", "two words/"]),
        (["lint", "."], [".gitlab-ci.yml", ".hidden/"]),
        (["lint", "nothing/"], []),
        (["render", "--output", ""], ["broken/", "node_modules/", "services/", "two words/"]),
        (["render", "broken/gitlab_ci.toml", "--set", ""], []),
        (["render", "services/orders", "--set", ""], []),
        (["render", "--set", ""], ["name=", "stages.prod.account="]),
        (["render", "--set", "name", "=", "1", "bro"], ["broken/"]),
        (["render", "--output", "=", "bro"], ["broken/"]),
        (["render", "--set", "name", "=", "", ""], ["broken/", "gitlab_ci.toml", "node_modules/", "services/", "two words/"]),
        (["render", "--set", "name", "="], []),
        (["lint", "--select", "undefined-need,undefined-n"], []),
        (["matrix", "--events", "tag,merge"], ["tag,merge_request", "tag,merge_train"]),
        (["rule", "undefined-need", ""], []),
    ],
)
def test_bash_offers_words(project: Path, words: list[str], offered: list[str]) -> None:
    """Bash offers each word that fits: of the folder itself, and definitions of folders below."""
    below = {"broken/gitlab_ci.toml", "services/broken/gitlab_ci.py", "services/orders/gitlab_ci.py"}
    assert [word for word in in_bash(project, "gitlabgen", *words) if word not in below] == offered


@BASH
def test_definitions_below_are_offered(project: Path) -> None:
    """Definitions in folders below are offered at once, but not those in hidden folders and in packages of Node."""
    offered = in_bash(project, "gitlabgen", "render", "")
    assert [word for word in offered if word.count("/") and word.endswith(("py", "toml"))] == [
        "broken/gitlab_ci.toml",
        "services/broken/gitlab_ci.py",
        "services/orders/gitlab_ci.py",
    ]


@SHELLS
def test_loading_prints_nothing(project: Path, shell: str) -> None:
    """The script loads without output, in a shell that has loaded nothing before."""
    script = "gitlabgen completion fish | source" if shell == "fish" else f'eval "$(gitlabgen completion {shell})"'
    assert in_shell(shell, script, project) == ""


@ZSH
def test_zsh_loads_a_file(folder: Path) -> None:
    """Zsh can load the script from a folder of completions, when the command is completed first."""
    script = "gitlabgen completion zsh > _gitlabgen; fpath=($PWD $fpath)\n"
    script += "autoload -Uz compinit && compinit -i -D; print $_comps[gitlabgen]"
    assert in_shell("zsh", script, folder) == "_gitlabgen\n"


@BASH
def test_a_command_outside_the_path(project: Path) -> None:
    """The script asks the command that was typed, such as one of a virtual environment that is not active."""
    command = f"{Path(sys.executable).parent}/gitlabgen"
    script = f'eval "$({command} completion bash)"; PATH=/usr/bin:/bin; COMP_WORDS=(x/gitlabgen rend); COMP_CWORD=1; '
    for program in (command, "/nothing/gitlabgen"):
        script += f'_gitlabgen_completion {program}; echo "${{COMPREPLY[@]}}"; '
    assert in_shell("bash", script, project) == "render\n\n"


@BASH
def test_no_definition_is_run(folder: Path) -> None:
    """Completion reads folders and settings, but runs no definition: it could do anything."""
    write(folder, gitlab_ci_py="open('ran', 'w')\n", gitlab_ci_toml='blueprint = "helper:service"\nsettings.a = 1\n')
    write(folder, helper_py="open('ran', 'w')\n")
    assert in_bash(folder, "gitlabgen", "render", "--set", "") == ["a="]
    assert in_bash(folder, "gitlabgen", "render", "") == ["gitlab_ci.py", "gitlab_ci.toml", "helper.py"]
    assert not (folder / "ran").exists()


@BASH
def test_names_with_control_characters_are_left_out(folder: Path) -> None:
    """A file's name cannot add lines to the answer, nor escape sequences to the terminal."""
    for name in ("a\nb.yml", "a\x1b[31m.yml", "ab.yml"):
        (folder / name).touch()
    assert in_bash(folder, "gitlabgen", "lint", "a") == ["ab.yml"]


@BASH
def test_large_folders_are_searched_in_part(folder: Path) -> None:
    """An answer does not search thousands of folders."""
    for number in range(600):
        write(folder, **{f"d{number:03}__gitlab_ci_py": ""})
    assert len(in_bash(folder, "gitlabgen", "render", "")) == 600 + 500


def test_the_script_as_json(gitlabgen: Command) -> None:
    """The command prints the script as text or in a report; another shell is an error."""
    data = gitlabgen("completion", "fish", "--format=json").data
    assert data["shell"] == "fish"
    assert data["script"] == gitlabgen("completion", "fish").out
    assert "should be one of bash, zsh, fish, got 'tcsh'" in gitlabgen("completion", "tcsh").err


@pytest.mark.parametrize("instruction", ["bash_source", "tcsh_complete", ""])
def test_other_questions_are_not_answered(gitlabgen: Command, monkeypatch: pytest.MonkeyPatch, instruction: str) -> None:
    """A question of an unknown shell prints nothing."""
    monkeypatch.setenv("_GITLABGEN_COMPLETE", instruction)
    result = gitlabgen()
    assert (result.code, result.out, result.err) == (2, "", "")
