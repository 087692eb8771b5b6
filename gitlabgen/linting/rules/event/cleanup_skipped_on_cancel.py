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
from gitlabgen.linting.certain_jobs import CertainJobs, certain_pipelines
from gitlabgen.linting.event_views import EventAnalysis
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]

_MOST_TRIES: Final = 8


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each cleanup that certainly does not run after a cancelled job, with the first event."""
    pipeline = analysis.pipeline
    always = {job.name for job, _, rule in pipeline.rules_with("when") if rule.when == "always"}
    found = [cleanup for cleanup in cleanups_in(pipeline) if cleanup.job.when == "always" or cleanup.job.name in always]
    cleanups = [cleanup for cleanup in found if not is_stopped_later(pipeline, cleanup.job)]
    pipelines = certain_pipelines(analysis) if cleanups else []
    for cleanup in cleanups:
        name = pipeline.cell_name(cleanup.job)
        event = next((certain.view.phrase for certain in pipelines if _is_skipped(certain, name)), None)
        if event is not None:
            message = f"If a job before it is cancelled {event}, `{cleanup.job.name}` does not run, and {cleanup.what} stays."
            hint = either(
                "stop an environment: {} here, `on_stop` and `auto_stop_in` in the job that deploys", assignment("action", "stop")
            )
            yield RULE.finding(command_spot(cleanup.command), message, hint, facts=(cleanup.command.stack or "",))


def _is_skipped(certain: CertainJobs, name: str) -> bool:
    """Return whether a job that runs whatever happens is skipped after some cancelled job before it."""
    if name not in certain.jobs or certain.jobs[name].when != "always":
        return False
    before = islice(certain.before(name), _MOST_TRIES)
    return any(certain.status_after(name, other, "canceled") == "skipped" for other in before)


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
