from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gitlabgen.patterns import _scripts

PROGRAMS = [name for name in _scripts.NAMES if name != "aws.py"]


def test_every_script_has_a_name() -> None:
    """What lies in the folder is what can be asked for."""
    folder = Path(_scripts.__file__).parent / "scripts"
    assert sorted(path.name for path in folder.glob("*.*")) == sorted(_scripts.NAMES)


def test_an_unknown_script_is_refused() -> None:
    """The message names the scripts that there are."""
    with pytest.raises(ValueError, match=r"should be one of: aws\.py, .*, got 'deploy\.py'"):
        _scripts.source("deploy.py")


@pytest.mark.parametrize("name", _scripts.NAMES)
def test_scripts_run_on_older_pythons(name: str) -> None:
    """The syntax is Python 3.9's, and nothing but the standard library and the scripts themselves is imported."""
    tree = ast.parse(_scripts.source(name), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {module.partition(".")[0] for module in imported}
    assert roots <= sys.stdlib_module_names | {"aws", "stack"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_scripts_work_where_a_service_has_them(tmp_path: Path, name: str) -> None:
    """Written to `ci/` of a repository, each starts from its root and explains itself with an example."""
    (tmp_path / "ci").mkdir()
    for each in _scripts.NAMES:
        (tmp_path / "ci" / each).write_text(_scripts.source(each), encoding="utf-8")
    python = shutil.which("python3.9") or sys.executable
    if subprocess.run([python, "--version"], capture_output=True, check=False).returncode:
        python = sys.executable
    done = subprocess.run(
        [python, f"ci/{name}", "--help"], cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert f"python3 ci/{name} " in done.stdout
