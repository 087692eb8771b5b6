"""A process that is killed while it writes leaves each file complete, either old or new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gitlabgen.files.planning import File
from gitlabgen.files.writing import write

KILLER = Path(__file__).with_name("output_killer.py")
NAMES = ["ci.yml", "template.yml"]


def kill(folder: Path, writer: str, kills: int, seconds: float, seed: int) -> dict[str, int]:
    """Return the counts after killing the writer repeatedly at random moments."""
    command = [sys.executable, str(KILLER), str(folder), writer, str(kills), str(seconds), str(seed)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 30)
    assert run.returncode == 0, run.stderr
    seen: dict[str, int] = json.loads(run.stdout)
    return seen


@pytest.mark.slow
def test_killed_runs_leave_complete_files(tmp_path: Path) -> None:
    """After each of hundreds of kills both files are complete, and the next run removes leftovers."""
    seen = kill(tmp_path, "write", kills=300, seconds=60, seed=4)
    assert seen["torn"] == 0
    assert seen["failed"] == 0
    assert seen["kills"] >= 100, "the machine is too slow for a meaningful test"
    assert seen["leftovers"] > 0, "no kill hit while temporary files were being written"
    assert seen["flips"] > 0, "no child lived long enough to replace a file"
    write([File(path=name, body="x\n", source="gitlab_ci.py", root=str(tmp_path)) for name in NAMES])
    assert sorted(os.listdir(tmp_path)) == NAMES  # noqa: PTH208


def test_writing_in_place_tears_files(tmp_path: Path) -> None:
    """Without temporary files the same kills tear files, which proves that the test above can fail."""
    assert kill(tmp_path, "write_in_place", kills=1_000, seconds=60, seed=4)["torn"] > 0
