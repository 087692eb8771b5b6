"""`need-in-later-stage`: a job needs a job, or uses artifacts of a job, in a later stage.

Source: https://docs.gitlab.com/ci/yaml/#needs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, dependencies_of, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.stage import DEFAULT_STAGE
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each need of a job or of its rules, and for each dependency, that is in a later stage."""
    for job, index, name in analysis.later_uses(analysis.needs):
        yield _finding(analysis, job, ("needs", index), name, "need")
    for job, position, rule in analysis.rule_needs:
        for _, index, name in analysis.later_uses((job, *need) for need in needs_of(rule.needs)):
            yield _finding(analysis, job, ("rules", position, "needs", index), name, "need")
    uses = [(job, number, name, path) for number, (job, path, name) in enumerate(dependencies_of(analysis))]
    for job, number, name in analysis.later_uses(uses):
        yield _finding(analysis, job, uses[number][3], name, "dependency")


def _finding(analysis: PipelineAnalysis, job: BaseJob, path: tuple[str | int, ...], name: str, kind: str) -> Finding:
    other = analysis.jobs[analysis.parents.get(name, name)]
    own, later = job.stage or DEFAULT_STAGE, other.stage or DEFAULT_STAGE
    verb = "needs" if kind == "need" else "uses artifacts of"
    message = f"`{job.name}` {verb} `{name}`, which is in a later stage (`{later}` comes after `{own}`)."
    hint = f"remove the {kind}, or move `{other.name}` to stage `{own}`"
    gitlab = f"{job.name} job: {kind} {name} is not defined in current or prior stages"
    return RULE.finding(spot(job, path), message, hint, facts=(name,), gitlab=gitlab)


RULE: Final = LintRule(
    id="need-in-later-stage",
    summary="A job needs a job, or uses artifacts of a job, that is in a later stage.",
    why=(
        "GitLab rejects the whole pipeline if a job waits for a job in a later stage, or takes its artifacts. "
        "A job can only need jobs of the same stage or an earlier one. "
        "Usually one of the two jobs is in the wrong stage."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#needs",
    former_ids=("later-need", "later-dependency"),
    examples=[
        Example(
            bad="""
build:
  stage: build
  needs: [deploy]
  script: make
deploy:
  stage: deploy
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
  dependencies: [generate]
  script: make
generate:
  stage: test
  script: make sources
  artifacts:
    paths: [generated/]
""",
            good="""
build:
  stage: build
  dependencies: [generate]
  script: make
generate:
  stage: .pre
  script: make sources
  artifacts:
    paths: [generated/]
""",
        ),
    ],
    check=check,
)
