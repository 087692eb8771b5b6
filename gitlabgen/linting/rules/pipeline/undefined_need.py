"""`undefined-need`: a job needs a job that is not there.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.resolution.job_expansion import cells

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need, of a job or of its rules, that no job fulfils."""
    jobs = analysis.jobs
    for job, index, name, need in analysis.needs:
        if need is not None or name not in jobs:
            yield from _check(analysis, job, ("needs", index), name, need)
    for job, place, rule in analysis.rule_needs:
        for index, name, need in needs_of(rule.needs):
            yield from _check(analysis, job, ("rules", place, "needs", index), name, need, in_rule=True)


def _check(
    analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str, need: Need | None, *, in_rule: bool = False
) -> Iterator[Finding]:
    problem = _problem(analysis, name, need, in_rule=in_rule)
    if problem is None or (need is not None and need.optional is True):
        return
    if analysis.open and analysis.job(name) is None:
        yield RULE.undecided(analysis, job, path, f"the need {name} exists")
        return
    hint, related = (problem[1], ()) if problem[1] else analysis.hint(name)
    missing = problem[0]
    message = f"`{job.name}` needs `{missing}`, which does not exist."
    gitlab = f"{job.name} job: undefined need: {missing}"
    yield RULE.finding(spot(job, path), message, hint, facts=(missing,), gitlab=gitlab, related=related)


def _problem(analysis: PipelineAnalysis, name: str, need: Need | None, *, in_rule: bool) -> tuple[str, str | None] | None:
    """Return the name that GitLab misses, with a hint."""
    if not analysis.is_known(name):
        return name, None
    if in_rule and name in analysis.children:
        return name, f"GitLab does not look for the jobs of a matrix here; name one: {analysis.children[name][0]!r}"
    if need is None or not isinstance(need.parallel, Matrix) or name not in analysis.children:
        return None
    wanted = (cell.name for cell in cells(name, need.parallel))
    missing = next((cell for cell in wanted if cell not in analysis.children[name] and not is_interpolated(cell)), None)
    return None if missing is None else (missing, "values stand in the order of the matrix of the job that is needed")


RULE: Final = LintRule(
    id="undefined-need",
    summary="A job needs a job that does not exist.",
    why=(
        "GitLab refuses the whole pipeline if a job needs one that the configuration does not have. "
        "Most often the name is misspelt, or the job was renamed. "
        "A job that only some pipelines have can be needed with `optional: true`."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    examples=[
        Example(
            bad="""
build:
  stage: build
  script: make
deploy:
  stage: deploy
  needs: [biuld]
  script: make deploy
""",
            good="""
build:
  stage: build
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
