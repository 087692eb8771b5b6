"""gitlab-ci-local, an independent program, lists the same jobs; each disagreement is known and explained."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from gitlabgen import Push, loads, simulate
from tests.differential.job_lists import PIPELINES
from tests.differential.parsers import missing

pytestmark = pytest.mark.slow

_TOOLS: Final = Path(__file__).parent / "node_modules"
_BRANCHES: Final = ("main", "feature/x")

# What gitlab-ci-local 4.75.1 answers otherwise than GitLab: docs/simulation.md names the same.
_OPTIONAL_MANUAL: Final = "a job-level `when: manual` makes a job optional in GitLab; gitlab-ci-local says so only when it runs"
_NAMES: Final = "the names of parallel instances differ, and a need of their base name stays the base name"
_POLICIES: Final = "`only` and `except` are ignored"
DISAGREEMENTS: Final = {
    "manual jobs": (_OPTIONAL_MANUAL, {"a"}),
    "matrix": (_NAMES, {"a: [linux, arm]", "a: [mac, arm]", "a: [linux,arm]", "a: [mac,arm]", "b"}),
    "parallel number": (_NAMES, {"a 1/3", "a 2/3", "a 3/3", "a: [1/3]", "a: [2/3]", "a: [3/3]"}),
    "branches and tags": (_POLICIES, {"a", "b", "c"}),
}


def listed(folder: Path, text: str, branch: str) -> dict[str, Any]:
    """Return the jobs that gitlab-ci-local lists for a branch of a repository with a pipeline."""
    program = _TOOLS / ".bin" / "gitlab-ci-local"
    if not program.exists():
        missing("`npm ci` was not run in tests/differential")
    (folder / ".gitlab-ci.yml").write_text(text, encoding="utf-8")
    for command in (
        ("init", "--quiet", "--initial-branch", branch),
        ("add", "."),
        ("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "a"),
        ("remote", "add", "origin", "git@gitlab.example.com:group/app.git"),
        ("update-ref", "refs/remotes/origin/main", "HEAD"),
        ("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"),
    ):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    path = os.pathsep.join((str(_TOOLS / "node" / "bin"), os.environ["PATH"]))
    done = subprocess.run(
        [program, "--list-json", "--no-color"],
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    jobs = json.loads(done.stdout[done.stdout.index("[") :])
    return {
        job["name"]: [job["stage"], job["when"], job["allow_failure"], sorted(need["job"] for need in job.get("needs") or ())]
        for job in jobs
        if job["when"] != "never"
    }


def simulated(text: str, branch: str) -> dict[str, Any]:
    """Return the jobs that a push to a branch creates."""
    found = simulate(loads(text), Push(branch, project={"variables": []}))
    return {job.name: [job.stage, job.when, job.allow_failure, sorted(job.needs)] for job in found.values()}


@pytest.mark.parametrize("name", PIPELINES)
def test_both_list_the_same_jobs(name: str, tmp_path: Path) -> None:
    """Names, stages, `when`, `allow_failure` and needs are equal on two branches, except what is explained."""
    differing: set[str] = set()
    for number, branch in enumerate(_BRANCHES):
        folder = tmp_path / str(number)
        folder.mkdir()
        theirs, ours = listed(folder, PIPELINES[name], branch), simulated(PIPELINES[name], branch)
        differing |= {job for job in {*theirs, *ours} if theirs.get(job) != ours.get(job)}
    assert differing == DISAGREEMENTS.get(name, ("", set()))[1]


def test_pages_explain_the_disagreements() -> None:
    """The page about simulation names each reason."""
    page = " ".join((Path(__file__).parents[2] / "docs" / "simulation.md").read_text("utf-8").split())
    assert [reason for reason, _ in DISAGREEMENTS.values() if reason not in page] == []
    assert {*DISAGREEMENTS} <= {*PIPELINES}
