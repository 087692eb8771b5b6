"""`deploy-before-tests`: a deployment does not wait for the tests.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.event_jobs import (
    before,
    in_earlier_stages,
    is_gate,
    jobs_in_events,
    listed,
    needs_of,
    needs_path,
    sentence,
)
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["RULE"]

_HINT: Final = "add a test to `needs`, or remove `needs`"
_TESTS: Final = re.compile(r"(?<![a-z])(?:test(?:s|ing)?|unit-?tests?|pytest|spec|e2e)(?![a-z])", re.IGNORECASE)


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment with needs that leave all tests of earlier stages behind."""
    pipeline = analysis.pipeline
    if not pipeline.jobs_with("needs") and not pipeline.rule_needs:
        return
    deployments = {target.job.name for target in targets_of(pipeline)}
    for found in jobs_in_events(
        analysis.started,
        lambda view, job: needs_path(job) if job.seed.job.name in deployments and _left(view, job) else None,
    ):
        needs, tests = needs_of(found.first), _left(found.views[0], found.first)
        needed = f"only {listed(needs)}" if needs else "no job"
        left = f"the test `{tests[0]}`" if len(tests) == 1 else f"the {len(tests)} tests"
        message = sentence(found.views, f"`{found.job.name}` needs {needed}, so it does not wait for {left}.")
        yield RULE.finding(spot(found.job, needs_path(found.first)), message, _HINT)


def _left(view: EventView, job: SimulatedJob) -> list[str]:
    """Return the names of the tests of earlier stages, if a job has needs and none of these reaches a test."""
    if needs_of(job) is None:
        return []
    tests = [other.name for other in in_earlier_stages(view, job) if _is_test(other)]
    return tests if tests and _reached(view, job).isdisjoint(tests) else []


def _is_test(job: SimulatedJob) -> bool:
    if getattr(job.seed.job, "environment", None) is not None:
        return False
    return is_gate(job) and (_TESTS.search(job.stage) or _TESTS.search(job.name)) is not None


def _reached(view: EventView, job: SimulatedJob) -> set[str]:
    """Return the names of all jobs that must end before a job."""
    reached: set[str] = set()
    new = [job]
    while new:
        new = [other for reaching in new for other in before(view, reaching) if other.name not in reached]
        reached |= {other.name for other in new}
    return reached


RULE: Final = LintRule(
    id="deploy-before-tests",
    summary="A deployment needs some jobs, but none of the tests.",
    why=(
        "A job with `needs` starts as soon as these jobs have ended, and does not wait for the stages before. "
        "A deployment that needs only the build is live before the tests have failed. "
        "Without `needs`, it waits for all jobs of earlier stages."
    ),
    severity="info",
    confidence="opinion",
    persona="pedantic",
    needs=("simulation",),
    source="https://docs.gitlab.com/ci/yaml/#needs",
    examples=[
        Example(
            bad="""
build:
  stage: build
  script: make
test:
  stage: test
  script: make test
prod:
  stage: deploy
  script: make deploy
  environment: production
  resource_group: production
  needs: [build]
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
""",
            good="""
build:
  stage: build
  script: make
test:
  stage: test
  script: make test
prod:
  stage: deploy
  script: make deploy
  environment: production
  resource_group: production
  needs: [build, test]
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
""",
        )
    ],
    check=check,
)
