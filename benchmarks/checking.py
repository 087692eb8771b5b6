"""Compare the time of `lint` for a finished pipeline with building and writing it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import pairwise
from math import log
from statistics import median

from benchmarks import corpus
from benchmarks.measuring import Row, cpu, ratio_row, rounds
from gitlabgen import dumps
from gitlabgen.linting import lint

__all__ = ["growth", "rows"]

_GOAL = 0.15
_GROWTH = 1.10


def rows(size: int, count: int) -> list[Row]:
    """Return the ratio of `lint` to building, checking and writing the same pipeline.

    Args:
        size: The number of jobs.
        count: The number of rounds.
    """
    words = corpus.words(size)
    contestants = {"emission": lambda: cpu(lambda: dumps(corpus.pipeline(words)))[0], "lint": _lint(size)}
    gc.collect()
    gc.freeze()
    times = rounds(contestants, count)
    gc.unfreeze()
    note = f"{median(times['lint']) / size * 1e6:.1f} us per job"
    subject = f"lint of {size:,} jobs over build + checks + dumps"
    return [ratio_row(subject, times["lint"], times["emission"], _GOAL, note)]


def growth(sizes: tuple[int, ...], count: int) -> list[Row]:
    """Return the exponents of the growth of `lint`'s time.

    Args:
        sizes: Numbers of jobs, the smallest first.
        count: The number of rounds.
    """
    times = rounds({str(size): _lint(size, min(sizes[-1] // size, 10)) for size in sizes}, count)
    found = []
    for small, large in pairwise(sizes):
        pairs = zip(times[str(small)], times[str(large)], strict=True)
        exponents = [log(much / little) / log(large / small) for little, much in pairs]
        found.append(Row(f"lint, {small:,} to {large:,} jobs", median(exponents), min(exponents), max(exponents), _GROWTH))
    return found


def _lint(size: int, times: int = 1) -> Callable[[], float]:
    """Return a function that measures one call, as the mean of several if it is short."""

    def measure() -> float:
        pipeline = corpus.pipeline(corpus.words(size))
        lint(corpus.pipeline(corpus.words(1)))  # loads the rules
        return sum(cpu(lambda: lint(pipeline))[0] for _ in range(times)) / times

    return measure
