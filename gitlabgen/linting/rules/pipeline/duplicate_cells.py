"""`duplicate-cells`: a matrix makes the same job twice, and one of the two is lost.

Source: https://docs.gitlab.com/ci/yaml/#parallelmatrix
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each matrix with cells of the same name."""
    for name, children in subject.children.items():
        twice = [child for child, count in Counter(children).items() if count > 1]
        if twice:
            message = f"jobs:{name}:parallel makes {len(children)} jobs, of which some have the same name: {', '.join(twice[:3])}"
            hint = "a name holds the values only: add a variable that tells them apart"
            yield finding("duplicate-cells", subject.jobs[name], ("parallel",), message, hint, severity="warning")
