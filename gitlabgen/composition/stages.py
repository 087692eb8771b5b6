"""One order of stages that keeps the order of several lists."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import chain, pairwise
from typing import Final

_FIRST: Final = ".pre"
_LAST: Final = ".post"


def in_order(lists: Sequence[Sequence[str]]) -> list[str] | None:
    """Return all stages, each once: as early as the lists allow in the order in which they are named; None if none fits.

    Args:
        lists: The stages in their orders, each without repetition.
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
    # These two stand where they do wherever they are written.
    ends = [stage for stage in found if stage not in (_FIRST, _LAST)]
    return [*(_FIRST,) * (_FIRST in rank), *ends, *(_LAST,) * (_LAST in rank)]


def disagreement(lists: Sequence[Sequence[str]]) -> list[tuple[str, str, int]]:
    """Return steps that lead from a stage back to itself: a stage, a later one, and the number of the list that says so.

    Args:
        lists: Lists that no one order fits.
    """
    places = [{stage: place for place, stage in enumerate(one)} for one in lists]
    for second, other in enumerate(places):
        for first, one in enumerate(lists[:second]):
            for before, later in _steps([stage for stage in one if stage in other]):
                if other[later] < other[before]:
                    return [(before, later, first), (later, before, second)]
    return _circle(lists)


def _circle(lists: Sequence[Sequence[str]]) -> list[tuple[str, str, int]]:
    """Return steps of more than two lists."""
    before: dict[str, dict[str, int]] = {}
    for index, one in enumerate(lists):
        for stage, later in _steps(one):
            before.setdefault(later, {}).setdefault(stage, index)
    # What has no stage before it is in no circle; what is left has one, and the way back never ends.
    free = {stage for one in lists for stage in one} - before.keys()
    while free:
        for later in [*before]:
            for stage in free & before[later].keys():
                del before[later][stage]
        free = {later for later in before if not before[later]}
        for stage in free:
            del before[stage]
    way = [next(iter(before))]
    while way[-1] not in way[:-1]:
        way.append(next(iter(before[way[-1]])))
    circle = way[way.index(way[-1]) :][::-1]
    return [(stage, later, before[later][stage]) for stage, later in pairwise(circle)]


def _steps(stages: Sequence[str]) -> list[tuple[str, str]]:
    return list(pairwise(stage for stage in stages if stage not in (_FIRST, _LAST)))
