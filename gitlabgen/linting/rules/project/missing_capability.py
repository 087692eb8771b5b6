"""`missing-capability`: a deployment does not pass a capability that its template needs.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.sam.capabilities import capabilities

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment that lacks a capability."""
    for deployment in analysis.deployments:
        command = deployment.command
        given = [word for text in command.values("--capabilities") or () for word in text.split()]
        if deployment.template is None or any("$" in word for word in given) or command.may_have_more:
            continue
        if not given and not command.config.is_known:
            continue
        resources = ((one.name, one.type, one.properties) for one in deployment.template.resources.values())
        for capability, why in capabilities(resources).items():
            if capability not in given and not (capability == "CAPABILITY_IAM" and "CAPABILITY_NAMED_IAM" in given):
                message = f"`{command.job.name}` fails without the capability `{capability}`: {why}."
                hint = f"add `--capabilities {' '.join(dict.fromkeys((*given, capability)))}`"
                facts = (deployment.stack or "", capability)
                yield RULE.finding(command_spot(command, "--capabilities"), message, hint, facts=facts)


RULE: Final = LintRule(
    id="missing-capability",
    summary="A deployment does not pass a capability that its template needs.",
    why=(
        "CloudFormation creates IAM roles and expands nested applications only if the caller allows it. "
        "SAM creates a role for each function without `Role`, and one for CodeDeploy. "
        'Without the capability the deployment stops with "Requires capabilities : [CAPABILITY_IAM]".'
    ),
    severity="error",
    confidence="certain",
    needs=("template",),
    fix="safe",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html",
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
      --no-fail-on-empty-changeset --capabilities CAPABILITY_IAM
""",
            files={
                "template.yml": """
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
"""
            },
        )
    ],
    check=check,
)
