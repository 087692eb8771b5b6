"""`only-drops-merge-requests`: a job with `only:changes` never runs in merge request pipelines.

Source: https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.default_refs import excludes_merge_requests, has_default_refs
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.only import Only
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_OTHERS: Final = ("changes", "variables", "kubernetes")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `only` without refs, if GitLab adds its default refs."""
    if not has_default_refs(analysis):
        return
    for job in analysis.jobs_with("only"):
        only = job.only
        if not isinstance(only, Only) or is_set(only.refs) or analysis.is_incomplete(job) or excludes_merge_requests(job):
            continue
        given = [f"{keyword}: …" for keyword in _OTHERS if is_set(getattr(only, keyword))]
        if given and job.__dict__.get("rules") is None:
            message = (
                f"`only: {{{', '.join(given)}}}` alone keeps the default refs, "
                f"so `{job.name}` never runs in merge request pipelines."
            )
            yield RULE.finding(spot(job, ("only",)), message, "use `rules`, or name the `refs`")


RULE: Final = LintRule(
    id="only-drops-merge-requests",
    summary="A job with `only:changes` or `only:variables`, but without `refs`, never runs in merge request pipelines.",
    why=(
        "GitLab adds `refs: [branches, tags]` to an `only` that has no `refs`. "
        "Pipelines of merge requests are neither, so the job is never part of them. "
        "A rule with `changes` has no such limit."
    ),
    severity="info",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/deprecated_keywords/#only--except",
    examples=[
        Example(
            bad="""
lint:
  script: make lint
  only:
    variables: [$LINT == "true"]
""",
            good="""
lint:
  script: make lint
  rules:
    - if: $LINT == "true"
""",
        )
    ],
    check=check,
)
