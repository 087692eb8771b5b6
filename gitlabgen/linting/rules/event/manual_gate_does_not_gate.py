"""`manual-gate-does-not-gate`: a manual job that shall hold back a deployment does not.

Source: https://docs.gitlab.com/ci/yaml/#whenmanual
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.idle_jobs import does_nothing
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each manual job without work that a deployment in a later stage does not wait for."""
    pipeline = analysis.pipeline
    gates = [job for job in pipeline.jobs_with("when") if _is_gate(job)]
    targets = [target.job for target in targets_of(pipeline)] if gates else []
    for gate in gates if targets else ():
        behind = [job for job in targets if pipeline.orders[job.name] > pipeline.orders[gate.name] >= 0]
        starts = ((view, job) for view in analysis.started for job in behind if _starts(view, gate.name, pipeline.cell_name(job)))
        found = next(starts, None)
        if found is not None:
            view, deployment = found
            message = (
                f"No one has to click `{gate.name}` {view.phrase}: the deployment `{deployment.name}` starts without it, "
                "because a job-level `when: manual` may fail."
            )
            hint = either("add {}", assignment("allow_failure", False))
            yield RULE.finding(spot(gate, ("when",)), message, hint, facts=(deployment.name,))


def _is_gate(job: BaseJob) -> bool:
    return job.when == "manual" and not is_set(job.allow_failure) and does_nothing(job)


def _starts(view: EventView, gate: str, deployment: str) -> bool:
    """Return whether a deployment certainly starts although no one clicks on the gate before it."""
    progress = view.simulation.progress
    if progress is None or not view.is_created or not view.has(gate) or not view.has(deployment):
        return False
    waits = view.jobs[gate].when == "manual" and view.jobs[gate].allow_failure is True
    return waits and view.jobs[deployment].scheduling == "stage" and progress.status_of(deployment) == "success"


RULE: Final = LintRule(
    id="manual-gate-does-not-gate",
    summary="A manual job that shall hold back a deployment does not.",
    why=(
        "`when: manual` as a keyword of the job also sets `allow_failure: true`, and the pipeline goes on without the job. "
        "So the deployment in the next stage starts at once. "
        "With `allow_failure: false` the pipeline waits for the click. "
        "The rule is about manual jobs that do no work, before a known deployment."
    ),
    severity="warning",
    confidence="likely",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#whenmanual",
    examples=[
        Example(
            bad="""
stages: [approve, deploy]
approve:
  stage: approve
  when: manual
  script: exit 0
prod:
  stage: deploy
  environment: production
  resource_group: production
  script: make deploy
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
""",
            good="""
stages: [approve, deploy]
approve:
  stage: approve
  when: manual
  allow_failure: false
  script: exit 0
prod:
  stage: deploy
  environment: production
  resource_group: production
  script: make deploy
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
""",
        )
    ],
    check=check,
)
