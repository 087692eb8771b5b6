"""`duplicate-cells`: two jobs of a matrix have the same name, and GitLab keeps one of them.

Source: https://docs.gitlab.com/ci/yaml/#parallelmatrix
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each matrix that creates several jobs with the same name."""
    for name, children in analysis.children.items():
        twice = [child for child, count in Counter(children).items() if count > 1]
        if twice:
            names = ", ".join(f"`{child}`" for child in twice[:3])
            message = f"The matrix of `{name}` creates several jobs named {names}; GitLab keeps one of each name."
            hint = "add a variable that has a different value in each entry"
            yield RULE.finding(spot(analysis.jobs[name], ("parallel",)), message, hint, facts=twice)


RULE: Final = LintRule(
    id="duplicate-cells",
    summary="Two jobs of a matrix have the same name, and GitLab keeps one of them.",
    why=(
        "GitLab names the jobs of a matrix by the values of their variables only. "
        "If two entries of the matrix have the same values, the jobs have the same name. "
        "One of them is lost, and GitLab shows no warning."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#parallelmatrix",
    examples=[
        Example(
            bad="""
test:
  script: make test
  parallel:
    matrix:
      - SYSTEM: [linux, linux]
""",
            good="""
test:
  script: make test
  parallel:
    matrix:
      - SYSTEM: [linux, macos]
""",
        )
    ],
    check=check,
)
