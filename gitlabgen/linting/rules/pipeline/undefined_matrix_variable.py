"""`undefined-matrix-variable`: a need uses a variable that the matrix of its job does not have.

Source: https://docs.gitlab.com/ci/yaml/matrix_expressions/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, did_you_mean
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.resolution.matrix_expressions import matrix_names

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each expression in a need whose variable the matrix of the job does not have."""
    for job, index, name, need in analysis.needs:
        if need is None and "$[[" not in name:
            continue
        for path, variable in matrix_names(need or name, ("needs", index)):
            known = _known(job)
            if variable in known or job.name in analysis.resolution.incomplete or any(map(analysis.resolution.is_unknown, known)):
                continue
            missing = f"its matrix has no `{variable}`" if isinstance(job.parallel, Matrix) else "it has no matrix"
            message = f"`{job.name}` uses `$[[ matrix.{variable} ]]`, but {missing}."
            gitlab = f"{job.name} job: '{variable}' does not exist in matrix configuration"
            hint = did_you_mean(variable, known)
            yield RULE.finding(
                spot(job, path, words=(f"$[[ matrix.{variable} ]]",)), message, hint, facts=(variable,), gitlab=gitlab
            )


def _known(job: BaseJob) -> list[str]:
    """Return the names that GitLab knows: those of the matrix, and those of the job's variables, which have no value here."""
    rows = job.parallel.matrix if isinstance(job.parallel, Matrix) else ()
    groups = [*(rows if isinstance(rows, tuple) else (rows,)), job.variables]
    return [str(name) for group in groups if isinstance(group, Mapping) for name in group]


RULE: Final = LintRule(
    id="undefined-matrix-variable",
    summary="A need uses `$[[ matrix.… ]]` with a variable that the matrix of its job does not have.",
    why=(
        "In `needs`, GitLab replaces `$[[ matrix.NAME ]]` by the value that the job's own matrix gives to `NAME`. "
        "It rejects the whole pipeline if that matrix has no such variable, or if the job has no matrix."
    ),
    severity="error",
    confidence="certain",
    since="18.6",
    source="https://docs.gitlab.com/ci/yaml/matrix_expressions/",
    examples=[
        Example(
            bad="""
build:
  stage: build
  parallel:
    matrix:
      - OS: [linux, darwin]
  script: make
test:
  parallel:
    matrix:
      - OS: [linux, darwin]
  needs:
    - job: build
      parallel:
        matrix:
          - OS: $[[ matrix.SO ]]
  script: make test
""",
            good="""
build:
  stage: build
  parallel:
    matrix:
      - OS: [linux, darwin]
  script: make
test:
  parallel:
    matrix:
      - OS: [linux, darwin]
  needs:
    - job: build
      parallel:
        matrix:
          - OS: $[[ matrix.OS ]]
  script: make test
""",
        )
    ],
    check=check,
)
