"""Compare the time of the matrix of all standard events with writing the pipeline."""

from __future__ import annotations

import gc
from statistics import median

from benchmarks import corpus
from benchmarks.measuring import Row, cpu, ratio_row, rounds
from gitlabgen import dumps, event_matrix
from gitlabgen.simulation import STANDARD_EVENTS

__all__ = ["rows"]

_GOAL = 10.0


def rows(size: int, count: int) -> list[Row]:
    """Return the ratio of the matrix, as data and as text, to writing the same finished pipeline.

    Args:
        size: The number of jobs, each with a rule and a need.
        count: The number of rounds.
    """
    pipeline = corpus.pipeline(corpus.words(size))
    contestants = {
        "writing": lambda: cpu(lambda: dumps(pipeline))[0],
        "matrix": lambda: cpu(lambda: event_matrix(pipeline, "all"))[0],
        "text": lambda: cpu(lambda: str(event_matrix(pipeline, "all")))[0],
    }
    gc.collect()
    gc.freeze()
    times = rounds(contestants, count)
    gc.unfreeze()
    subjects = {
        "matrix": f"matrix of {size:,} jobs and {len(STANDARD_EVENTS)} events over dumps",
        "text": "the same, and its text",
    }
    return [
        ratio_row(subject, times[name], times["writing"], _GOAL, f"{median(times[name]) / size * 1e6:.1f} us per job")
        for name, subject in subjects.items()
    ]
