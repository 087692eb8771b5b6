"""`empty-pipeline`: `workflow` lets an event start a pipeline, but no job runs in it.

Source: https://docs.gitlab.com/ci/yaml/#workflow
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.condition_parts import variables_in
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.event_views import EventAnalysis, EventView, phrase
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.simulation.rules import Match

__all__ = ["RULE"]


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each rule of the workflow that names an event, or allows the default branch, and has no job for it."""
    pipeline = analysis.pipeline.pipeline
    rules = getattr(pipeline.workflow, "rules", None)
    if not isinstance(rules, tuple):
        return
    allowed: dict[int, list[EventView]] = {}
    for view in analysis.started:
        outcome = None if view.simulation.workflow is None else view.simulation.workflow.outcome
        if isinstance(outcome, Match) and outcome.place is not None:
            allowed.setdefault(outcome.place, []).append(view)
    for place, views in allowed.items():
        condition = getattr(rules[place], "if_", None)
        text = condition if isinstance(condition, str) else ""
        empty = [view for view in views if _is_empty(view) and (_is_named(view, text) or _serves_nothing(view, views))]
        if empty:
            message = (
                f"{phrase(empty)} no job runs, although rule {place + 1} of `workflow` allows it: GitLab starts no pipeline."
            )
            hint = "add a job for this event, or exclude the event in `workflow`"
            gitlab = empty[0].simulation.errors[0]
            yield RULE.finding(spot(pipeline, ("workflow", "rules", place)), message, hint, facts=(empty[0].name,), gitlab=gitlab)


def _is_empty(view: EventView) -> bool:
    """Return whether the pipeline certainly has no job."""
    return all(found.reason == "filtered_by_rules" and not found.unread for found in view.variants)


def _serves_nothing(view: EventView, others: list[EventView]) -> bool:
    """Return whether an event is a push to the default branch, and the rule that allows it has jobs for no event."""
    is_default = view.event.source == "push" and view.event.branch is None and not view.event.is_tag
    return is_default and all(map(_is_empty, others))


def _is_named(view: EventView, condition: str) -> bool:
    event = view.event
    if event.is_tag:
        return "CI_COMMIT_TAG" in variables_in(condition)
    if event.is_merge_request:
        names = any(name.startswith("CI_MERGE_REQUEST_") for name in variables_in(condition))
        return names or "merge_request_event" in condition
    if event.source == "push":
        return event.branch is None and "CI_DEFAULT_BRANCH" in variables_in(condition)
    return re.search(rf"\b{event.source}\b", condition) is not None


RULE: Final = LintRule(
    id="empty-pipeline",
    summary="`workflow` lets an event start a pipeline, but no job runs in it.",
    why=(
        "GitLab creates no pipeline without jobs. "
        "A schedule then fails with an error, and after a push nothing happens at all. "
        "A rule of `workflow` that names an event says that a pipeline is expected."
    ),
    severity="warning",
    confidence="likely",
    needs=("simulation",),
    source="https://docs.gitlab.com/ci/yaml/#workflow",
    examples=[
        Example(
            bad="""
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
    - if: $CI_COMMIT_TAG
release:
  script: make release
  rules:
    - if: $CI_COMMIT_TAG
""",
            good="""
workflow:
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
    - if: $CI_COMMIT_TAG
nightly:
  script: make test
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule"
release:
  script: make release
  rules:
    - if: $CI_COMMIT_TAG
""",
        ),
    ],
    check=check,
)
