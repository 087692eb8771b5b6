"""`replaced-cell`: a job replaces one of the jobs that `parallel` creates from another job.

Source: https://docs.gitlab.com/ci/yaml/#parallel
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job with the name of a job that `parallel` creates from another one."""
    for name, children in analysis.children.items():
        for child in children:
            job = analysis.jobs.get(child)
            if job is not None:
                message = f"`{child}` replaces one of the parallel jobs of `{name}`, so that one never runs."
                yield RULE.finding(spot(job, ("name",)), message, "rename it", facts=(name,))


RULE: Final = LintRule(
    id="replaced-cell",
    summary="A job replaces one of the jobs that `parallel` creates from another job.",
    why=(
        "`parallel` creates jobs with names such as `test 1/2` or `test: [linux]`. "
        "A job that has such a name replaces the parallel job. "
        "So some of the tests never run, and GitLab reports no error."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#parallel",
    examples=[
        Example(
            bad="""
test:
  parallel: 2
  script: make test
test 1/2:
  script: make lint
""",
            good="""
test:
  parallel: 2
  script: make test
lint:
  script: make lint
""",
        )
    ],
    check=check,
)
