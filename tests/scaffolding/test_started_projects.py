"""Each blueprint in an empty folder: the checks of its jobs pass, and so do our own commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from gitlabgen import Job, loads
from gitlabgen.cli import run
from gitlabgen.scaffolding.catalogue import blueprints

RUNNABLE = [name for name, blueprint in blueprints().items() if blueprint.is_runnable]

# Installations need the network; their programs are in the environment of the tests. `verify` does what `sam validate` does.
_LEFT_OUT = re.compile(r"pip install |npm ci$|sam validate ")


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder with the project of a blueprint; it is also the current folder."""
    monkeypatch.chdir(tmp_path)
    assert run(["init", request.param, "--defaults"]) == 0
    return tmp_path


def checks(project: Path) -> dict[str, list[str]]:
    """Return the commands of the jobs in the first stage that need no network, by job."""
    pipeline = loads((project / ".gitlab-ci.yml").read_text("utf-8"))
    stage = pipeline.stages[0] if isinstance(pipeline.stages, tuple) else None
    scripts = {job.name: job.script for job in pipeline.jobs if isinstance(job, Job) and job.stage == stage}
    return {
        name: [command for command in script if isinstance(command, str) and not _LEFT_OUT.match(command)]
        for name, script in scripts.items()
        if isinstance(script, tuple)
    }


@pytest.mark.parametrize("project", RUNNABLE, indirect=True)
def test_the_checks_of_the_jobs_pass(project: Path) -> None:
    """Each command of the jobs that check the code exits with 0, and the reports that the jobs keep exist."""
    jobs = checks(project)
    commands = [command for script in jobs.values() for command in script]
    assert any(re.search(r"\b(pytest|npm test)\b", command) for command in commands)
    assert any(re.search(r"\b(ruff check|npm run lint)\b", command) for command in commands)
    if (project / "package.json").exists() and shutil.which("npm") is None:
        assert not os.environ.get("CI"), "npm is missing"
        pytest.skip("npm is missing")
    # Coverage is measured for the project, not for the library.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PYTEST_"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    for script in jobs.values():
        done = subprocess.run(
            ["sh", "-ec", "\n".join(script)], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    assert (project / "junit.xml").exists()


@pytest.mark.parametrize("project", ["python_service"], indirect=True)
def test_gitlab_finds_the_coverage(project: Path) -> None:
    """The regular expression of the job finds the percentage in what the tests print."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE_", "PYTEST_"))}
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "run", "-m", "pytest"], cwd=project, env=environment, capture_output=True, check=True)
    shown = subprocess.run([*coverage, "report"], cwd=project, env=environment, capture_output=True, text=True, check=True).stdout
    (job,) = (job for job in loads((project / ".gitlab-ci.yml").read_text("utf-8")).jobs if job.name == "test")
    assert isinstance(job, Job)
    found = re.search(str(job.coverage).strip("/"), shown, re.MULTILINE)
    assert found is not None
    assert float(found[1].rstrip("%")) > 80


@pytest.mark.parametrize("project", blueprints(), indirect=True)
def test_all_files_are_fresh(project: Path) -> None:
    """`check` finds all files of a new project fresh."""
    assert (project / "gitlab_ci.py").exists()
    assert run(["check"]) == 0


@pytest.mark.parametrize("project", [name for name in RUNNABLE if name.startswith("serverless_")], indirect=True)
def test_aws_accepts_the_template(project: Path) -> None:
    """SAM and cfn-lint accept the template of a new project."""
    assert (project / "template.yml").exists()
    if find_spec("samtranslator") is None:
        assert not os.environ.get("CI"), "the extra verify is missing"
        pytest.skip("the extra verify is missing")
    assert run(["verify"]) == 0
