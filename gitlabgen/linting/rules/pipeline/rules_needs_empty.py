"""`rules-needs-empty`: an empty list of needs in a rule changes nothing.

Source: https://docs.gitlab.com/ci/yaml/#rulesneeds
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each rule with an empty list of needs, if its job has needs that remain."""
    for job, index, rule in analysis.rule_needs:
        if rule.needs == () and isinstance(job.needs, tuple) and job.needs:
            message = f"`{job.name}`: `rules:needs: []` changes nothing; only a list with jobs does."
            hint = either("if the job needs nothing, write {} in the job itself", assignment("needs", []))
            yield RULE.finding(spot(job, ("rules", index, "needs")), message, hint)


RULE: Final = LintRule(
    id="rules-needs-empty",
    summary="A rule has an empty list of needs, which changes nothing.",
    why=(
        "The needs of a rule replace those of its job, but GitLab ignores an empty list: the job keeps its own needs. "
        "So the job still waits for the jobs that it was meant to leave behind. "
        "Only `needs: []` in the job itself lets the job start at once."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#rulesneeds",
    examples=[
        Example(
            bad="""
build:
  stage: build
  script: make
lint:
  script: make lint
  needs: [build]
  rules:
    - if: $CI_COMMIT_BRANCH
      needs: []
""",
            good="""
build:
  stage: build
  script: make
lint:
  script: make lint
  needs: []
  rules:
    - if: $CI_COMMIT_BRANCH
""",
        )
    ],
    check=check,
)
