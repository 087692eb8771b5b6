"""The wheel in an empty environment, as a user installs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gitlabgen.scaffolding.catalogue import blueprints

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_works_in_an_empty_environment() -> None:
    """The script that installs the wheel with pip, uv and pipx, and tries it, passes all steps."""
    done = subprocess.run([sys.executable, "tools/try_wheel.py"], cwd=ROOT, capture_output=True, text=True, check=False)

    if done.returncode and re.search(r"name resolution|NewConnectionError|Connection refused", done.stderr):
        assert not os.environ.get("CI"), "the package index cannot be reached"
        pytest.skip("the package index cannot be reached")
    assert done.returncode == 0, done.stdout + done.stderr
    steps = [re.sub(r"^ *[0-9.]+ s  ", "", line) for line in done.stdout.splitlines()]
    assert steps[:5] == [
        "build the wheel",
        "create an empty environment",
        "pip install WHEEL",
        "python -m gitlabgen --version",
        "the README's first example: render, check, lint",
    ]
    assert sorted(steps[5:-6]) == sorted(f"init {name}: check, lint" for name in blueprints())
    assert steps[-6:] == [
        "commit hooks of a new project",
        "build and install the wheel of a package of blueprints",
        "its tests",
        "render and check a service",
        "uv tool install WHEEL",
        "pipx install WHEEL",
    ]
