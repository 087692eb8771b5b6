"""Find one order of stages that keeps the order of several lists."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import chain, pairwise
from typing import Final

_FIRST: Final = ".pre"
_LAST: Final = ".post"


def in_order(lists: Sequence[Sequence[str]]) -> list[str] | None:
    """Return all stages once, in the earliest possible order of appearance, or None if no order fits all lists.

    Args:
        lists: Lists of stages without repetition.
    """
    rank = {stage: index for index, stage in enumerate(dict.fromkeys(chain.from_iterable(lists)))}
    after: dict[str, set[str]] = {stage: set() for stage in rank}
    for before, later in chain.from_iterable(map(_steps, lists)):
        after[before].add(later)
    waits = dict.fromkeys(rank, 0)
    for stage in chain.from_iterable(after.values()):
        waits[stage] += 1
    stages = [*rank]
    ready = [rank[stage] for stage in stages if not waits[stage]]
    heapify(ready)
    found = []
    while ready:
        stage = stages[heappop(ready)]
        found.append(stage)
        for later in after[stage]:
            waits[later] -= 1
            if not waits[later]:
                heappush(ready, rank[later])
    if len(found) < len(rank):
        return None
    # These two stages are always first and last.
    ends = [stage for stage in found if stage not in (_FIRST, _LAST)]
    return [*(_FIRST,) * (_FIRST in rank), *ends, *(_LAST,) * (_LAST in rank)]


def disagreement(lists: Sequence[Sequence[str]]) -> list[tuple[str, str, int]]:
    """Return steps that form a cycle: a stage, a later stage, and the index of the list with this order.

    Args:
        lists: Lists that no single order fits.
    """
    indexes = [{stage: index for index, stage in enumerate(one)} for one in lists]
    for second, other in enumerate(indexes):
        for first, one in enumerate(lists[:second]):
            for before, later in _steps([stage for stage in one if stage in other]):
                if other[later] < other[before]:
                    return [(before, later, first), (later, before, second)]
    return _cycle(lists)


def _cycle(lists: Sequence[Sequence[str]]) -> list[tuple[str, str, int]]:
    """Return a cycle over more than two lists."""
    before: dict[str, dict[str, int]] = {}
    for index, one in enumerate(lists):
        for stage, later in _steps(one):
            before.setdefault(later, {}).setdefault(stage, index)
    # A stage without a predecessor is in no cycle. All remaining stages have one, so going back must reach a stage twice.
    free = {stage for one in lists for stage in one} - before.keys()
    while free:
        for later in [*before]:
            for stage in free & before[later].keys():
                del before[later][stage]
        free = {later for later in before if not before[later]}
        for stage in free:
            del before[stage]
    path = [next(iter(before))]
    while path[-1] not in path[:-1]:
        path.append(next(iter(before[path[-1]])))
    cycle = path[path.index(path[-1]) :][::-1]
    return [(stage, later, before[later][stage]) for stage, later in pairwise(cycle)]


def _steps(stages: Sequence[str]) -> list[tuple[str, str]]:
    return list(pairwise(stage for stage in stages if stage not in (_FIRST, _LAST)))
