"""`duplicate-pipelines`: one push can start two pipelines.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#avoid-duplicate-pipelines
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_open, is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_CLAUSES: Final = frozenset(("if_", "changes", "exists"))


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job whose last rule always matches, unless there are `workflow:rules`."""
    if analysis.is_part or analysis.unknown or is_set(getattr(analysis.pipeline.workflow, "rules", None)):
        return
    for job in analysis.jobs_with("rules"):
        rules = job.rules if isinstance(job.rules, tuple) else ()
        last = rules[-1] if rules else None
        if (
            isinstance(last, Rule)
            and last.when not in (None, "never")
            and _CLAUSES.isdisjoint(vars(last))
            and not is_open(last.when)
        ):
            message = f"`{job.name}` can run twice for one push: in the branch pipeline and in the merge request pipeline."
            gitlab = (
                f"jobs:{job.name} may allow multiple pipelines to run for a single action due to `rules:when` clause "
                "with no `workflow:rules`"
            )
            hint = "add `workflow:rules` that allow only one of the two pipelines"
            yield RULE.finding(spot(job, ("rules", len(rules) - 1)), message, hint, gitlab=gitlab)


RULE: Final = LintRule(
    id="duplicate-pipelines",
    summary="One push can start two pipelines that run the same job.",
    why=(
        "A push to a branch with an open merge request can start a pipeline for the branch and one for the merge request. "
        "A job whose last rule always matches runs in both, so it uses twice the compute time. "
        "`workflow:rules` decide which of the two pipelines GitLab starts."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/job_rules/#avoid-duplicate-pipelines",
    examples=[
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_TAG
      when: never
    - when: on_success
""",
            good="""
workflow:
  rules:
    - if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS
      when: never
    - when: always
test:
  script: make test
  rules:
    - if: $CI_COMMIT_TAG
      when: never
    - when: on_success
""",
        )
    ],
    check=check,
)
