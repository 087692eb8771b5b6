"""Measure how long other libraries take to build the same pipeline, each in a separate process; a library may be missing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from benchmarks import corpus
from benchmarks.builders import BUILDERS
from benchmarks.measuring import Row, environment, ratio_row

__all__ = ["rows"]

_PEERS = Path(sys.prefix) / "peers"
"""Where `make bench` installs the other libraries: a Python environment, and Node packages."""
_PROJEN = Path(__file__).with_name("projen.cjs")
_GOALS = {("gcip", 100): 0.005}
_TIMEOUT = 120


class _Missing(Exception):  # noqa: N818 - only this module raises and catches it
    """A library cannot be measured; the message says why."""


def rows(count: int, size: int, root: Path) -> list[Row]:
    """Return the ratios of our time, with checks and lint, to those of other libraries; a missing one says why.

    Args:
        count: The number of rounds.
        size: The number of jobs; gcip gets a tenth, because its time is quadratic.
        root: The folder from which `benchmarks` can be imported.
    """
    python = _PEERS / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    theirs = str(python) if python.exists() else sys.executable
    found = []
    for name in (*(name for name in BUILDERS if name != "gitlabgen"), "projen"):
        jobs = max(size // 10, 10) if name == "gcip" else size
        measure = _projen if name == "projen" else _python(theirs, name, root)
        try:
            found.append(_row(name, jobs, count, measure, _python(theirs, "gitlabgen", root)))
        except _Missing as reason:
            found.append(Row(f"gitlabgen over {name}, {jobs:,} jobs", None, note=f"not measured: {reason}"))
    return found


_Measure = Callable[[int], tuple[float, int]]


def _row(name: str, size: int, count: int, theirs: _Measure, ours: _Measure) -> Row:
    pairs = [(ours(size), theirs(size)) for _ in range(count)]
    equal = pairs[0][1][1]
    note = f"{pairs[0][1][0] / size * 1e6:.0f} us per job; {equal:,} of {size:,} jobs correct"
    over, under = [mine[0] for mine, _ in pairs], [other[0] for _, other in pairs]
    return ratio_row(f"gitlabgen over {name}, {size:,} jobs", over, under, _GOALS.get((name, size)), note)


def _python(python: str, name: str, root: Path) -> _Measure:
    def measure(size: int) -> tuple[float, int]:
        code = f"from benchmarks.builders import child; child({name!r}, {size})"
        found = _run([python, "-W", "ignore", "-c", code], root)
        return found["seconds"], found["equal"]

    return measure


def _projen(size: int) -> tuple[float, int]:
    words = corpus.words(size)
    found = _run(["node", str(_PROJEN), str(_PEERS)], _PEERS.parent, json.dumps([word._asdict() for word in words]))
    tree, text = corpus.tree(words), yaml.load(found["text"], Loader=yaml.CSafeLoader)
    return found["seconds"], sum(text.get(word.name) == tree[word.name] for word in words)


def _run(command: list[str], folder: Path, given: str | None = None) -> dict[str, Any]:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment(),
            input=given,
            capture_output=True,
            check=False,
            encoding="utf-8",
            timeout=_TIMEOUT,
        )
    except OSError as error:
        raise _Missing(f"{command[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise _Missing(f"it takes more than {_TIMEOUT} s") from None
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if "Error" in line]
        raise _Missing((lines or ["it fails"])[-1])
    try:
        # The result is the last line, after anything that the library prints.
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise _Missing("it prints no figure") from None
    return found
