"""`always-despite-failure`: `when: always` in a rule runs a job even after failed jobs.

Source: https://docs.gitlab.com/ci/yaml/#when
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import cleanups_of, targets_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, Severity
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.event_jobs import JobInEvents, before, is_gate, jobs_in_events, place_of_rule, sentence
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["RULE"]

_HINT: Final = either("write {}", assignment("when", "on_success"))


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each rule with `when: always` in a job that certainly waits for others, except for deployments."""
    deployments = _deployments(analysis)
    cleanups = {command.job.name for command in cleanups_of(analysis.pipeline)}
    for found in _always(analysis):
        if found.job.name not in deployments | cleanups and not _stops(found.job):
            yield _finding(found, "info")


def check_deployments(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each rule with `when: always` in a job that is known to deploy."""
    deployments = _deployments(analysis) if analysis.pipeline.rules_with("when") else frozenset()
    for found in _always(analysis) if deployments else ():
        if found.job.name in deployments:
            yield _finding(found, "warning")


def _finding(found: JobInEvents, severity: Severity) -> Finding:
    view, first = found.views[0], found.first
    failed = next(other.seed.job.name for other in before(view, first) if is_gate(other))
    text = f"`when: always` in a rule runs `{found.job.name}` even after failed jobs, such as `{failed}`."
    where = spot(found.job, ("rules", found.found, "when"))  # type: ignore[arg-type]
    return RULE.finding(where, sentence(found.views, text), _HINT, severity=severity)


def _deployments(analysis: EventAnalysis) -> frozenset[str]:
    return frozenset(target.job.name for target in targets_of(analysis.pipeline))


def _stops(job: BaseJob) -> bool:
    return getattr(job.environment, "action", None) == "stop"


def _always(analysis: EventAnalysis) -> Iterator[JobInEvents]:
    return jobs_in_events(analysis.started, _rule_with_always) if analysis.pipeline.rules_with("when") else iter(())


def _rule_with_always(view: EventView, job: SimulatedJob) -> int | None:
    if job.when != "always" or not all(rule is not None and is_set(rule.when) for rule in job.rules):
        return None
    return place_of_rule(job) if any(map(is_gate, before(view, job))) else None


RULE: Final = LintRule(
    id="always-despite-failure",
    summary="`when: always` in a rule runs a job even after failed jobs.",
    why=(
        "In a rule, `when: always` does not mean that the rule always matches, but that the job does not care for failures. "
        "So it also runs after failed tests, and publishes or deploys what they rejected. "
        "Without `when`, a matching rule lets the job run if all jobs before it have succeeded. "
        "For known deployments the finding is a warning, which every persona gets."
    ),
    severity="info",
    confidence="opinion",
    persona="pedantic",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#when",
    examples=[
        Example(
            bad="""
test:
  script: make test
upload:
  stage: deploy
  script: make upload
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: always
""",
            good="""
test:
  script: make test
upload:
  stage: deploy
  script: make upload
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: on_success
""",
        ),
        Example(
            bad="""
test:
  script: make test
prod:
  stage: deploy
  script: make deploy
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: always
""",
            good="""
test:
  script: make test
prod:
  stage: deploy
  script: make deploy
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
""",
        ),
    ],
    check=check,
    default_check=check_deployments,
)
