"""`invalid-needs`: a job needs the same job twice, or a job whose name is too long.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.resolution.job_expansion import cells

__all__ = ["RULE"]

_LONGEST: Final = 255


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that lists a need twice, and for each need with a name that is too long."""
    yield from _listed_twice(analysis)
    yield from _too_long(analysis)


def _listed_twice(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that needs a job, or one job of a matrix, twice."""
    for job in analysis.jobs_with("needs"):
        if type(job.needs) is not tuple or len(job.needs) < 2:
            continue
        seen: set[str] = set()
        twice: dict[str, int] = {}
        for index, name, need in needs_of(job.needs):
            names = analysis.children.get(name, (name,))
            if need is not None and isinstance(need.parallel, Matrix):
                names = tuple(cell.name for cell in cells(name, need.parallel))
            for each in names:
                if each in seen:
                    twice.setdefault(each, index)
                seen.add(each)
        if twice:
            message = f"`{job.name}` needs {', '.join(f'`{name}`' for name in twice)} twice."
            gitlab = f"{job.name} has the following needs duplicated: {', '.join(twice)}."
            where = spot(job, ("needs", next(iter(twice.values()))))
            yield RULE.finding(where, message, "list each job once", facts=tuple(twice), gitlab=gitlab)


def _too_long(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need with a name that is too long, including the names of jobs from a matrix."""
    children = analysis.children
    for job, index, name, _ in analysis.needs:
        longest = max(children[name], key=len, default=name) if name in children else name
        if len(longest) > _LONGEST:
            message = f"`{job.name}` needs a job whose name has {len(longest)} characters, but GitLab allows only {_LONGEST}."
            gitlab = f"{job.name} job: need `{longest}` name is too long (maximum is {_LONGEST} characters)"
            hint = "shorten the name of that job, or the values of its matrix"
            yield RULE.finding(spot(job, ("needs", index)), message, hint, facts=(longest,), gitlab=gitlab)


RULE: Final = LintRule(
    id="invalid-needs",
    summary="A job needs the same job twice, or a job whose name has more than 255 characters.",
    why=(
        "GitLab rejects the whole pipeline if `needs` lists a job twice. "
        "The name of a job with `parallel` means all of its jobs, so it cannot be listed together with one of them. "
        "It also rejects a need whose name has more than 255 characters. "
        "The name of a job from a matrix contains its values, so it can become that long."
    ),
    severity="error",
    confidence="certain",
    fix="safe",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    former_ids=("duplicate-needs", "long-need-name"),
    examples=[
        Example(
            bad="""
build:
  stage: build
  script: make
deploy:
  stage: deploy
  needs: [build, build]
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
