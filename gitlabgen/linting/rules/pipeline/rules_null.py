"""`rules-null`: a job whose rules are null joins merge request pipelines.

Source: https://docs.gitlab.com/ci/jobs/job_rules/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.default_refs import excludes_merge_requests, has_default_refs
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import NULL

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job, and for the workflow, whose rules are null, where that changes the default refs."""
    if not has_default_refs(analysis):
        return
    workflow = analysis.pipeline.workflow
    if getattr(workflow, "rules", None) is NULL:
        message = "`rules: null` also drops the default `only`, so all jobs without rules join merge request pipelines."
        yield RULE.finding(spot(analysis.pipeline, ("workflow", "rules")), message, _HINT)
        return
    for job in analysis.jobs.values():
        if job.__dict__.get("rules") is not NULL or analysis.is_incomplete(job) or excludes_merge_requests(job):
            continue
        if not is_set(job.only) or (not isinstance(job.only, tuple) and not is_set(getattr(job.only, "refs", None))):
            message = f"`rules: null` also drops the default `only`, so `{job.name}` joins merge request pipelines."
            yield RULE.finding(spot(job, ("rules",)), message, _HINT)


_HINT: Final = "write the rules that are meant"

RULE: Final = LintRule(
    id="rules-null",
    summary="A job whose rules are null joins merge request pipelines.",
    why=(
        "A job without rules runs for branches and tags only, because GitLab adds `only: [branches, tags]`. "
        "With `rules: null` it has no rules either, but GitLab does not add this default. "
        "So the job also runs in merge request pipelines, and a push may run it twice."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/jobs/job_rules/",
    examples=[
        Example(
            bad="""
.on-tags:
  rules:
    - if: $CI_COMMIT_TAG
test:
  extends: .on-tags
  rules: null
  script: make test
""",
            good="""
.on-tags:
  rules:
    - if: $CI_COMMIT_TAG
test:
  extends: .on-tags
  rules:
    - if: $CI_COMMIT_BRANCH
    - if: $CI_COMMIT_TAG
  script: make test
""",
        )
    ],
    check=check,
)
