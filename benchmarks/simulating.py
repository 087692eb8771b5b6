"""Compare the time of simulating one event with writing the pipeline, and measure how it grows."""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import pairwise
from math import log
from statistics import median

from benchmarks import corpus
from benchmarks.measuring import Row, cpu, ratio_row, rounds
from gitlabgen import Push, dumps, simulate

__all__ = ["growth", "rows"]

_GOAL = 1.0
_GROWTH = 1.10


def rows(size: int, count: int) -> list[Row]:
    """Return the ratio of simulating a push to writing the same finished pipeline.

    Args:
        size: The number of jobs, each with a rule and a need.
        count: The number of rounds.
    """
    pipeline = corpus.pipeline(corpus.words(size))
    contestants = {"writing": lambda: cpu(lambda: dumps(pipeline))[0], "simulation": _simulation(size)}
    gc.collect()
    gc.freeze()
    times = rounds(contestants, count)
    gc.unfreeze()
    note = f"{median(times['simulation']) / size * 1e6:.1f} us per job"
    return [ratio_row(f"simulate of {size:,} jobs over dumps", times["simulation"], times["writing"], _GOAL, note)]


def growth(sizes: tuple[int, ...], count: int) -> list[Row]:
    """Return the exponents of the growth of the simulation's time.

    Args:
        sizes: Numbers of jobs, the smallest first.
        count: The number of rounds.
    """
    times = rounds({str(size): _simulation(size) for size in sizes}, count)
    found = []
    for small, large in pairwise(sizes):
        pairs = zip(times[str(small)], times[str(large)], strict=True)
        exponents = [log(much / little) / log(large / small) for little, much in pairs]
        subject = f"simulate, {small:,} to {large:,} jobs"
        found.append(Row(subject, median(exponents), min(exponents), max(exponents), _GROWTH))
    return found


def _simulation(size: int) -> Callable[[], float]:
    """Return a function that measures the simulation of one event."""
    pipeline = corpus.pipeline(corpus.words(size))
    event = Push("main")

    def measure() -> float:
        return cpu(lambda: simulate(pipeline, event))[0]

    return measure
