"""`waits-behind-optional-click`: a job is skipped until somebody plays a manual job that nothing else waits for.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.event_jobs import jobs_in_events, listed, needs_of, needs_path, sentence
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.simulation.simulated_jobs import SimulatedJob

__all__ = ["RULE"]

_HINT: Final = "let the needed job start without a click, or make this job manual, too"


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that needs an optional manual job."""
    if not analysis.pipeline.jobs_with("needs") and not analysis.pipeline.rule_needs:
        return
    for found in jobs_in_events(analysis.started, lambda view, job: needs_path(job) if _awaited(view, job) else None):
        names = listed(_awaited(found.views[0], found.first))
        message = sentence(found.views, f"`{found.job.name}` is skipped until somebody plays {names}.")
        yield RULE.finding(spot(found.job, needs_path(found.first)), message, _HINT, facts=(names,))


def _awaited(view: EventView, job: SimulatedJob) -> list[str]:
    """Return the names of the optional manual jobs that a job needs."""
    if job.when not in ("on_success", "manual", "delayed"):
        return []
    return [name for name in needs_of(job) or () if _is_optional_click(view.jobs.get(name))]


def _is_optional_click(job: SimulatedJob | None) -> bool:
    return job is not None and job.presence is True and job.when == "manual" and job.allow_failure is True


RULE: Final = LintRule(
    id="waits-behind-optional-click",
    summary="A job needs a manual job that the pipeline does not wait for.",
    why=(
        "The pipeline does not wait for a manual job that may fail, so it ends without it. "
        "A job that needs such a job is skipped until somebody plays the manual one. "
        "A skipped test does not make the pipeline fail."
    ),
    severity="info",
    confidence="opinion",
    persona="pedantic",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    examples=[
        Example(
            bad="""
container:
  stage: build
  script: make image
  when: manual
test:
  script: make test
  needs: [container]
""",
            good="""
container:
  stage: build
  script: make image
test:
  script: make test
  needs: [container]
""",
        )
    ],
    check=check,
)
