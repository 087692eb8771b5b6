from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitlabgen.patterns.serverless import scripts

PROGRAMS = [name for name in scripts.NAMES if name != "aws.py"]


def test_every_script_is_listed() -> None:
    """`NAMES` lists the files in the folder."""
    folder = Path(scripts.__file__).parents[1] / "scripts"
    assert sorted(path.name for path in folder.glob("*.*")) == sorted(scripts.NAMES)


def test_an_unknown_script_is_refused() -> None:
    """The message lists the known scripts."""
    with pytest.raises(ValueError, match=r"should be one of: aws\.py, .*, got 'deploy\.py'"):
        scripts.source("deploy.py")


@pytest.mark.parametrize("name", scripts.NAMES)
def test_scripts_run_with_older_python_versions(name: str) -> None:
    """The syntax is that of Python 3.9, and only the standard library and other scripts are imported."""
    tree = ast.parse(scripts.source(name), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {module.partition(".")[0] for module in imported}
    assert roots <= sys.stdlib_module_names | {"aws", "stack"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_scripts_run_in_a_service(tmp_path: Path, name: str) -> None:
    """Each script in `ci/` of a repository runs in the root folder, and its help has an example."""
    (tmp_path / "ci").mkdir()
    for each in scripts.NAMES:
        (tmp_path / "ci" / each).write_text(scripts.source(each), encoding="utf-8")
    python = shutil.which("python3.9") or sys.executable
    if subprocess.run([python, "--version"], capture_output=True, check=False).returncode:
        python = sys.executable
    done = subprocess.run(
        [python, f"ci/{name}", "--help"], cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"python3 ci/{name} " in done.stdout
