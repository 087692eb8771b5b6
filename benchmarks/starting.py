"""Compare whole processes with a Python that does nothing."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import Row, environment, process_cpu, ratio_row, rounds

__all__ = ["rows"]

_DEFINITION = """\
from gitlabgen import Artifacts, Job, Pipeline, Project, Rule

build = Job(
    "build", stage="build", image="python:3.12", script=["make build"], artifacts=Artifacts(paths=["dist/"], expire_in="1 week")
)
deploy = Job(
    "deploy", stage="deploy", needs=[build], script=["make deploy"],
    rules=[Rule('$CI_COMMIT_BRANCH == "main"', when="manual")],
)
project = Project(pipeline=Pipeline(stages=["build", "deploy"], jobs=[build, deploy]))
"""


def rows(count: int, root: Path) -> list[Row]:
    """Return the ratios of imports and commands.

    Args:
        count: The number of rounds.
        root: The folder that holds the blueprints.
    """
    with tempfile.TemporaryDirectory() as folder:
        name = _project(Path(folder), root / "blueprints" / "article_3")
        cases = {
            "pass": ["-c", "pass"],
            "import attrs": ["-c", "import attrs"],
            "import click": ["-c", "import click"],
            "import gitlabgen": ["-c", "import gitlabgen"],
            "from gitlabgen import Job, Pipeline": ["-c", "from gitlabgen import Job, Pipeline"],
            f"gitlabgen check, {name}": ["-m", "gitlabgen", "check"],
            "gitlabgen render, unchanged": ["-m", "gitlabgen", "render"],
        }
        goals = {"import gitlabgen": 1.3, f"gitlabgen check, {name}": 7.0}
        contestants = {case: lambda words=words: process_cpu(words, folder) for case, words in cases.items()}
        rounds(contestants, 1)  # compiles the modules
        times = rounds(contestants, count)
    bare = times.pop("pass")
    return [ratio_row(case, measured, bare, goals.get(case)) for case, measured in times.items()]


def _project(folder: Path, blueprint: Path) -> str:
    """Write a definition and its rendered files to the folder; return its name."""
    if (blueprint / "gitlab_ci.py").is_file():
        shutil.copytree(blueprint, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
        if _render(folder):
            return "article_3"
        shutil.rmtree(folder)
        folder.mkdir()
    (folder / "gitlab_ci.py").write_text(_DEFINITION, encoding="utf-8")
    assert _render(folder)
    return "two jobs"


def _render(folder: Path) -> bool:
    command = [sys.executable, "-m", "gitlabgen", "render", "--force"]
    return subprocess.run(command, cwd=folder, env=environment(), check=False, capture_output=True).returncode == 0
