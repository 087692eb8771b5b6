"""How much memory is added, over the size of the text: measured in child processes, which start small."""

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
# A process's record starts at the size of the one that started it: between the two stands a small one.
_LAUNCHER = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', sys.argv[1]], check=False).returncode)"
# The unit of `ru_maxrss`.
_UNIT = 1 if sys.platform == "darwin" else 1024


def rows(size: int, folder: str, kinds: Sequence[str] = tuple(_KINDS)) -> list[Row]:
    """Return what is added at the peak.

    Args:
        size: Jobs.
        folder: The folder from which `benchmarks` can be imported.
        kinds: What is measured: `dumps` of finished models, the `whole` with the models, `csafe` beside them.
    """
    found = []
    for kind in kinds:
        name = f"{size:,} jobs, {_KINDS[kind]}"
        goal = _GOAL if kind == "dumps" else None
        if kind != "csafe":  # libyaml's memory is not Python's, so that tracing would not see all
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
    """Print the peak of what is added, over the size of the text; runs in a process of its own.

    Args:
        kind: What is measured.
        size: Jobs.
        traced: Whether Python's own account is asked, or else the system's.
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
    """Return what is measured; what is loaded and made before it does not count."""
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
