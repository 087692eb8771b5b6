"""`unknown-output`: a job reads an output that the template of the stack does not have.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/describe-stacks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding, did_you_mean, few
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `OutputKey` that a stack of the pipeline does not have."""
    for command in analysis.commands:
        query = command.value("--query")
        if query is None or command.name != "aws cloudformation describe-stacks":
            continue
        stack = command.stack
        templates = [deployment.template for deployment in analysis.deployments if deployment.stack == stack]
        known = [name for template in templates if template is not None for name in template.section("Outputs")]
        # `Fn::ForEach` defines outputs with unknown names.
        if not templates or None in templates or any(name.startswith("Fn::") for name in known):
            continue
        suffix = f" of the stack `{stack}`" if stack else ""
        for name in re.findall(r"OutputKey\s*==\s*[`'\"]+([A-Za-z0-9]+)", query):
            if name not in known:
                hint = did_you_mean(name, known, f"use one of {few(known)}" if known else "add it to the template")
                message = f"`{command.job.name}` reads the output `{name}`, which the template{suffix} does not have."
                yield RULE.finding(command_spot(command, name), message, hint, facts=(stack or "", name))


RULE: Final = LintRule(
    id="unknown-output",
    summary="A job reads an output that the template of the stack does not have.",
    why=(
        "`aws cloudformation describe-stacks` does not fail for an output that does not exist: its result is empty. "
        "The script continues with an empty string, and fails later or tests nothing. "
        "Usually the name is misspelt, or the output was renamed."
    ),
    severity="error",
    confidence="certain",
    needs=("template",),
    source="https://docs.aws.amazon.com/cli/latest/reference/cloudformation/describe-stacks.html",
    examples=[
        Example(
            bad="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  script:
    - aws cloudformation deploy --stack-name shop --template-file template.yml --no-fail-on-empty-changeset
    - aws cloudformation describe-stacks --stack-name shop --query "Stacks[0].Outputs[?OutputKey=='ApiUri'].OutputValue"
""",
            good="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  script:
    - aws cloudformation deploy --stack-name shop --template-file template.yml --no-fail-on-empty-changeset
    - aws cloudformation describe-stacks --stack-name shop --query "Stacks[0].Outputs[?OutputKey=='ApiUrl'].OutputValue"
""",
            files={
                "template.yml": """
Resources:
  Orders:
    Type: AWS::SNS::Topic
Outputs:
  ApiUrl: {Value: !Ref Orders}
"""
            },
        )
    ],
    check=check,
)
