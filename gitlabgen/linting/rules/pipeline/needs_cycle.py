"""`needs-cycle`: jobs wait for each other.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each circle of needs."""
    numbers = {name: number for number, name in enumerate(analysis.jobs)}
    # Where every job needs only those above it, as most people write them, there can be no circle.
    if all(numbers.get(name, len(numbers)) < numbers[job.name] for job, _, name, _ in analysis.needs):
        return
    needs: dict[str, list[str]] = {}
    for job, _, name, _ in analysis.needs:
        needs.setdefault(job.name, []).append(analysis.parents.get(name, name) if analysis.children else name)
    for circle in _circles(needs):
        job = analysis.jobs[circle[0]]
        following = circle[1] if len(circle) > 1 else circle[0]
        index = needs[job.name].index(following)
        if len(circle) == 1:
            message = f"self-dependency: {circle[0]}"
        else:
            message = f"topological sort failed: {json.dumps(circle, ensure_ascii=False)}"
        hint = " needs ".join([*circle, circle[0]])
        yield RULE.finding(spot(job, ("needs", index)), f"The pipeline has circular dependencies: {message}", hint)


def _circles(needs: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield circles, each as the jobs in the order in which they need each other; one of those that share their ends."""
    done: set[str] = set()
    told: set[str] = set()
    for start in needs:
        if start in done:
            continue
        way = [start]
        places = {start: 0}
        branches = [iter(needs[start])]
        while branches:
            name = next(branches[-1], None)
            if name is None:
                done.add(way[-1])
                del places[way.pop()]
                branches.pop()
            elif name in places:
                if told.isdisjoint((name, way[-1])):
                    circle = way[places[name] :]
                    told.update(circle)
                    yield circle
            elif name not in done and name in needs:
                places[name] = len(way)
                way.append(name)
                branches.append(iter(needs[name]))


RULE: Final = LintRule(
    id="needs-cycle",
    summary="jobs that wait for each other",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    examples=(),
    check=check,
)
