"""Compare the added memory with the size of the text, measured in child processes, which start small."""

from __future__ import annotations

import gc
import json
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.measuring import Row, environment

__all__ = ["child", "rows"]

_GOAL = 6
_KINDS = {"dumps": "dumps", "whole": "build + dumps", "csafe": "CSafeDumper of the tree"}
# A process's record starts at the size of its parent, so a small process starts the measured one.
_LAUNCHER = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', sys.argv[1]], check=False).returncode)"
# The unit of `ru_maxrss`.
_UNIT = 1 if sys.platform == "darwin" else 1024


def rows(size: int, folder: str, kinds: Sequence[str] = tuple(_KINDS)) -> list[Row]:
    """Return the ratios of added memory at the peak.

    Args:
        size: The number of jobs.
        folder: The folder from which `benchmarks` can be imported.
        kinds: What to measure: `dumps` of finished models, the `whole` with building models, `csafe` for comparison.
    """
    found = []
    for kind in kinds:
        name = f"{size:,} jobs, {_KINDS[kind]}"
        goal = _GOAL if kind == "dumps" else None
        if kind != "csafe":  # libyaml allocates memory that Python cannot trace
            found.append(Row(f"{name}: traced peak", _run(kind, size, folder, traced=True), goal=goal))
        found.append(Row(f"{name}: process", _run(kind, size, folder, traced=False), goal=goal))
    return found


def _run(kind: str, size: int, folder: str, *, traced: bool) -> float:
    code = f"from benchmarks.memory import child; child({kind!r}, {size}, traced={traced})"
    done = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, code], cwd=folder, env=environment(), check=True, capture_output=True, encoding="utf-8"
    )
    figure: float = json.loads(done.stdout)
    return figure


def child(kind: str, size: int, *, traced: bool) -> None:
    """Print the added memory at the peak, over the size of the text; runs in a separate process.

    Args:
        kind: What to measure.
        size: The number of jobs.
        traced: Whether to use Python's tracing instead of the system's figure.
    """
    work = _work(kind, size)
    gc.collect()
    if traced:
        tracemalloc.start()
        text = work()
        added = tracemalloc.get_traced_memory()[1]
    else:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        text = work()
        added = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * _UNIT
    print(json.dumps(added / len(text.encode())))


def _work(kind: str, size: int) -> Callable[[], Any]:
    """Return the function to measure; what it needs is loaded and built before."""
    from benchmarks import corpus, peers
    from gitlabgen import dumps

    dumps(corpus.pipeline(corpus.words(1)))
    words = corpus.words(size)
    if kind == "whole":
        return lambda: dumps(corpus.pipeline(words))
    if kind == "dumps":
        pipeline = corpus.pipeline(words)
        return lambda: dumps(pipeline)
    peers.csafe(corpus.tree(corpus.words(1)))
    tree = corpus.tree(words)
    return lambda: peers.csafe(tree)
