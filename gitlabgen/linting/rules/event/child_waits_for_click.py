"""`child-waits-for-click`: a job waits for a child pipeline that waits for a click.

Source: https://docs.gitlab.com/ci/yaml/#triggerstrategy
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.event_children import StartedChild, children_in_events
from gitlabgen.linting.event_jobs import sentence
from gitlabgen.linting.event_views import EventAnalysis
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]

_HINT: Final = either("write {} in the manual job, if nothing has to wait for it", assignment("allow_failure", True))


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that waits for a child pipeline which a manual job blocks."""
    if not analysis.pipeline.jobs_with("trigger"):
        return
    for started, views in children_in_events(analysis.started, _is_blocked):
        name = started.start.seed.job.name
        text = f"`{name}` waits for a pipeline that waits for a click, so it may wait for ever."
        yield RULE.finding(spot(started.start.seed.job, ("trigger", "strategy")), sentence(views, text), _HINT)


def _is_blocked(started: StartedChild) -> bool:
    return started.trigger.strategy == "depend" and started.child.status == "manual"


RULE: Final = LintRule(
    id="child-waits-for-click",
    summary="A job waits for a child pipeline that waits for a click.",
    why=(
        "With `strategy: depend`, a trigger job ends with its child pipeline. "
        "A manual job that must not fail blocks the child pipeline until somebody plays it, so the trigger job runs on. "
        "The people who look at the parent pipeline do not see that a click is missing."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation", "files"),
    source="https://docs.gitlab.com/ci/yaml/#triggerstrategy",
    examples=[
        Example(
            bad="""
run-child:
  trigger:
    include: manual.yml
    strategy: depend
""",
            good="""
run-child:
  trigger:
    include: optional.yml
    strategy: depend
""",
            files={
                "manual.yml": """
publish:
  script: make publish
  rules:
    - when: manual
      allow_failure: false
""",
                "optional.yml": """
publish:
  script: make publish
  rules:
    - when: manual
      allow_failure: true
""",
            },
        )
    ],
    check=check,
)
