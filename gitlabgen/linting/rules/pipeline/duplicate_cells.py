"""`duplicate-cells`: a matrix makes the same job twice, and one of the two is lost.

Source: https://docs.gitlab.com/ci/yaml/#parallelmatrix
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each matrix with cells of the same name."""
    for name, children in analysis.children.items():
        twice = [child for child, count in Counter(children).items() if count > 1]
        if twice:
            message = f"jobs:{name}:parallel makes {len(children)} jobs, of which some have the same name: {', '.join(twice[:3])}"
            hint = "a name holds the values only: add a variable that tells them apart"
            yield RULE.finding(spot(analysis.jobs[name], ("parallel",)), message, hint)


RULE: Final = LintRule(
    id="duplicate-cells",
    summary="a matrix with cells of the same name, of which one is lost",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#parallelmatrix",
    examples=(),
    check=check,
)
