"""`invalid-on-stop`: the job that is to stop an environment cannot do so.

Source: https://docs.gitlab.com/ci/yaml/#environmenton_stop
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.environment import Environment
from gitlabgen.linting.rule import LintRule
from gitlabgen.modeling.kinds import is_interpolated

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `on_stop` job that is absent, or does not stop the same environment."""
    for job in analysis.having("environment"):
        environment = job.environment
        if not isinstance(environment, Environment) or not isinstance(environment.on_stop, str):
            continue
        name = environment.on_stop
        if is_interpolated(name):
            continue
        stopper = None if name in analysis.children else analysis.jobs.get(name)
        if stopper is None and analysis.open:
            yield RULE.undecided(analysis, job, ("environment", "on_stop"), f"the on_stop job {name} exists")
            continue
        problem = _problem(environment, stopper)
        if problem is None:
            continue
        hint, related = analysis.hint(name) if stopper is None else (None, ())
        if name in analysis.children:
            hint, related = "a job with `parallel` cannot stop an environment", ()
        message = f"{job.name} job: on_stop job {name} {problem}"
        yield RULE.finding(spot(job, ("environment", "on_stop")), message, hint, related=related)


def _problem(environment: Environment, stopper: BaseJob | None) -> str | None:
    if stopper is None:
        return "is not defined"
    stopped = stopper.environment
    if stopped is None:
        return "does not have environment defined"
    name = stopped.name if isinstance(stopped, Environment) else stopped
    if name != environment.name:
        return "have different environment name"
    if getattr(stopped, "action", None) != "stop":
        return "needs to have action stop defined"
    return None


RULE: Final = LintRule(
    id="invalid-on-stop",
    summary="an `on_stop` job that is absent, has another environment, or does not stop it",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#environmenton_stop",
    examples=(),
    check=check,
)
