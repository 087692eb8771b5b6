"""`blocking-manual-job`: a pipeline stays blocked until somebody plays a manual job.

Source: https://docs.gitlab.com/ci/yaml/#when
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.event_jobs import jobs_in_events, place_of_rule, sentence
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["RULE"]

_ALLOWED: Final = assignment("allow_failure", True)
_HINT: Final = either("add {} to the rule; to block on purpose, write {}", _ALLOWED, assignment("allow_failure", False))


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each rule that makes a job manual and does not say whether the pipeline waits for it."""
    if not analysis.pipeline.rules_with("when"):
        return
    for job, index, views in jobs_in_events(analysis.started, _blocking_rule):
        message = sentence(views, f"the pipeline stays *blocked* until somebody plays `{job.name}`.")
        yield RULE.finding(spot(job, ("rules", index, "when")), message, _HINT)  # type: ignore[arg-type]


def _blocking_rule(view: EventView, job: SimulatedJob) -> int | None:
    del view
    written = job.seed.job
    if job.when != "manual" or job.allow_failure is not False or is_set(written.allow_failure):
        return None
    # Another rule is about stop jobs.
    if getattr(written.environment, "action", None) == "stop" or any(rule and is_set(rule.allow_failure) for rule in job.rules):
        return None
    return place_of_rule(job)


RULE: Final = LintRule(
    id="blocking-manual-job",
    summary="A pipeline stays blocked until somebody plays a manual job.",
    why=(
        "A rule with `when: manual` makes the job block the pipeline, while `when: manual` in the job itself does not. "
        "Until somebody plays the job, no later stage starts, and the pipeline does not end. "
        "`allow_failure` says which of the two is meant."
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
publish:
  script: make publish
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
""",
            good="""
publish:
  script: make publish
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
      allow_failure: true
""",
        )
    ],
    check=check,
)
