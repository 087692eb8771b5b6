"""gitlabgen's own pipeline: rendered by gitlabgen, without findings, and in agreement with the Makefile."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitlabgen.cli import run

ROOT = Path(__file__).parent.parent
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(autouse=True)
def _in_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def written() -> dict[str, Any]:
    """Return the written pipeline as a plain tree."""
    tree: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text("utf-8"))
    return tree


def jobs() -> dict[str, Any]:
    """Return the jobs of the written pipeline by name."""
    return {name: block for name, block in written().items() if "script" in block}


def scripts() -> list[str]:
    """Return all lines of all scripts of the pipeline."""
    blocks = [written()["default"], *jobs().values()]
    return [line for block in blocks for key in ("before_script", "script") for line in block.get(key, ())]


def targets_in(lines: list[str]) -> set[str]:
    """Return the targets of make that lines of a script name."""
    return {word for line in lines for word in re.findall(r"\bmake ([a-z-]+)", line)}


def test_the_written_pipeline_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    """`gitlabgen check` in the root finds one definition, ours, and its file is up to date."""
    assert run(["check"]) == 0
    assert capsys.readouterr().out == "fresh .gitlab-ci.yml\n"


@pytest.mark.parametrize("persona", ["default", "pedantic", "auditor"])
def test_the_linter_finds_nothing(persona: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`gitlabgen lint` has no finding for any persona."""
    assert run(["lint", "--persona", persona, "--fail-on", "info"]) == 0
    assert capsys.readouterr().out == "no findings\n"


def test_the_makefile_has_all_targets_of_the_jobs() -> None:
    """Each `make` in a script runs a target of the Makefile."""
    targets = targets_in(scripts())

    assert targets
    assert targets <= {*re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)}


def test_the_files_of_the_scripts_exist() -> None:
    """Each file of the repository that a script runs exists, and a script that is run directly is executable."""
    files = {word for line in scripts() for word in re.findall(r"(?:\.ci|tools)/[\w.]+", line)}

    assert ".ci/install" in files
    assert [file for file in files if not Path(file).is_file()] == []
    assert os.access(".ci/install", os.X_OK)


def test_no_variable_of_the_pipeline_changes_the_makefile() -> None:
    """Make reads variables of the environment, so no job sets one that the Makefile has."""
    names = {name for block in (written(), *jobs().values()) for name in block.get("variables", ())}
    names |= {name for cells in jobs()["test"]["parallel"]["matrix"] for name in cells}

    assert "PYTHON_RELEASE" in names
    assert names & {*re.findall(r"^(\w+) *[:?]?=", MAKEFILE, re.MULTILINE)} == set()


def test_the_matrix_has_the_supported_versions_of_python() -> None:
    """The tests run on each Python of the classifiers, from the oldest that the package allows."""
    classifiers = [line.removeprefix("Programming Language :: Python :: ") for line in PROJECT["classifiers"]]
    supported = [line for line in classifiers if re.fullmatch(r"3\.\d+", line)]

    assert jobs()["test"]["parallel"]["matrix"] == [{"PYTHON_RELEASE": supported}]
    assert PROJECT["requires-python"] == f">={supported[0]}"


def test_gitlab_reads_the_reports_that_the_tests_write() -> None:
    """The paths of the reports are those of the Makefile, and git ignores them."""
    (folder,) = re.findall(r"^REPORTS := (.*)", MAKEFILE, re.MULTILINE)
    reports = jobs()["test"]["artifacts"]["reports"]

    assert reports["junit"] == f"{folder}/*-tests.xml"
    assert len(re.findall(r"--junitxml=\$\(REPORTS\)/\w+-tests\.xml", MAKEFILE)) == 3
    assert "-o $(REPORTS)/coverage.xml" in MAKEFILE
    assert reports["coverage_report"]["path"] == f"{folder}/coverage.xml"
    assert subprocess.run(["git", "check-ignore", "-q", f"{folder}/coverage.xml"], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize(
    ("line", "percent"), [("TOTAL   11000    120   3200     40    98%", "98"), ("TOTAL   1   0   0   0   100%", "100")]
)
def test_gitlab_reads_the_coverage(line: str, percent: str) -> None:
    """The expression of the test job finds the percentage in the last line of coverage's report."""
    expression = jobs()["test"]["coverage"].strip("/")

    assert re.findall(expression, line) == [percent]


def test_ci_elsewhere_runs_the_same_checks() -> None:
    """The pipeline runs each target of `.ci/run`, except the demo."""
    elsewhere = targets_in(Path(".ci/run").read_text("utf-8").splitlines())

    assert elsewhere - targets_in(scripts()) == {"demo"}
