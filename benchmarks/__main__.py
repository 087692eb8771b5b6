"""`python benchmarks`: print one table of ratios with their goals."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_ROOT))

from benchmarks import building, checking, corpus, emission, memory, simulating, starting, tabulating, templates  # noqa: E402 - the folder above comes first
from benchmarks.measuring import Row, table  # noqa: E402

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0: figures of a busy machine must not fail a build.

    Args:
        argv: The arguments; those of the process if not given.
    """
    parser = argparse.ArgumentParser(prog="benchmarks", description="Print ratios of processor time and memory, with goals.")
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds, in half a minute")
    quick: bool = parser.parse_args(argv).quick
    emission.assert_equal(50)
    templates.assert_equal(10)
    sample = corpus.tree(corpus.words(100))
    print(f"CPython {platform.python_version()}; {corpus.scalars(sample) / 100:.1f} scalars per job; medians of rounds")
    memory_rows = memory.rows(1_000 if quick else 10_000, str(_ROOT))
    memory_rows += [] if quick else memory.rows(100_000, str(_ROOT), ["dumps"])
    _show("Memory added over the size of the text", memory_rows)
    _show("Whole processes over `python -c pass`, processor time", starting.rows(3 if quick else 11, _ROOT))
    heading = "From models to text over CSafeDumper on the finished tree, processor time"
    _show(heading, emission.rows(1_000, 3 if quick else 9, distinct=False, slow_peers=20 if quick else 100))
    if not quick:
        _show(heading, emission.rows(1_000, 9, distinct=True))
        _show(heading, emission.rows(10_000, 5, distinct=False))
        _show(heading, emission.rows(10_000, 3, distinct=True))
        _show(heading, emission.rows(100_000, 2, distinct=False))
    heading = "From objects to text with checks and lint, over peers from their own objects, processor time"
    _show(heading, building.rows(1 if quick else 3, 100 if quick else 1_000, _ROOT))
    _show("A template to text over troposphere's `to_yaml`, processor time", templates.rows(100, 3 if quick else 9))
    _show("Lint of a finished pipeline", checking.rows(1_000 if quick else 10_000, 3 if quick else 5))
    _show("One event over writing the finished pipeline", simulating.rows(1_000 if quick else 10_000, 3 if quick else 5))
    _show("All events over writing the finished pipeline", tabulating.rows(1_000 if quick else 10_000, 3 if quick else 5))
    sizes = (100, 1_000) if quick else (1_000, 10_000, 100_000)
    _show("Exponent of growth: 1 is linear, 2 quadratic", emission.growth(sizes, 3 if quick else 2))
    _show("The same for lint", checking.growth(sizes[::2] if len(sizes) > 2 else sizes, 3 if quick else 2))
    _show("The same for a simulation", simulating.growth(sizes, 3 if quick else 2))
    return 0


def _show(heading: str, rows: Iterable[Row]) -> None:
    print(table(heading, rows), flush=True)


if __name__ == "__main__":
    sys.exit(main())
