"""`silently-optional-job`: a job-level `when: manual` lets the job fail, also where a rule makes it automatic.

Source: https://docs.gitlab.com/ci/yaml/#allow_failure
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.optional_jobs import allows_failure
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]

_AUTOMATIC: Final = ("on_success", "on_failure", "always", "delayed")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each rule that starts a manual job automatically, unless `allow_failure` is written."""
    for job, index, rule in analysis.rules_with("when"):
        if job.when != "manual" or rule.when not in _AUTOMATIC or analysis.is_incomplete(job):
            continue
        if allows_failure(job, rule) and not is_set(rule.allow_failure) and not is_set(job.allow_failure):
            message = (
                f"`{job.name}` may fail without failing the pipeline: "
                f"its job-level `when: manual` makes it optional even where a rule says `{rule.when}`."
            )
            hint = either("add {}", assignment("allow_failure", False))
            yield RULE.finding(spot(job, ("rules", index, "when")), message, hint)


RULE: Final = LintRule(
    id="silently-optional-job",
    summary="A job-level `when: manual` lets the job fail, also where a rule makes it automatic.",
    why=(
        "`when: manual` as a keyword of the job also sets `allow_failure: true`. "
        "A rule with `when: on_success` starts the job automatically, but does not change `allow_failure` back. "
        "So the job can fail, and the pipeline succeeds all the same."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#allow_failure",
    examples=[
        Example(
            bad="""
deploy:
  script: make deploy
  when: manual
  rules:
    - if: $CI_COMMIT_TAG
      when: on_success
    - if: $CI_COMMIT_BRANCH
""",
            good="""
deploy:
  script: make deploy
  when: manual
  rules:
    - if: $CI_COMMIT_TAG
      when: on_success
      allow_failure: false
    - if: $CI_COMMIT_BRANCH
""",
        )
    ],
    check=check,
)
