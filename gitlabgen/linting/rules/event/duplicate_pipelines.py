"""`duplicate-pipelines`: one push can start two pipelines.

Source: https://docs.gitlab.com/ci/jobs/job_rules/#avoid-duplicate-pipelines
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.spots import Spot, spot
from gitlabgen.errors import Finding
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["RULE"]

_FILTER: Final = Spelling(
    python="add Workflow(rules=[Rule('$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS', when='never'), Rule(when='always')])",
    yaml="add `workflow:rules` with `if: $CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS` and `when: never`",
)
_WITHOUT: Final = "; if the project has no merge requests on GitLab, lint with --events push,tag,schedule"
_HINT: Final = Spelling(python=_FILTER.python + _WITHOUT, yaml=_FILTER.yaml + _WITHOUT)


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield one finding if a push to a branch and its merge request certainly start pipelines with some of the same jobs."""
    if not analysis.is_conditional:
        return  # without rules, jobs run for branches and tags only
    pushes = [view for view in analysis.started if view.event.source == "push" and view.event.open_merge_request]
    requests = [view for view in analysis.started if view.event.source == "merge_request_event"]
    for push in pushes:
        for request in requests:
            jobs = _shared(push, request)
            if jobs:
                yield _finding(analysis, push, jobs)
                return


def _shared(push: EventView, request: EventView) -> list[SimulatedJob]:
    if push.event.branch != request.event.branch or not (push.is_created and request.is_created):
        return []
    return [job for name, job in push.jobs.items() if job.presence is True and request.has(name)]


def _finding(analysis: EventAnalysis, push: EventView, jobs: list[SimulatedJob]) -> Finding:
    same = f"the same {len(jobs)} jobs" if len(jobs) > 1 else f"the same job, `{jobs[0].name}`"
    message = f"A push to a branch with an open merge request starts two pipelines with {same}."
    warned = next(iter(push.simulation.warnings), None)
    gitlab = warned and warned.partition(" - read more")[0]
    return RULE.finding(_place(analysis, jobs[0]), message, _HINT, gitlab=gitlab)


def _place(analysis: EventAnalysis, first: SimulatedJob) -> Spot:
    pipeline, job = analysis.pipeline.pipeline, first.seed.job
    if getattr(pipeline.workflow, "rules", None) is not None:
        return spot(pipeline, ("workflow", "rules"))
    return spot(job, ("rules",) if job.rules else ())


RULE: Final = LintRule(
    id="duplicate-pipelines",
    summary="A push to a branch with an open merge request starts two pipelines that run the same jobs.",
    why=(
        "A push to a branch with an open merge request can start a pipeline for the branch and one for the merge request. "
        "A job whose rules match in both runs twice, so it uses twice the compute time, and the two can disturb each other. "
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
