"""`undefined-need`: a job needs a job, or uses artifacts of a job, that does not exist.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from gitlabgen.analysis.pipelines import PipelineAnalysis, dependencies_of, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.resolution.job_expansion import cells

__all__ = ["RULE"]


class _Missing(NamedTuple):
    """A name that GitLab does not find.

    Args:
        name: The name.
        problem: The end of the message.
        hint: How to fix it; None to suggest a similar name.
    """

    name: str
    problem: str = "which does not exist"
    hint: str | None = None


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need of a job or of its rules, and for each dependency, that names no job."""
    jobs = analysis.jobs
    for job, index, name, need in analysis.needs:
        if need is not None or name not in jobs:
            yield from _need(analysis, job, ("needs", index), name, need)
    for job, number, rule in analysis.rule_needs:
        for index, name, need in needs_of(rule.needs):
            yield from _need(analysis, job, ("rules", number, "needs", index), name, need, in_rule=True)
    for job, path, name in dependencies_of(analysis):
        yield from _dependency(analysis, job, path, name)


def _need(
    analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str, need: Need | None, *, in_rule: bool = False
) -> Iterator[Finding]:
    missing = _missing(analysis, name, need, in_rule=in_rule)
    if missing is None or (need is not None and need.optional is True):
        return
    if analysis.unknown and analysis.job(name) is None:
        yield RULE.undecided(analysis, job, path, f"the need `{name}` exists", analysis.misspelt(name, analysis.jobs))
        return
    hint, related = (missing.hint, ()) if missing.hint else analysis.hint(name)
    message = f"`{job.name}` needs `{missing.name}`, {missing.problem}."
    gitlab = f"{job.name} job: undefined need: {missing.name}"
    yield RULE.finding(spot(job, path), message, hint, facts=(missing.name,), gitlab=gitlab, related=related)


def _missing(analysis: PipelineAnalysis, name: str, need: Need | None, *, in_rule: bool) -> _Missing | None:
    """Return a name that GitLab does not find; None if it finds all names."""
    if not analysis.is_known(name):
        return _Missing(name)
    if in_rule and name in analysis.children:
        hint = f"write the name of one of its jobs: `{analysis.children[name][0]}`"
        return _Missing(name, "but `needs` in a rule cannot name a job with `parallel`", hint)
    if need is None or not isinstance(need.parallel, Matrix) or name not in analysis.children:
        return None
    requested = (cell.name for cell in cells(name, need.parallel))
    missing = next((cell for cell in requested if cell not in analysis.children[name] and not is_interpolated(cell)), None)
    hint = f"use the values of the matrix of `{name}`, and its order"
    return None if missing is None else _Missing(missing, hint=hint)


def _dependency(analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str) -> Iterator[Finding]:
    if analysis.is_known(name):
        return
    if analysis.unknown:
        yield RULE.undecided(analysis, job, path, f"the dependency `{name}` exists", analysis.misspelt(name, analysis.jobs))
        return
    hint, related = analysis.hint(name)
    message = f"`{job.name}` uses artifacts of `{name}`, which does not exist."
    gitlab = f"{job.name} job: undefined dependency: {name}"
    yield RULE.finding(spot(job, path), message, hint, facts=(name,), gitlab=gitlab, related=related)


RULE: Final = LintRule(
    id="undefined-need",
    summary="A job needs a job, or uses artifacts of a job, that does not exist.",
    why=(
        "GitLab rejects the whole pipeline if `needs`, `dependencies` or `trigger:include:job` names a job that does not exist. "
        "Usually the name is misspelt, or the job was renamed. "
        "If only some pipelines have the job, use `optional: true`."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    former_ids=("undefined-dependency",),
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
        ),
        Example(
            bad="""
build:
  stage: build
  script: make
  artifacts:
    paths: [dist/]
test:
  dependencies: [biuld]
  script: make test
""",
            good="""
build:
  stage: build
  script: make
  artifacts:
    paths: [dist/]
test:
  dependencies: [build]
  script: make test
""",
        ),
    ],
    check=check,
)
