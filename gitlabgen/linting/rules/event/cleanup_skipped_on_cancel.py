"""`cleanup-skipped-on-cancel`: a job with `when: always` removes what others created, and is skipped if one of them is cancelled.

Source: https://docs.gitlab.com/ci/environments/#stopping-an-environment
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from gitlabgen.analysis.cleanups import cleanups_in, is_stopped_later
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.cancelled_jobs import jobs_before, status_after
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]

_MOST_TRIES: Final = 8


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each cleanup that certainly does not run after a cancelled job, with the first event."""
    pipeline = analysis.pipeline
    always = {job.name for job, _, rule in pipeline.rules_with("when") if rule.when == "always"}
    for cleanup in cleanups_in(pipeline):
        job = cleanup.job
        if (job.when != "always" and job.name not in always) or is_stopped_later(pipeline, job):
            continue
        name = pipeline.cell_name(job)
        view = next((view for view in analysis.started if _is_skipped(analysis, view, name)), None)
        if view is not None:
            message = f"If a job before it is cancelled {view.phrase}, `{job.name}` does not run, and {cleanup.what} stays."
            hint = either(
                "stop an environment: {} here, `on_stop` and `auto_stop_in` in the job that deploys", assignment("action", "stop")
            )
            yield RULE.finding(command_spot(cleanup.command), message, hint, facts=(cleanup.command.stack or "",))


def _is_skipped(analysis: EventAnalysis, view: EventView, name: str) -> bool:
    """Return whether a job that runs whatever happens is skipped after some cancelled job before it."""
    if not view.is_created or not view.has(name) or view.jobs[name].when != "always":
        return False
    before = islice(jobs_before(analysis, view, name), _MOST_TRIES)
    return any(status_after(view, name, other, "canceled") == "skipped" for other in before)


RULE: Final = LintRule(
    id="cleanup-skipped-on-cancel",
    summary="A job with `when: always` removes what other jobs created, and does not run after a cancelled job.",
    why=(
        "GitLab runs a job with `when: always` after a failed job, but not after a cancelled one. "
        "So the stack stays, and costs money, each time a pipeline is cancelled. "
        "The same holds for `terraform destroy` and `helm uninstall`. "
        "GitLab stops an environment when its branch is deleted, or when its `auto_stop_in` has expired."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    source="https://docs.gitlab.com/ci/environments/#stopping-an-environment",
    former_ids=("cleanup-after-failure",),
    examples=[
        Example(
            bad="""
stages: [deploy, test, clean]
create:
  stage: deploy
  environment: qa/$CI_COMMIT_REF_SLUG
  resource_group: qa/$CI_COMMIT_REF_SLUG
  script: sam deploy --stack-name qa-$CI_COMMIT_REF_SLUG --no-fail-on-empty-changeset
test:
  stage: test
  script: make test
remove:
  stage: clean
  when: always
  script: sam delete --no-prompts --stack-name qa-$CI_COMMIT_REF_SLUG
""",
            good="""
stages: [deploy, test, clean]
create:
  stage: deploy
  environment:
    name: qa/$CI_COMMIT_REF_SLUG
    on_stop: remove
    auto_stop_in: 1 day
  resource_group: qa/$CI_COMMIT_REF_SLUG
  script: sam deploy --stack-name qa-$CI_COMMIT_REF_SLUG --no-fail-on-empty-changeset
test:
  stage: test
  script: make test
remove:
  stage: clean
  when: manual
  environment:
    name: qa/$CI_COMMIT_REF_SLUG
    action: stop
  script: sam delete --no-prompts --stack-name qa-$CI_COMMIT_REF_SLUG
""",
        )
    ],
    check=check,
)
