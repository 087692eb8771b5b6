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
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each cycle of needs."""
    numbers = {name: number for number, name in enumerate(analysis.jobs)}
    # If every job needs only jobs above it, as in most files, there can be no cycle.
    if all(numbers.get(name, len(numbers)) < numbers[job.name] for job, _, name, _ in analysis.needs):
        return
    needs: dict[str, list[str]] = {}
    for job, _, name, _ in analysis.needs:
        needs.setdefault(job.name, []).append(analysis.parents.get(name, name) if analysis.children else name)
    for cycle in _cycles(needs):
        job = analysis.jobs[cycle[0]]
        following = [*cycle[1:], cycle[0]]
        message, problem, hint = _texts(cycle, following)
        where = spot(job, ("needs", needs[job.name].index(following[0])))
        gitlab = f"The pipeline has circular dependencies: {problem}"
        yield RULE.finding(where, message, hint, facts=cycle, gitlab=gitlab)


def _texts(cycle: Sequence[str], following: Sequence[str]) -> tuple[str, str, str]:
    """Return the message, the end of GitLab's message, and the hint."""
    if len(cycle) == 1:
        return f"`{cycle[0]}` needs itself, so it can never start.", f"self-dependency: {cycle[0]}", "remove that need"
    names = [f"`{name}`" for name in cycle]
    end = "neither can start" if len(cycle) == 2 else "none of them can start"
    message = f"{', '.join(names[:-1])} and {names[-1]} wait for each other, so {end}."
    needs = ", ".join(f"`{name}` needs `{needed}`" for name, needed in zip(cycle, following, strict=True))
    return message, f"topological sort failed: {json.dumps(cycle, ensure_ascii=False)}", f"remove one of these needs: {needs}"


def _cycles(needs: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield cycles as lists of jobs where each job needs the next one; of cycles that share a job, only one."""
    done: set[str] = set()
    reported: set[str] = set()
    for start in needs:
        if start in done:
            continue
        path = [start]
        positions = {start: 0}
        branches = [iter(needs[start])]
        while branches:
            name = next(branches[-1], None)
            if name is None:
                done.add(path[-1])
                del positions[path.pop()]
                branches.pop()
            elif name in positions:
                if reported.isdisjoint((name, path[-1])):
                    cycle = path[positions[name] :]
                    reported.update(cycle)
                    yield cycle
            elif name not in done and name in needs:
                positions[name] = len(path)
                path.append(name)
                branches.append(iter(needs[name]))


RULE: Final = LintRule(
    id="needs-cycle",
    summary="Jobs wait for each other, or a job needs itself.",
    why=(
        "A job starts when all jobs that it needs have finished. "
        "If two jobs need each other, directly or indirectly, none of them can ever start. "
        "GitLab rejects the whole pipeline."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    examples=[
        Example(
            bad="""
lint:
  needs: [test]
  script: make lint
test:
  needs: [lint]
  script: make test
""",
            good="""
lint:
  script: make lint
test:
  needs: [lint]
  script: make test
""",
        )
    ],
    check=check,
)
