"""A process that is killed while it writes leaves every file whole, the old one or the new one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitlabgen.files.writing import File, write

KILLER = Path(__file__).with_name("output_killer.py")
NAMES = ["ci.yml", "template.yml"]


def kill(folder: Path, writer: str, kills: int, seconds: float, seed: int) -> dict[str, int]:
    """Return what was seen when the writer was killed again and again at random moments."""
    command = [sys.executable, str(KILLER), str(folder), writer, str(kills), str(seconds), str(seed)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 30)
    assert run.returncode == 0, run.stderr
    seen: dict[str, int] = json.loads(run.stdout)
    return seen


@pytest.mark.slow
def test_killed_runs_leave_whole_files(tmp_path: Path) -> None:
    """After each of hundreds of kills both files are whole, and the next run removes what the last one left."""
    seen = kill(tmp_path, "write", kills=300, seconds=60, seed=4)
    assert seen["torn"] == 0
    assert seen["failed"] == 0
    assert seen["kills"] >= 100, "the machine is too slow for the test to mean much"
    assert seen["leftovers"] > 0, "no kill hit while temporary files were being written"
    assert seen["flips"] > 0, "no child lived long enough to replace a file"
    write([File(path=name, body="x\n", source="gitlab_ci.py", root=str(tmp_path)) for name in NAMES])
    assert sorted(os.listdir(tmp_path)) == NAMES  # noqa: PTH208


def test_a_careless_writer_is_caught(tmp_path: Path) -> None:
    """The same kills tear the files of a writer that writes in place, so the test above can fail."""
    assert kill(tmp_path, "careless", kills=1_000, seconds=60, seed=4)["torn"] > 0
