"""`lint -`: standard input in place of a file."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command, tree, write

_PIPELINE = "a:\n  script: [x]\n  needs: [b]\n"
_TEMPLATE = "Resources:\n  A: {Type: AWS::Serverless::Function, Properties: {Handler: a, Runtime: python3.13, Timeout: x}}\n"
_DEFINITION = "from gitlabgen import *\nproject = Project(pipeline=Pipeline(jobs=[Job('ä', {}=['x'], needs=['b'])]))\n"

Typed = Callable[[str | bytes], None]


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Return a function that sets what standard input contains."""

    def set_input(content: str | bytes) -> None:
        raw = content.encode() if isinstance(content, str) else content
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), "utf-8"))

    return set_input


@pytest.mark.parametrize(
    ("content", "name", "code", "head"),
    [
        (_PIPELINE, None, 1, "<stdin>:3:11: error[undefined-need] "),
        (_PIPELINE, "ci/x.yml", 1, "ci/x.yml:3:11: error[undefined-need] "),
        (_PIPELINE, "notes", 1, "notes:3:11: error[undefined-need] "),
        (_TEMPLATE, None, 1, "<stdin>:2:95: error[invalid-keyword] "),
        (_TEMPLATE, ".gitlab-ci.yml", 1, ".gitlab-ci.yml:2:95: error[invalid-keyword] "),
        (_DEFINITION.format("script"), "sub/gitlab_ci.py", 1, "sub/gitlab_ci.py:2:73: error[undefined-need] "),
        (_DEFINITION.format("scirpt"), "sub/gitlab_ci.py", 2, "sub/gitlab_ci.py:2:52: error[unknown-keyword] "),
        ("x = (", "gitlab_ci.py", 2, "gitlab_ci.py:1:5: error[invalid-python] "),
        ("x = 1 / 0", "gitlab_ci.py", 2, "gitlab_ci.py:1:5: error[definition-fails] "),
        ("blueprint = 3", "gitlab_ci.toml", 2, "gitlab_ci.toml:1:13: error[invalid-setting] "),
        (b"a: \xff", None, 2, "<stdin>:1:4: error[invalid-yaml] "),
        ("", None, 2, "<stdin>:1:1: error[invalid-yaml] the file is empty"),
        ("a:\n  b: }", "x.yml", 2, "x.yml:2:6: error[invalid-yaml] "),
    ],
)
def test_standard_input_is_reported_like_a_file(
    folder: Path, gitlabgen: Command, typed: Typed, content: str | bytes, name: str | None, code: int, head: str
) -> None:
    """The name decides what it is, findings quote its line as for a file, and nothing is read from or written to disk."""
    words = () if name is None else ("--stdin-filename", name)
    typed(content)
    result = gitlabgen("lint", "-", *words)
    text = result.err if code == 2 else result.out
    assert (result.code, text[: len(head)]) == (code, head)
    assert "│" in text
    assert tree(folder) == {}
    typed(content)
    file, line = head.split(":")[:2]
    finding = gitlabgen("lint", "-", *words, "--format", "json").data["findings"][0]
    assert (finding["file"], str(finding["line"])) == (file, line)
    raw = content if isinstance(content, bytes) else content.encode()
    path = folder / (name or "a.yml")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(raw)
    if name != "notes":  # without standard input, a file with this name is not YAML
        written = gitlabgen("lint", str(path.relative_to(folder)))
        assert (written.err if code == 2 else written.out).replace("a.yml:", f"{file}:") == text


def test_the_name_stands_before_the_file_on_disk(folder: Path, gitlabgen: Command, typed: Typed) -> None:
    """An editor lints the text that is not saved yet; afterwards the file on disk is read again."""
    write(folder, a_yml="a: {script: [x]}\n")
    typed(_PIPELINE)
    assert "│   needs: [b]" in gitlabgen("lint", "-", "--stdin-filename", "a.yml").out
    assert gitlabgen("lint", "a.yml").out == "no findings\n"


def test_local_includes_are_found_from_the_name(folder: Path, gitlabgen: Command, typed: Typed) -> None:
    """Local includes are read from the repository of the file that standard input stands for."""
    write(folder, repo__ci__b_yml="b: {script: [x]}\n")
    (folder / "repo" / ".git").mkdir()
    text = f"include: /ci/b.yml\n{_PIPELINE}"
    typed(text)
    assert gitlabgen("lint", "-", "--stdin-filename", "repo/ci/a.yml").out == "no findings\n"
    typed(text)
    assert gitlabgen("lint", "-").code == 1


def test_a_definition_imports_from_the_folder_of_its_name(folder: Path, gitlabgen: Command, typed: Typed) -> None:
    """A definition on standard input imports the modules next to the file that it stands for."""
    write(folder, sub__names_py="NEED = 'b'\n")
    typed(f"from names import NEED\n{_DEFINITION.format('script')}".replace("'b'", "NEED"))
    result = gitlabgen("lint", "-", "--stdin-filename", "sub/gitlab_ci.py")
    assert (result.code, result.err) == (1, "")
    assert "`ä` needs `b`" in result.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["-", "a.yml"], "error[usage] `-` is used together with other paths"),
        (["a.yml", "-"], "error[usage] `-` is used together with other paths"),
        (["-", "-"], "error[usage] `-` is used together with other paths"),
        (["a.yml", "--stdin-filename", "b.yml"], "error[usage] --stdin-filename is used without `-`"),
        (["--stdin-filename", "b.yml"], "error[usage] --stdin-filename is used without `-`"),
        (["-", "--stdin-filename", ""], "error[usage] --stdin-filename should be the name of a file, got ''"),
    ],
)
def test_wrong_uses(gitlabgen: Command, typed: Typed, words: list[str], message: str) -> None:
    """`-` is the only path, and `--stdin-filename` belongs to it."""
    typed(_PIPELINE)
    result = gitlabgen("lint", *words)
    assert result.code == 2
    assert result.err.startswith(message)


def test_standard_input_that_cannot_be_read(gitlabgen: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A closed standard input is a finding."""
    monkeypatch.setattr("sys.stdin", None)
    assert "<stdin>: error[unreadable] standard input cannot be read: it is closed\n" in gitlabgen("lint", "-").err


def test_a_real_pipe(folder: Path) -> None:
    """Another program's output is linted."""
    words = [sys.executable, "-m", "gitlabgen", "lint", "-"]
    result = subprocess.run(words, cwd=folder, input=_PIPELINE, capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stderr) == (1, "")
    assert result.stdout.startswith("<stdin>:3:11: error[undefined-need] ")
