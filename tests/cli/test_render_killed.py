"""A `render` that is killed leaves each file complete, either old or new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_killed_render_leaves_complete_files(tmp_path: Path) -> None:
    """After each of hundreds of kills at random moments, both files are complete."""
    folder = tmp_path / "service"
    folder.mkdir()
    command = [sys.executable, "-m", "tests.cli.render_killer", str(folder), "210", "45"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=90)
    assert run.returncode == 0, run.stderr
    seen: dict[str, int] = json.loads(run.stdout)
    assert seen["torn"] == 0
    assert seen["failed"] == 0
    assert seen["kills"] >= 200, "the machine is too slow for a meaningful test"
    assert seen["leftovers"] > 0, "no kill hit while temporary files were being written"
    assert seen["flips"] > 0, "no child lived long enough to replace a file"


@pytest.mark.parametrize("most", [15, pytest.param(10_000, marks=pytest.mark.fuzz)], ids=["some", "all"])
def test_a_render_fails_and_is_killed_at_its_system_calls(tmp_path: Path, most: int) -> None:
    """A failing system call leaves all files old or all new; a kill leaves complete files, and the next run ends the work."""
    if most > 15 and not os.environ.get("GITLABGEN_FUZZ"):
        pytest.skip("`make fuzz` tries all calls")
    command = [sys.executable, "-m", "tests.cli.system_call_killer", str(tmp_path), str(most)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["problems"] == []
    assert found["calls"] > 100
    assert all(found["seen"].get(f"{mode}: {state}") for mode in ("fail", "kill", "kill after") for state in ("old", "new"))
