"""`too-many-needs`: a job needs more jobs than GitLab allows.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each list of needs that is too long, counting each job of a matrix."""
    for job in analysis.jobs_with("needs"):
        # Most jobs have few needs; skip the call for these.
        if type(job.needs) is tuple and (analysis.children or len(job.needs) > analysis.limits.needs):
            yield from _check(analysis, job, job.needs, ("needs",))
    for job, index, rule in analysis.rule_needs:
        yield from _check(analysis, job, rule.needs, ("rules", index, "needs"))


def _check(analysis: PipelineAnalysis, job: BaseJob, needs: Any, path: tuple[str | int, ...]) -> Iterator[Finding]:
    count = sum(
        1 if need is not None and need.parallel else len(analysis.children.get(name, (name,)))
        for _, name, need in needs_of(needs)
    )
    most = analysis.limits.needs
    if count > most:
        message = f"`{job.name}` needs {count} jobs, but GitLab allows only {most} (an administrator can change that)."
        gitlab = (
            f"{job.name}: one job can only need {most} others, but you have listed {count}. "
            "See needs keyword documentation for more details"
        )
        hint = "remove `needs`: without it the job waits for all earlier stages"
        yield RULE.finding(spot(job, path), message, hint, gitlab=gitlab)


RULE: Final = LintRule(
    id="too-many-needs",
    summary="A job needs more than 50 jobs.",
    why=(
        "GitLab rejects the whole pipeline if a job needs more than 50 jobs. "
        "A need on a job with `parallel` counts once for each of its jobs. "
        "A GitLab administrator can change the limit, which `[tool.gitlabgen.limits]` in pyproject.toml then states. "
        "A job without `needs` waits for all jobs of earlier stages, however many there are."
    ),
    severity="error",
    confidence="certain",
    limit="needs",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    examples=[
        Example(
            bad="""
build:
  stage: build
  parallel: 51
  script: make
deploy:
  stage: deploy
  needs: [build]
  script: make deploy
""",
            good="""
build:
  stage: build
  parallel: 50
  script: make
deploy:
  stage: deploy
  needs: [build]
  script: make deploy
""",
        )
    ],
    check=check,
)
