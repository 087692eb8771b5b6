"""`changes-always-true`: in tag and scheduled pipelines, `changes` always holds.

Source: https://docs.gitlab.com/ci/yaml/#ruleschanges
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, Severity
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.only import Only
from gitlabgen.gitlab.rules import Changes
from gitlabgen.gitlab.trigger import TriggerJob
from gitlabgen.linting.event_views import EventAnalysis, EventView, phrase
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.simulation.rules import Match, first_match

__all__ = ["RULE"]

_SOURCES: Final = ("push", "tag", "schedule")
"""The events that no one asks for, so that a job that always runs may be a surprise."""

_PUBLISHES: Final = re.compile(
    r"\b(?:(?:docker|podman|buildah|helm|crane|skopeo) (?:push|copy)|(?:npm|yarn|cargo|poetry|uv|gradle) publish|twine upload)\b"
)


class _Clause(NamedTuple):
    """A `changes` of a job.

    Args:
        job: The job.
        path: The path to the clause.
    """

    job: BaseJob
    path: tuple[str | int, ...]


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `changes` that alone decides about a job in an event for which GitLab compares nothing."""
    pipeline = analysis.pipeline
    clauses = [*_clauses(pipeline)]
    if not clauses:
        return
    views = [view for view in analysis.started if _compares_nothing(view)]
    for clause in clauses:
        name = pipeline.cell_name(clause.job)
        for runs in (True, False):
            found = [view for view in views if _decides(view, name, clause, runs=runs)]
            if any(view.event.source != "schedule" or _has_schedules(analysis) for view in found):
                yield _finding(pipeline, clause, found, runs=runs)


def _clauses(pipeline: PipelineAnalysis) -> Iterator[_Clause]:
    for job, index, rule in pipeline.rules_with("changes"):
        if not (isinstance(rule.changes, Changes) and is_set(rule.changes.compare_to)):
            yield _Clause(job, ("rules", index, "changes"))
    for job in pipeline.jobs_with("only"):
        if isinstance(job.only, Only) and is_set(job.only.changes):
            yield _Clause(job, ("only", "changes"))


def _compares_nothing(view: EventView) -> bool:
    event = view.event
    return event.source in _SOURCES and not event.has_diff


def _has_schedules(analysis: EventAnalysis) -> bool:
    """Return whether a condition or an own event says that the project has schedules: many projects have none."""
    own = any(view.event.source == "schedule" and not view.is_standard for view in analysis.views)
    conditions = (condition.text for condition in analysis.pipeline.variable_facts.conditions)
    return own or any("schedule" in text.lower() for text in conditions)


def _decides(view: EventView, name: str, clause: _Clause, *, runs: bool) -> bool:
    """Return whether a job certainly runs, or certainly does not, only because the clause holds."""
    if not (view.has(name) if runs else view.lacks(name)):
        return False
    if clause.path[0] == "only":
        return runs
    job: Any = view.jobs[name] if runs else view.simulation.absent[name]
    rules = job.seed.job.rules
    outcome = first_match(rules, job.scope) if isinstance(rules, tuple) else None
    if not isinstance(outcome, Match) or outcome.place != clause.path[1]:
        return False
    otherwise = first_match(rules[outcome.place + 1 :], job.scope)
    return isinstance(otherwise, Match) and otherwise.is_present is not runs


def _finding(pipeline: PipelineAnalysis, clause: _Clause, views: list[EventView], *, runs: bool) -> Finding:
    job = clause.job
    is_manual = runs and views[0].jobs[pipeline.cell_name(job)].when == "manual"
    then = "always waits for a click" if is_manual else "always runs" if runs else "never runs"
    severity: Severity = "warning" if runs and _has_effects(pipeline, job) else "info"
    message = f"{phrase(views)} `changes` always holds, so `{job.name}` {then} there."
    hint = 'add `if: $CI_PIPELINE_SOURCE == "merge_request_event"`, or another `if` that excludes these events'
    return RULE.finding(spot(job, clause.path), message, hint, severity=severity)


def _has_effects(pipeline: PipelineAnalysis, job: BaseJob) -> bool:
    """Return whether a job deploys, publishes or triggers something."""
    if isinstance(job, TriggerJob) or is_set(getattr(job, "release", None)) or is_set(getattr(job, "pages", None)):
        return True
    environment = job.environment
    if is_set(environment) and getattr(environment, "action", None) in (None, "start"):
        return True
    deploys = any(command.job.name == job.name for command in pipeline.deployments)
    return deploys or job.name == "pages" or _PUBLISHES.search(repr(getattr(job, "script", ""))) is not None


RULE: Final = LintRule(
    id="changes-always-true",
    summary="In tag and scheduled pipelines, `changes` always holds.",
    why=(
        "GitLab compares commits for merge requests, and for pushes to branches that exist. "
        "For tags, schedules and others it compares nothing, and takes `changes` as true. "
        "So a job that should run only if some files have changed always runs there."
    ),
    severity="info",
    confidence="certain",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#ruleschanges",
    examples=[
        Example(
            bad="""
push-image:
  script: docker push "$CI_REGISTRY_IMAGE"
  rules:
    - changes: [Dockerfile]
""",
            good="""
push-image:
  script: docker push "$CI_REGISTRY_IMAGE"
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      changes: [Dockerfile]
""",
        ),
    ],
    check=check,
)
