"""Shared by all measurements: interleaved rounds, ratios with their spread, and the table."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

__all__ = ["Row", "Times", "cpu", "environment", "process_cpu", "ratio_row", "rounds", "table"]

Times = dict[str, list[float]]
"""Seconds of each contestant in each round."""


class Row(NamedTuple):
    """A line of the table: a ratio, its minimum and maximum over all rounds, and its goal as an upper limit."""

    subject: str
    figure: float | None
    low: float | None = None
    high: float | None = None
    goal: float | None = None
    note: str = ""


def cpu(function: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of processor time of a call, and its result."""
    gc.collect()
    before = time.process_time()
    result = function()
    return time.process_time() - before, result


def environment() -> dict[str, str]:
    """Return the environment for child processes: a user's environment, with compiled files kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def process_cpu(arguments: Sequence[str], folder: str) -> float:
    """Return the seconds of processor time of a whole process of this interpreter.

    Args:
        arguments: The interpreter's arguments.
        folder: The folder in which it runs.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=folder, env=environment(), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def rounds(contestants: Mapping[str, Callable[[], float]], count: int) -> Times:
    """Return the seconds of each contestant; each runs once in each round, so that other load affects all equally."""
    times: Times = {name: [] for name in contestants}
    for _ in range(count):
        for name, measure in contestants.items():
            times[name].append(measure())
    return times


def ratio_row(subject: str, over: Sequence[float], under: Sequence[float], goal: float | None = None, note: str = "") -> Row:
    """Return the ratio of two contestants: the median of the rounds' ratios, the minimum and the maximum."""
    ratios = [one / other for one, other in zip(over, under, strict=True)]
    return Row(subject, median(ratios), min(ratios), max(ratios), goal, note)


def table(heading: str, rows: Iterable[Row]) -> str:
    """Return the heading and the rows as text."""
    lines = ["", heading, f"{'':58}{'median':>9}  {'min to max':<19}{'goal':>8}  {'':9}"]
    lines += [_line(row).rstrip() for row in rows]
    return "\n".join(lines)


def _line(row: Row) -> str:
    if row.figure is None:
        return f"{row.subject:58}{'-':>9}  {row.note}"
    spread = "" if row.low is None or row.high is None else f"{row.low:.3f} to {row.high:.3f}"
    goal = "" if row.goal is None else f"<= {row.goal:g}"
    verdict = "" if row.goal is None else ("met" if row.figure <= row.goal else "NOT MET")
    return f"{row.subject:58}{row.figure:9.4f}  {spread:<19}{goal:>8}  {verdict:9}{row.note}"
