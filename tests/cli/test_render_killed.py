"""A `render` that is killed leaves each file complete, either old or new."""

from __future__ import annotations

import json
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
