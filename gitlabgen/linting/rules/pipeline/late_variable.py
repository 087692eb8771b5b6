"""`late-variable`: GitLab fills in a variable before it has a value.

Source: https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.condition_parts import variables_in
from gitlabgen.analysis.dotenv_reports import dotenv_variables, texts_of_scripts
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import variable_spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_OF_JOBS: Final = ("CI_JOB_", "CI_ENVIRONMENT_", "CI_NODE_")
_ASSIGNED: Final = re.compile(r"(?m)(?:^|[;&|]|\bexport)\s*([A-Za-z_]\w*)=")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each variable in a condition or in `release` that gets its value later."""
    yield from _conditions(analysis)
    yield from _releases(analysis)


def _conditions(analysis: PipelineAnalysis) -> Iterator[Finding]:
    facts = analysis.variable_facts
    written = dotenv_variables(analysis)
    for condition in facts.conditions_with(
        lambda text: any(_may_be_late(name) or name in written for name in variables_in(text))
    ):
        for name in dict.fromkeys(variables_in(condition.text)):
            if name in facts.set_names:
                continue
            what = "includes are" if condition.kind == "include" else "rules are"
            hint = None
            if _is_late(name, in_job=condition.kind == "job"):
                message = f"{condition.title}`{name}` does not exist yet when {what} decided."
            elif name not in written:
                continue
            else:
                source = f"the dotenv report of `{written[name][-1]}`"
                message = f"{condition.title}`{name}` comes from {source}; {what} decided before any job runs."
                hint = "decide in the script, or in a child pipeline"
            yield RULE.finding(variable_spot(condition.owner, condition.path, name), message, hint, facts=(name,))


def _is_late(name: str, *, in_job: bool) -> bool:
    variable = PREDEFINED.get(name)
    if variable is None or variable.removed is not None:
        return False
    return variable.phase in ("job-only", "runner") or (not in_job and variable.phase == "pipeline" and name.startswith(_OF_JOBS))


def _may_be_late(name: str) -> bool:
    return _is_late(name, in_job=True) or _is_late(name, in_job=False)


def _releases(analysis: PipelineAnalysis) -> Iterator[Finding]:
    facts = analysis.variable_facts
    jobs = {id(job) for job in analysis.jobs_with("release")}
    for use in facts.uses_of(facts.used_names - facts.set_names - PREDEFINED.keys()) if jobs else ():
        job = use.owner
        if use.path[0] != "release" or not isinstance(job, BaseJob):
            continue
        if any(use.name in _ASSIGNED.findall(line) for line in texts_of_scripts(job)):
            keyword = ":".join(step for step in use.path if isinstance(step, str))
            message = f"{use.title}`{keyword}` is filled in before the script sets `{use.name}`."
            hint = "set it in the dotenv report of an earlier job, or read the text from a file"
            yield RULE.finding(variable_spot(job, use.path, use.name), message, hint, facts=(use.name,))


RULE: Final = LintRule(
    id="late-variable",
    summary="GitLab fills in a variable before it has a value.",
    why=(
        "GitLab decides rules before any job runs, so they see neither variables of dotenv reports nor `CI_JOB_ID`. "
        "It fills in `release` before the job's script starts. "
        "A variable that has no value yet is empty, and GitLab reports no error. "
        "The rule is silent if the files also set the variable."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/variables/predefined_variables/",
    examples=[
        Example(
            bad="""
decide:
  stage: build
  script:
    - echo "TARGET=prod" >> decide.env
  artifacts:
    reports:
      dotenv: decide.env
ship:
  stage: deploy
  script: ./ship.sh
  rules:
    - if: $TARGET
""",
            good="""
decide:
  stage: build
  script:
    - echo "TARGET=prod" >> decide.env
  artifacts:
    reports:
      dotenv: decide.env
ship:
  stage: deploy
  script: test -z "$TARGET" || ./ship.sh
""",
        ),
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: $CI_JOB_ID
""",
            good="""
test:
  script: make test
  rules:
    - if: $CI_PIPELINE_SOURCE == "push"
""",
        ),
        Example(
            bad="""
announce:
  image: registry.gitlab.com/gitlab-org/cli:v1.60.0
  script:
    - TITLE="Release $(date +%F)"
  release:
    tag_name: $CI_COMMIT_TAG
    name: $TITLE
    description: notes.md
""",
            good="""
announce:
  image: registry.gitlab.com/gitlab-org/cli:v1.60.0
  script: echo releasing
  release:
    tag_name: $CI_COMMIT_TAG
    name: Release $CI_COMMIT_TAG
    description: notes.md
""",
        ),
    ],
    check=check,
)
