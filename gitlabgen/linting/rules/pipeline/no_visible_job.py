"""`no-visible-job`: a pipeline has no job.

Source: https://docs.gitlab.com/ci/jobs/
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
    """Yield a finding if all jobs are hidden, or if there are none at all."""
    if not analysis.jobs and not analysis.unknown:
        if analysis.resolution.hidden:
            message, hint = "There are no jobs: all names begin with a dot.", "remove the dot from the name of a job"
        else:
            message, hint = "There are no jobs.", "add a job"
        gitlab = "jobs config should contain at least one visible job"
        yield RULE.finding(spot(analysis.pipeline, ()), message, hint, gitlab=gitlab)


RULE: Final = LintRule(
    id="no-visible-job",
    summary="A pipeline has no job, or only hidden ones.",
    why=(
        "GitLab rejects a configuration without a job that it can run. "
        "Jobs whose names begin with a dot are hidden: other jobs can extend them, but they never run."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/jobs/",
    examples=[
        Example(
            bad="""
.test:
  script: make test
""",
            good="""
test:
  script: make test
""",
        )
    ],
    check=check,
)
