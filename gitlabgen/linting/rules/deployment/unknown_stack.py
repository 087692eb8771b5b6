"""`unknown-stack`: a job uses or deletes a different stack from the one that the pipeline deploys.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import is_stack_name, stacks_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding, closest, suggestion
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each stack name that looks misspelt, and each cleanup that deletes the wrong stack."""
    deployed = [command.stack for command in analysis.deployments if command.stack is not None]
    for command, stack in stacks_of(analysis):
        near = closest(stack, deployed) if deployed and stack not in deployed and is_stack_name(stack) else None
        if near is not None and _is_typo(stack, near):
            message = f"`{command.job.name}` uses the stack `{stack}`, but no job deploys a stack of that name."
            yield RULE.finding(command_spot(command, stack, "--stack-name"), message, suggestion(near), facts=(stack,))
    yield from _wrong_stacks(analysis)


def _wrong_stacks(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that stops an environment and deletes a stack that was not deployed to it."""
    for job in analysis.jobs_with("environment"):
        stop_job = analysis.jobs.get(str(getattr(job.environment, "on_stop", None)))
        deployed = [command for command in analysis.deployments if command.job is job]
        deleted = [command for command in analysis.commands if command.deletes and command.job is stop_job]
        names = [command.stack or "$" for command in (*deployed, *deleted)]
        # Variables other than predefined ones and those of the pipeline may have any value.
        if not deployed or not deleted or any(re.search(r"\$(?!\{?CI_)", name) for name in names):
            continue
        if not {*names[: len(deployed)]}.intersection(names[len(deployed) :]):
            found, other, stack = deleted[0], names[len(deployed)], names[0]
            message = f"`{found.job.name}` deletes the stack `{other}`, but `{job.name}` creates `{stack}`."
            hint = f"write `{stack}` in both jobs"
            yield RULE.finding(command_spot(found, other, "--stack-name"), message, hint, facts=(other, stack))


def _is_typo(stack: str, near: str) -> bool:
    """Return whether two names differ by one or two letters, rather than by a word such as the environment."""
    from difflib import SequenceMatcher

    blocks = SequenceMatcher(None, stack, near, autojunk=False).get_matching_blocks()
    same = sum(block.size for block in blocks)
    return max(len(stack), len(near)) - same <= 2


RULE: Final = LintRule(
    id="unknown-stack",
    summary="A job uses or deletes a different stack from the one that the pipeline deploys.",
    why=(
        "A command on a stack that does not exist fails, or does nothing: in AWS, deleting an unknown stack succeeds. "
        "So the intended stack stays, and costs money. "
        "Usually the name is misspelt, or was changed in one job only."
    ),
    severity="warning",
    confidence="likely",
    source="https://docs.aws.amazon.com/cli/latest/reference/cloudformation/",
    examples=[
        Example(
            bad="""
stages: [deploy, clean]
deploy:
  stage: deploy
  environment: qa
  resource_group: qa
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name orders-qa --no-fail-on-empty-changeset
remove:
  stage: clean
  script: sam delete --no-prompts --stack-name orders-qs
""",
            good="""
stages: [deploy, clean]
deploy:
  stage: deploy
  environment: qa
  resource_group: qa
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name orders-qa --no-fail-on-empty-changeset
remove:
  stage: clean
  script: sam delete --no-prompts --stack-name orders-qa
""",
        )
    ],
    check=check,
)
