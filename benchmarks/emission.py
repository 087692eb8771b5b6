"""Compare building models with checks and writing them to emitters of the finished plain tree."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import log
from statistics import median
from typing import Any

import yaml

from benchmarks import corpus, peers
from benchmarks.measuring import Row, Times, cpu, ratio_row, rounds
from gitlabgen import Pipeline, dumps

__all__ = ["assert_equal", "growth", "rows"]

_GOALS = {1_000: 0.25, 10_000: 0.20, 100_000: 0.20}


def assert_equal(size: int) -> None:
    """Assert that the library's text, PyYAML's text and the tree have the same data."""
    for distinct in (False, True):
        words = corpus.words(size, distinct=distinct)
        tree = corpus.tree(words)
        ours = yaml.load(dumps(corpus.pipeline(words)), Loader=yaml.CSafeLoader)
        theirs = yaml.load(peers.csafe(tree), Loader=yaml.CSafeLoader)
        assert ours == theirs == tree
        assert [*ours] == [*theirs]


class _Ours:
    """The library in a round, in two steps."""

    def __init__(self, words: Sequence[corpus.Words]) -> None:
        self._words = words
        self._pipeline: Pipeline | None = None

    def build(self) -> float:
        """Build the models; return the seconds."""
        seconds, self._pipeline = cpu(lambda: corpus.pipeline(self._words))
        return seconds

    def dump(self) -> float:
        """Write the models of the last `build`; return the seconds."""
        pipeline = self._pipeline
        assert pipeline is not None
        seconds, _ = cpu(lambda: dumps(pipeline))
        self._pipeline = None
        return seconds


def _timed(function: Callable[..., Any], *arguments: Any) -> Callable[[], float]:
    return lambda: cpu(lambda: function(*arguments))[0]


def _each(seconds: Sequence[float], size: int) -> str:
    return f"{median(seconds) / size * 1e6:.1f} us per job"


def rows(size: int, count: int, *, distinct: bool, slow_peers: int = 0) -> list[Row]:
    """Return the ratios to PyYAML's C emitter, which writes the finished tree.

    Args:
        size: The number of jobs.
        count: The number of rounds.
        distinct: Whether all values differ.
        slow_peers: The number of jobs for slow emitters; 0 leaves them out.
    """
    words = corpus.words(size, distinct=distinct)
    tree = corpus.tree(words)
    # Existing objects must not be part of garbage collections during the measurement.
    gc.collect()
    gc.freeze()
    ours = _Ours(words)
    contestants = {
        "csafe": _timed(peers.csafe, tree),
        "build": ours.build,
        "dump": ours.dump,
        "json": _timed(peers.json_text, tree),
    }
    times = rounds(contestants, count)
    gc.unfreeze()
    base = times["csafe"]
    whole = [build + dump for build, dump in zip(times["build"], times["dump"], strict=True)]
    name = f"{size:,} jobs, {'all values distinct' if distinct else 'repeated values'}"
    goal = None if distinct else _GOALS.get(size)
    each = f"{_each(whole, size)}; CSafeDumper {_each(base, size)}"
    found = [
        ratio_row(f"{name}: build + checks + dumps", whole, base, goal, each),
        ratio_row("  build + checks", times["build"], base, note=_each(times["build"], size)),
        ratio_row("  dumps", times["dump"], base, note=_each(times["dump"], size)),
        ratio_row("  json.dumps of the tree", times["json"], base),
    ]
    return found + (_slow(slow_peers, count) if slow_peers else [])


def _slow(size: int, count: int) -> list[Row]:
    words = corpus.words(size)
    tree = corpus.tree(words)
    contestants = {"csafe": _timed(peers.csafe, tree), "ruamel": _timed(peers.ruamel, tree)}
    times: Times = rounds(contestants, count)
    return [ratio_row(f"  ruamel.yaml, {size} jobs", times["ruamel"], times["csafe"])]


def growth(sizes: tuple[int, ...], count: int) -> list[Row]:
    """Return the exponents of the growth of time; a smaller size is repeated to process as many jobs as the larger.

    Args:
        sizes: Numbers of jobs, the smallest first.
        count: The number of rounds.
    """

    def repeated(size: int) -> Callable[[], float]:
        words = corpus.words(size)
        times = min(sizes[-1] // size, 10)
        return lambda: sum(cpu(lambda: dumps(corpus.pipeline(words)))[0] for _ in range(times)) / times

    measured = rounds({str(size): repeated(size) for size in sizes}, count)
    found = []
    for small, large in [*pairwise(sizes), *([(sizes[0], sizes[-1])] if len(sizes) > 2 else [])]:
        pairs = zip(measured[str(small)], measured[str(large)], strict=True)
        exponents = [log(much / little) / log(large / small) for little, much in pairs]
        found.append(Row(f"{small:,} to {large:,} jobs", median(exponents), min(exponents), max(exponents), 1.10))
    return found
