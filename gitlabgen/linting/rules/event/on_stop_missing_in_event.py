"""`on-stop-missing-in-event`: for an event, a job starts an environment, but the job that stops it does not exist.

Source: https://docs.gitlab.com/ci/environments/#stopping-an-environment
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.environment import Environment
from gitlabgen.linting.event_views import EventAnalysis, phrase
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that starts an environment, with the events that certainly lack the job in `on_stop`."""
    pipeline = analysis.pipeline
    if not analysis.is_conditional:
        return
    for job in pipeline.jobs_with("environment"):
        stop = job.environment.on_stop if isinstance(job.environment, Environment) else None
        if not isinstance(stop, str) or stop not in pipeline.jobs:
            continue
        name = pipeline.cell_name(job)
        views = [view for view in analysis.started if view.has(name) and view.lacks(stop)]
        if views:
            message = f"{phrase(views)} `{job.name}` starts an environment, but its stop job `{stop}` does not exist."
            yield RULE.finding(spot(job, ("environment", "on_stop")), message, "give both jobs the same rules", facts=(stop,))


RULE: Final = LintRule(
    id="on-stop-missing-in-event",
    summary="For an event, a job starts an environment, but the job that stops it does not exist.",
    why=(
        "GitLab stops an environment with the stop job of the pipeline that started it. "
        "If the rules of the stop job exclude it from that pipeline, there is nothing to run: "
        "the environment counts as stopped after its branch is deleted, and what was deployed stays."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/environments/#stopping-an-environment",
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
