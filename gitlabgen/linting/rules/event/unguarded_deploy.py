"""`unguarded-deploy`: a push to any branch deploys to the same stack or environment.

Source: https://docs.gitlab.com/ci/jobs/job_rules/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.commands import SCRIPTS
from gitlabgen.analysis.deployments import DeploymentTarget, targets_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.event_views import EventAnalysis, EventView
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling
from gitlabgen.simulation.events import event_with
from gitlabgen.simulation.refs import name_matches
from gitlabgen.simulation.scopes import environment_name

__all__ = ["RULE"]

_HINT: Final = Spelling(
    python="add `rules=[Rule('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH')]`",
    yaml="add `rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]`",
)
_OWN_RULES: Final = "let a rule of the job match only `$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH`"
_POLICY: Final = "let the job run on the default branch only, with rules in place of only and except"
_ANY_BRANCH: Final = "any-branch"
"""A branch whose name no condition means."""


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys after a push to any branch, or for any merge request, without a click."""
    targets = [target for target in targets_of(analysis.pipeline) if target.is_shared and not _is_protected(analysis, target)]
    if not targets:
        return
    views = [view for view in analysis.started if _is_of_any_branch(view)]
    others = [analysis.simulate(view.name, event_with(view.event, branch=_ANY_BRANCH)) for view in views]
    for target in targets:
        name = analysis.pipeline.cell_name(target.job)
        found = [view for view, other in zip(views, others, strict=True) if _deploys(view, target, name) and other.has(name)]
        if found:
            message = f"{_events(found)} deploys to {target.description}: nothing keeps `{target.job.name}` from running."
            hint = _hint(target.job)
            yield RULE.finding(spot(target.job, target.path), message, hint, facts=(target.name,))


def _hint(job: BaseJob) -> str | Spelling:
    if job.rules is not None:
        return _OWN_RULES
    return _POLICY if job.only is not None or job.except_ is not None else _HINT


def _is_protected(analysis: EventAnalysis, target: DeploymentTarget) -> bool:
    """Return whether GitLab lets only some people deploy to the environment."""
    environment = environment_name(target.job.environment)
    patterns = None if analysis.project is None else analysis.project.protected_environments
    return environment is not None and patterns is not None and name_matches(environment, patterns)


def _is_of_any_branch(view: EventView) -> bool:
    """Return whether the event is a push to a branch other than the default branch, or a merge request."""
    event = view.event
    return event.is_merge_request or (event.source == "push" and event.branch is not None and not event.is_tag)


def _deploys(view: EventView, target: DeploymentTarget, name: str) -> bool:
    """Return whether a job certainly runs without a click if all before it succeed, and with its usual variables."""
    progress = view.simulation.progress
    if not view.has(name) or progress is None or progress.status_of(name) != "success":
        return False
    job = view.jobs[name]
    rules = [rule.variables for rule in job.rules if rule is not None and isinstance(rule.variables, Mapping)]
    own = {*view.simulation.workflow_variables, *(key for variables in rules for key in variables)}
    text = repr([target.job.environment, *(getattr(target.job, keyword, None) for keyword in SCRIPTS)])
    return not any(key in text for key in own)


def _events(views: list[EventView]) -> str:
    pushes = any(not view.event.is_merge_request for view in views)
    requests = any(view.event.is_merge_request for view in views)
    return " or ".join([*(["a push to any branch"] if pushes else []), *(["a merge request"] if requests else [])]).capitalize()


RULE: Final = LintRule(
    id="unguarded-deploy",
    summary="A push to any branch deploys to the same stack, or to the same production or staging environment.",
    why=(
        "A job without `rules` runs in the pipeline of every branch. "
        "So a push to an unfinished branch deploys that branch to your users. "
        "`rules` with the default branch, a manual job or a protected environment prevents that."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/job_rules/",
    examples=[
        Example(
            bad="""
prod:
  environment: production
  resource_group: production
  script: make deploy
""",
            good="""
prod:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: make deploy
""",
        )
    ],
    check=check,
)
