"""`blocking-cleanup`: later jobs do not run if a job fails to delete a stack.

Source: https://docs.gitlab.com/ci/yaml/#allow_failure
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import cleanups_of
from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deletes a stack and blocks a later job if it fails."""
    for command in cleanups_of(analysis):
        job = command.job
        waiting = next((other for other in analysis.jobs.values() if _waits(analysis, other, job)), None)
        if waiting is not None and _blocks(job):
            message = f"If `{job.name}` fails to delete the stack, `{waiting.name}` never runs."
            verb = "add" if job.allow_failure is None else "write"
            hint = either(f"{verb} {{}}", assignment("allow_failure", True))
            if any(rule.allow_failure is False for owner, _, rule in analysis.rules if owner is job):
                hint = either("write {} in its rules", assignment("allow_failure", True))
            yield RULE.finding(command_spot(command), message, hint, facts=(waiting.name,))


def _waits(analysis: PipelineAnalysis, other: BaseJob, job: BaseJob) -> bool:
    if other.when in ("always", "on_failure"):
        return False
    if is_set(other.needs):
        return any(name == job.name for _, name, _ in needs_of(other.needs))
    return analysis.has_known_stages and analysis.orders[other.name] > analysis.orders[job.name] >= 0


def _blocks(job: BaseJob) -> bool:
    """Return whether later jobs wait for a job to succeed."""
    if not is_set(job.rules):
        return job.allow_failure is False or (job.allow_failure is None and job.when != "manual")
    rules = job.rules if isinstance(job.rules, tuple) else ()
    allowed = [
        job.allow_failure if rule.allow_failure is None else rule.allow_failure
        for rule in rules
        if isinstance(rule, Rule) and rule.when != "never"
    ]
    return any(value in (None, False) for value in allowed)


RULE: Final = LintRule(
    id="blocking-cleanup",
    summary="Later jobs do not run if a job fails to delete a stack.",
    why=(
        "CloudFormation cannot always delete a stack: for example, a bucket that still contains files prevents it. "
        "Then the job fails, and GitLab skips all jobs that wait for it, such as the deployment to production. "
        "A leftover stack is no reason to stop a release."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#allow_failure",
    examples=[
        Example(
            bad="""
stages: [test, clean, deploy]
test:
  stage: test
  script: make test
remove:
  stage: clean
  script: aws cloudformation delete-stack --stack-name shop-qa
prod:
  stage: deploy
  script: make deploy
""",
            good="""
stages: [test, clean, deploy]
test:
  stage: test
  script: make test
remove:
  stage: clean
  allow_failure: true
  script: aws cloudformation delete-stack --stack-name shop-qa
prod:
  stage: deploy
  script: make deploy
""",
        )
    ],
    check=check,
)
