"""`invalid-stack-name`: CloudFormation rejects the name of a stack.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import is_stack_name, stacks_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding, suggestion
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_RIGHT: Final = "use at most 128 letters, digits and hyphens, and begin with a letter"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each stack name that CloudFormation rejects."""
    for command, stack in stacks_of(analysis):
        if not is_stack_name(stack):
            wrong = "".join(dict.fromkeys(re.findall("[^A-Za-z0-9-]", stack)))
            reason = f"cannot contain `{wrong}`" if wrong else "begins with a letter, and has at most 128 characters"
            message = f"`{command.job.name}` uses the stack `{stack}`, but a stack's name {reason}."
            near = re.sub("[^A-Za-z0-9]+", "-", stack).strip("-")
            hint = suggestion(near) if is_stack_name(near) else _RIGHT
            yield RULE.finding(command_spot(command, stack, "--stack-name"), message, hint, facts=(stack,))


RULE: Final = LintRule(
    id="invalid-stack-name",
    summary="CloudFormation does not allow the name of a stack.",
    why=(
        "A stack name must begin with a letter, and have at most 128 letters, digits and hyphens. "
        "CloudFormation rejects any other name, so the job fails. "
        "Names with variables are not checked, because their values are unknown."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html",
    examples=[
        Example(
            bad="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name my_shop --no-fail-on-empty-changeset
""",
            good="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name my-shop --no-fail-on-empty-changeset
""",
        )
    ],
    check=check,
)
