"""`cleanup-not-repeated`: a job that removes what others created does not run again after a retry.

Source: https://docs.gitlab.com/ci/environments/#stopping-an-environment
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.cleanups import cleanups_in, creating_jobs, stops_environment
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.cancelled_jobs import jobs_before, status_after
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]

_RUNS_AFTER_FAILURES: Final = ("always", "on_failure")


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each cleanup that runs after a failed job, and so before somebody retries that job."""
    pipeline = analysis.pipeline
    by_rule = {job.name for job, _, rule in pipeline.rules_with("when") if rule.when in _RUNS_AFTER_FAILURES}
    for cleanup in cleanups_in(pipeline):
        job = cleanup.job
        if (job.when not in _RUNS_AFTER_FAILURES and job.name not in by_rule) or stops_environment(job):
            continue
        name = pipeline.cell_name(job)
        for view in analysis.started:
            retried = _retried(analysis, view, name)
            if retried is not None:
                start = f"If `{retried}` is retried {view.phrase}"
                message = f"{start}, `{job.name}` does not run again: what the retry creates stays."
                hint = either("stop an environment: {} here, `on_stop` in the job that deploys", assignment("action", "stop"))
                yield RULE.finding(command_spot(cleanup.command), message, hint, facts=(retried,))
                break


def _retried(analysis: EventAnalysis, view: EventView, name: str) -> str | None:
    """Return a job after whose failure the cleanup runs: one that creates something, or else the last one before the cleanup."""
    if not view.is_created or not view.has(name) or view.jobs[name].when not in _RUNS_AFTER_FAILURES:
        return None
    before = [*jobs_before(analysis, view, name)]
    creating = set(creating_jobs(analysis.pipeline))
    first = next((other for other in before if view.jobs[other].seed.job.name in creating), next(iter(before), None))
    return first if first is not None and status_after(view, name, first, "failed") == "success" else None


RULE: Final = LintRule(
    id="cleanup-not-repeated",
    summary="A job that removes what others created does not run again after a retry.",
    why=(
        "If somebody retries a job, GitLab runs only jobs again that were skipped. "
        "A cleanup with `when: always` or `when: on_failure` has run by then, and what the retried job creates stays. "
        "GitLab can stop an environment at any time, with the job that `on_stop` names."
    ),
    severity="info",
    confidence="likely",
    persona="pedantic",
    needs=("simulation",),
    source="https://docs.gitlab.com/ci/environments/#stopping-an-environment",
    examples=[
        Example(
            bad="""
stages: [deploy, clean]
create:
  stage: deploy
  script: helm install shop-$CI_PIPELINE_ID chart
remove:
  stage: clean
  when: on_failure
  script: helm uninstall shop-$CI_PIPELINE_ID
""",
            good="""
stages: [deploy, clean]
create:
  stage: deploy
  environment:
    name: qa/$CI_COMMIT_REF_SLUG
    on_stop: remove
  script: helm install shop-$CI_COMMIT_REF_SLUG chart
remove:
  stage: clean
  when: manual
  environment:
    name: qa/$CI_COMMIT_REF_SLUG
    action: stop
  script: helm uninstall shop-$CI_COMMIT_REF_SLUG
""",
        )
    ],
    check=check,
)
