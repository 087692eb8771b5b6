"""`blocking-stop-job`: a job that stops an environment waits for a click, and the pipeline waits with it.

Source: https://docs.gitlab.com/ci/yaml/#environmentaction
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


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each rule that makes a stop job wait for a click without `allow_failure`."""
    for job, index, rule in analysis.rules_with("when"):
        stops = getattr(job.environment, "action", None) == "stop"
        if not stops or rule.when != "manual" or job.when == "manual" or analysis.is_incomplete(job):
            continue
        if allows_failure(job, rule) is False:
            message = f"The stop job `{job.name}` waits for a click and so keeps every pipeline from finishing."
            verb = "write" if is_set(rule.allow_failure) else "add"
            hint = either(f"{verb} {{}}", assignment("allow_failure", True))
            yield RULE.finding(spot(job, ("rules", index, "when")), message, hint)


RULE: Final = LintRule(
    id="blocking-stop-job",
    summary="A job that stops an environment waits for a click, and so keeps the pipeline from finishing.",
    why=(
        "A manual job blocks its pipeline if `when: manual` is in a rule: later stages wait, and the pipeline never succeeds. "
        "No one stops an environment in each pipeline, so it stays blocked. "
        "With `allow_failure: true` the pipeline goes on without the job, as it does if `when: manual` is a keyword of the job."
    ),
    severity="warning",
    confidence="certain",
    fix="safe",
    source="https://docs.gitlab.com/ci/yaml/#environmentaction",
    examples=[
        Example(
            bad="""
review:
  script: make deploy
  environment:
    name: review/$CI_COMMIT_REF_SLUG
    on_stop: stop_review
  rules:
    - if: $CI_MERGE_REQUEST_IID
stop_review:
  script: make remove
  environment:
    name: review/$CI_COMMIT_REF_SLUG
    action: stop
  rules:
    - if: $CI_MERGE_REQUEST_IID
      when: manual
""",
            good="""
review:
  script: make deploy
  environment:
    name: review/$CI_COMMIT_REF_SLUG
    on_stop: stop_review
  rules:
    - if: $CI_MERGE_REQUEST_IID
stop_review:
  script: make remove
  environment:
    name: review/$CI_COMMIT_REF_SLUG
    action: stop
  rules:
    - if: $CI_MERGE_REQUEST_IID
      when: manual
      allow_failure: true
""",
        )
    ],
    check=check,
)
