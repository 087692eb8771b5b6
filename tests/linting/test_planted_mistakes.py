"""Mistakes that only an event reveals, one in each small pipeline: each is found, and its message names the event."""

from __future__ import annotations

import pytest

from gitlabgen import lint, loads
from tests.resolution.test_includes import Files

PLANTED = {
    "need-missing-in-event": (
        "In a merge request pipeline",
        """
workflow: {rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}, {if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}
compile: {script: [make], rules: [{if: $CI_COMMIT_BRANCH}]}
check: {script: [make check], needs: [compile]}
""",
    ),
    "duplicate-pipelines": (
        "A push to a branch with an open merge request",
        """
check: {script: [make check], rules: [{when: always}]}
""",
    ),
    "unreachable-job": (
        "No event runs",
        """
check: {script: [make check]}
publish: {script: [make publish], rules: [{if: $CI_COMMIT_TAG && $CI_COMMIT_BRANCH}]}
""",
    ),
    "manual-gate-does-not-gate": (
        "push to the default branch",
        """
stages: [approve, deploy]
approve: {stage: approve, when: manual, script: [exit 0]}
deploy:
  stage: deploy
  environment: production
  resource_group: production
  script: [./deploy.sh]
  rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]
""",
    ),
    "child-pipeline-empty": (
        "",
        """
start: {trigger: {include: child.yml, strategy: depend}}
""",
    ),
    "on-stop-missing-in-event": (
        "In a merge request pipeline",
        """
workflow: {rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}, {if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}
show:
  script: [./show.sh]
  environment: {name: review/$CI_COMMIT_REF_SLUG, on_stop: hide}
hide:
  script: [./hide.sh]
  environment: {name: review/$CI_COMMIT_REF_SLUG, action: stop}
  rules: [{if: $CI_COMMIT_BRANCH, when: manual, allow_failure: true}]
""",
    ),
    "glob-matches-nothing": (
        "",
        """
check: {script: [make check], rules: [{if: $CI_COMMIT_BRANCH, changes: [./src/*]}]}
""",
    ),
}
FILES = Files({"child.yml": "work: {script: [make], rules: [{if: $CI_PIPELINE_SOURCE == 'push'}]}\n"})


@pytest.mark.parametrize("rule", PLANTED)
def test_planted_mistake_is_found_with_its_event(rule: str) -> None:
    """The rule finds the mistake once, and the message names the event that reveals it."""
    event, text = PLANTED[rule]
    found = [finding for finding in lint(loads(text), repository=FILES) if finding.rule == rule]
    assert len(found) == 1
    assert event in found[0].message
