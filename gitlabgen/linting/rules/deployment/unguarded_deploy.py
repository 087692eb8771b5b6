"""`unguarded-deploy`: any branch or tag can deploy to the same stack or environment.

Source: https://docs.gitlab.com/ci/jobs/job_rules/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling

__all__ = ["RULE"]

_CLAUSES: Final = frozenset(("if_", "changes", "exists"))
_HINT: Final = Spelling(
    python="add `rules=[Rule('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH')]`",
    yaml="add `rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]`",
)


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys in every pipeline, unless other files may prevent that."""
    if analysis.is_part or analysis.unknown or is_set(getattr(analysis.pipeline.workflow, "rules", None)):
        return
    for target in targets_of(analysis):
        job = target.job
        if target.is_shared and not any(map(_is_guarded, (job, *_predecessors(analysis, job)))):
            message = f"Any branch or tag can deploy to {target.description}: nothing limits when `{job.name}` runs."
            hint = _HINT if job.rules is None else "let a rule of the job match only `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`"
            yield RULE.finding(spot(job, target.path), message, hint, facts=(target.name,))


def _predecessors(analysis: PipelineAnalysis, job: BaseJob) -> list[BaseJob]:
    """Return the jobs that a job needs, or the blocking manual jobs of earlier stages."""
    if is_set(job.needs):
        return [other for _, name, _ in needs_of(job.needs) if (other := analysis.job(name)) is not None]
    order = analysis.orders[job.name]
    return [
        other
        for other in analysis.jobs_with("allow_failure")
        if other.allow_failure is False and analysis.orders[other.name] < order
    ]


def _is_guarded(job: BaseJob) -> bool:
    """Return whether a job is only in some pipelines, is manual, or runs only after a failure."""
    if is_set(job.only) or is_set(job.except_):
        return True
    if not is_set(job.rules):
        return job.when in ("manual", "on_failure")
    first = job.rules[0] if isinstance(job.rules, tuple) and job.rules else None
    return not (isinstance(first, Rule) and _CLAUSES.isdisjoint(vars(first)) and first.when not in ("never", "manual"))


RULE: Final = LintRule(
    id="unguarded-deploy",
    summary="Any branch or tag can deploy to the same stack, or to the same production or staging environment.",
    why=(
        "A job without `rules` runs in the pipeline of every branch and every tag. "
        "So a push to an unfinished branch deploys that branch to your users. "
        "`rules` with the default branch, a manual job or a protected environment prevents that."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/job_rules/",
    examples=[
        Example(
            bad="""
prod:
  environment: production
  script: make deploy
""",
            good="""
prod:
  environment: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: make deploy
""",
        )
    ],
    check=check,
)
