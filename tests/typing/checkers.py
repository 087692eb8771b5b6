"""Run mypy and pyright on folders of examples, as users run them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

__all__ = ["NODE_TOOLS", "Reports", "mypy", "pyright", "require"]

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NODE_TOOLS = ROOT / "tests" / "differential" / "node_modules" / ".bin"

# The rules that a checker reports, by file and line.
Reports = dict[tuple[str, int], set[str]]

_MYPY_LINE = r"(.+?):(\d+): error: .*\[([\w-]+)\]"
# `and` and `or` of conditions are reported only with --warn-unreachable.
_MYPY_OPTIONS = ("--strict", "--warn-unreachable", "--config-file=", "--no-error-summary", "--no-pretty")
# Unknown types come from the library, so the right examples have none.
_STRICT = dict.fromkeys(
    (
        *("reportUnknownArgumentType", "reportUnknownLambdaType", "reportUnknownMemberType", "reportUnknownParameterType"),
        *("reportUnknownVariableType", "reportUnnecessaryTypeIgnoreComment", "reportUnusedImport"),
    ),
    "error",
)


def mypy(folder: str, work: Path) -> Reports:
    """Return what mypy reports on a folder of examples.

    Args:
        folder: The folder's name.
        work: A folder for the cache.
    """
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    command = [sys.executable, "-m", "mypy", *_MYPY_OPTIONS, f"--cache-dir={work / 'mypy'}", "."]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=HERE / folder, env=environment)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert (done.returncode == 1) == bool(done.stdout), done.stderr
    found: Reports = {}
    for line in done.stdout.splitlines():
        if match := re.fullmatch(_MYPY_LINE, line):
            found.setdefault((Path(match[1]).name, int(match[2])), set()).add(match[3])
        else:
            assert ": note: " in line, line
    return found


def pyright(folder: str, work: Path, *, strict: bool = False) -> Reports:
    """Return what pyright reports on a folder of examples.

    Args:
        folder: The folder's name.
        work: A folder for the configuration.
        strict: Whether values of unknown types are errors, too.
    """
    settings = {"include": [os.path.relpath(HERE / folder, work)], "extraPaths": [str(ROOT)], **(_STRICT if strict else {})}
    (work / "pyrightconfig.json").write_text(json.dumps(settings), "utf-8")
    command = [require("pyright"), "--project", str(work), "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    assert answer["summary"]["filesAnalyzed"] >= len([*(HERE / folder).glob("*.py")]), done.stdout
    found: Reports = {}
    for report in answer["generalDiagnostics"]:
        place = Path(report["file"]).name, report["range"]["start"]["line"] + 1
        found.setdefault(place, set()).add(report.get("rule", report["message"]))
    return found


def require(program: str) -> str:
    """Return the path of a program of Node; skip the test if it is not installed, and fail in CI.

    Args:
        program: The program's name.
    """
    if shutil.which("node") and (NODE_TOOLS / program).exists():
        return str(NODE_TOOLS / program)
    reason = f"{program} is not installed: run `npm ci` in tests/differential"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
