"""`cleanup-not-repeated`: a job that removes what others created does not run again after a retry.

Source: https://docs.gitlab.com/ci/environments/#stopping-an-environment
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.cleanups import cleanups_in, creating_jobs, stops_environment
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.certain_jobs import CertainJobs, certain_pipelines
from gitlabgen.linting.event_views import EventAnalysis
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]

_RUNS_AFTER_FAILURES: Final = ("always", "on_failure")


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each cleanup that runs after a failed job, and so before somebody retries that job."""
    pipeline = analysis.pipeline
    by_rule = {job.name for job, _, rule in pipeline.rules_with("when") if rule.when in _RUNS_AFTER_FAILURES}
    found = (cleanup for cleanup in cleanups_in(pipeline) if not stops_environment(cleanup.job))
    cleanups = [cleanup for cleanup in found if cleanup.job.when in _RUNS_AFTER_FAILURES or cleanup.job.name in by_rule]
    pipelines = certain_pipelines(analysis) if cleanups else []
    creating = frozenset(creating_jobs(pipeline) if cleanups else ())
    for cleanup in cleanups:
        name = pipeline.cell_name(cleanup.job)
        retries = ((certain.view.phrase, retried) for certain in pipelines if (retried := _retried(certain, name, creating)))
        event, retried = next(retries, (None, None))
        if event is not None:
            start = f"If `{retried}` is retried {event}"
            message = f"{start}, `{cleanup.job.name}` does not run again: what the retry creates stays."
            hint = either("stop an environment: {} here, `on_stop` in the job that deploys", assignment("action", "stop"))
            yield RULE.finding(command_spot(cleanup.command), message, hint, facts=(str(retried),))


def _retried(certain: CertainJobs, name: str, creating: frozenset[str]) -> str | None:
    """Return a job after whose failure the cleanup runs: one that creates something, or else the last one before the cleanup."""
    if name not in certain.jobs or certain.jobs[name].when not in _RUNS_AFTER_FAILURES:
        return None
    before = [*certain.before(name)]
    first = next((other for other in before if certain.jobs[other].seed.job.name in creating), next(iter(before), None))
    return first if first is not None and certain.status_after(name, first, "failed") == "success" else None


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
