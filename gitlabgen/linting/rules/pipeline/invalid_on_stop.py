"""`invalid-on-stop`: the job in `environment:on_stop` cannot stop the environment.

Source: https://docs.gitlab.com/ci/yaml/#environmenton_stop
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.environment import Environment
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.spellings import Hint, assignment, either

__all__ = ["RULE"]


class _Problem(NamedTuple):
    """The reason why a job cannot stop an environment.

    Args:
        problem: The end of the message.
        gitlab: The end of GitLab's message.
        hint: How to fix it; None to suggest a similar name.
    """

    problem: str
    gitlab: str
    hint: Hint | None = None


_ABSENT: Final = _Problem("which does not exist", "is not defined")
_PARALLEL: Final = _Problem(
    "but a job with `parallel` cannot stop an environment", "is not defined", "name a job without `parallel`"
)
_NO_ENVIRONMENT: Final = _Problem(
    "which has no `environment`",
    "does not have environment defined",
    either("give the stop job the same environment, with {}", assignment("action", "stop")),
)
_OTHER_ENVIRONMENT: Final = _Problem(
    "which has a different environment",
    "have different environment name",
    "give both jobs the same environment name",
)
_NO_STOP: Final = _Problem(
    "which does not stop the environment",
    "needs to have action stop defined",
    either("add {} to the environment of the stop job", assignment("action", "stop")),
)


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `on_stop` job that does not exist, or does not stop the same environment."""
    path = ("environment", "on_stop")
    for job in analysis.jobs_with("environment"):
        environment = job.environment
        if not isinstance(environment, Environment) or not isinstance(environment.on_stop, str):
            continue
        name = environment.on_stop
        stop_job = None if name in analysis.children else analysis.jobs.get(name)
        because = analysis.undecided_name(name) if stop_job is None else None
        if because:
            near = analysis.misspelt(name, analysis.jobs)
            yield RULE.undecided(analysis, job, path, f"the on_stop job `{name}` exists", because, near)
            continue
        if stop_job is None and name not in analysis.children and analysis.is_known(name):
            continue
        found = _PARALLEL if name in analysis.children else _problem(environment, stop_job)
        if found is None or (stop_job is not None and not analysis.resolution.incomplete.isdisjoint((name, job.name))):
            continue
        hint, related = analysis.hint(name) if found is _ABSENT else (found.hint, ())
        message = f"`{job.name}` names the stop job `{name}`, {found.problem}."
        gitlab = f"{job.name} job: on_stop job {name} {found.gitlab}"
        yield RULE.finding(spot(job, path), message, hint, facts=(name,), gitlab=gitlab, related=related)


def _problem(environment: Environment, stop_job: BaseJob | None) -> _Problem | None:
    """Return why a job cannot stop an environment; None if it can."""
    if stop_job is None:
        return _ABSENT
    stopped = stop_job.environment
    if stopped is None:
        return _NO_ENVIRONMENT
    name = stopped.name if isinstance(stopped, Environment) else stopped
    if name != environment.name:
        if any(isinstance(text, str) and is_interpolated(text) for text in (name, environment.name)):
            return None
        return _OTHER_ENVIRONMENT
    return None if getattr(stopped, "action", None) == "stop" else _NO_STOP


RULE: Final = LintRule(
    id="invalid-on-stop",
    summary="The job in `environment:on_stop` does not exist, has a different environment, or does not stop it.",
    why=(
        "GitLab starts the job in `on_stop` to remove what a deployment created, for example after a branch is deleted. "
        "That job must have the same environment name and `action: stop`. "
        "Otherwise GitLab rejects the whole pipeline. "
        "A job with `parallel` becomes several jobs with different names, so it cannot be a stop job."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#environmenton_stop",
    examples=[
        Example(
            bad="""
deploy:
  environment:
    name: review/$CI_COMMIT_REF_SLUG
    on_stop: stop
  script: make deploy
stop:
  when: manual
  environment: qa
  script: make remove
""",
            good="""
deploy:
  environment:
    name: review/$CI_COMMIT_REF_SLUG
    on_stop: stop
  script: make deploy
stop:
  when: manual
  environment:
    name: review/$CI_COMMIT_REF_SLUG
    action: stop
  script: make remove
""",
        )
    ],
    check=check,
)
