"""Standard streams that are closed, full or not UTF-8, and what a separate process leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import PROJECT, tree, write


def in_child(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell command in which `$GITLABGEN` is the command."""
    return subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "GITLABGEN": f"{sys.executable} -m gitlabgen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("command", "code", "err"),
    [
        ("$GITLABGEN render >&-", 0, ""),
        ("$GITLABGEN render 2>&-", 0, ""),
        ("$GITLABGEN render --stdout >/dev/full", 2, "standard output: error[unwritable] cannot be written: No space left"),
        ("$GITLABGEN check --format=json >/dev/full", 2, "standard output: error[unwritable]"),
        ("$GITLABGEN check nix --format=json >/dev/full", 2, "nix: error[no-definition] does not exist"),
        ("set -o pipefail; $GITLABGEN check | true", 1, ""),
        ("$GITLABGEN render --stdout | head -1", 0, ""),
        ("PYTHONIOENCODING=ascii $GITLABGEN check --diff", 1, ""),
        (
            "mkdir gone; cd gone; rmdir ../gone; $GITLABGEN check ..",
            2,
            "error[no-folder] the current folder no longer exists",
        ),
    ],
)
def test_streams_that_fail(folder: Path, command: str, code: int, err: str) -> None:
    """Streams that are closed, full or not UTF-8 never cause a traceback, and the exit code stays right."""
    write(folder, gitlab_ci_py=PROJECT.replace("one", "ü" * 100_000))
    result = in_child(command, folder)
    assert (result.returncode, "Traceback" in result.stderr) == (code, False)
    assert err in result.stderr
    assert bool(err) == bool(result.stderr)


def test_check_leaves_no_trace(folder: Path) -> None:
    """A check writes no compiled files, not even of helpers, although the process could."""
    write(folder, gitlab_ci_py=f"import helper\n{PROJECT}", helper_py="")
    before = tree(folder)
    result = in_child("unset PYTHONDONTWRITEBYTECODE; $GITLABGEN check", folder)
    assert result.returncode == 1, result.stderr
    assert tree(folder) == before


def test_what_a_definition_prints_at_the_end(folder: Path) -> None:
    """A stream that a definition keeps does not write to standard output later."""
    text = f"import atexit, os, sys\nkept = sys.stdout\natexit.register(lambda: kept.closed or kept.write('noise'))\n{PROJECT}"
    write(folder, gitlab_ci_py=f"{text}atexit.register(os.write, 1, b'last words')\natexit.register(print, 'more')\n")
    result = in_child("$GITLABGEN render", folder)
    assert (result.returncode, result.stdout) == (0, "created out.txt\n")
    assert "last words" in result.stderr
    assert "more" in result.stderr


def test_a_thread_does_not_block_the_command(folder: Path) -> None:
    """A thread that a definition has started ends with the command."""
    text = f"import threading, time\nthreading.Thread(target=time.sleep, args=(50,)).start()\n{PROJECT}"
    write(folder, gitlab_ci_py=text)
    assert in_child("timeout 20 $GITLABGEN render", folder).returncode == 0
