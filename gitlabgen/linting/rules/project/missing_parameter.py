"""`missing-parameter`: a deployment does not set a parameter that has no default.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.analysis.templates import mapping
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each parameter without a default that a deployment does not set."""
    for deployment in analysis.deployments:
        command, given = deployment.command, deployment.parameters
        if deployment.template is None or not (command.is_complete and given.is_complete) or command.switch("--guided"):
            continue  # a variable, a file, samconfig.toml or an answer may set it
        for name, parameter in deployment.template.section("Parameters").items():
            if name not in given.values and "Default" not in mapping(parameter):
                message = f"`{command.job.name}` does not set `{name}`, which has no default, so the first deployment fails."
                hint = f"add `--parameter-overrides {name}=…`"
                facts = (deployment.stack or "", name)
                yield RULE.finding(command_spot(command, "--parameter-overrides"), message, hint, facts=facts)


RULE: Final = LintRule(
    id="missing-parameter",
    summary="A deployment does not set a parameter that has no default.",
    why=(
        "An existing stack keeps the value of its last deployment, so the mistake can stay hidden for a long time. "
        'A new stack has no such value, and CloudFormation stops with "Parameters: [Table] must have values". '
        "That happens in a new account or region, or when the stack has to be recreated."
    ),
    severity="warning",
    confidence="certain",
    needs=("template",),
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
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
    - >-
      aws cloudformation deploy --stack-name shop --template-file template.yml
      --no-fail-on-empty-changeset
""",
            good="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  script:
    - >-
      aws cloudformation deploy --stack-name shop --template-file template.yml
      --no-fail-on-empty-changeset --parameter-overrides Table=orders
""",
            files={
                "template.yml": """
Parameters:
  Table: {Type: String}
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Ref Table
"""
            },
        )
    ],
    check=check,
)
