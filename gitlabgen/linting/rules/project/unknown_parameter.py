"""`unknown-parameter`: a deployment sets a parameter that its template does not have.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
and https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import DeploymentStep, ProjectAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding, did_you_mean, few
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each parameter that a deployment sets and the template does not have."""
    for deployment in analysis.deployments:
        command = deployment.command
        known = [] if deployment.template is None else [*deployment.template.section("Parameters")]
        if deployment.template is None:
            continue
        yield from _misread(deployment)
        for name in deployment.parameters.values:
            if name not in known and name.isalnum():
                hint = did_you_mean(name, known, f"use one of {few(known)}" if known else "remove it")
                message = f"`{command.job.name}` sets the parameter `{name}`, which the template does not have."
                yield RULE.finding(command_spot(command, name), message, hint, facts=(deployment.stack or "", name))


def _misread(deployment: DeploymentStep) -> Iterator[Finding]:
    """Yield a finding for each word that the program refuses as a parameter, and for each value that it cuts at a blank."""
    command, parameters = deployment.command, deployment.parameters
    stack = deployment.stack or ""
    hint = "quote a value with blanks"
    if command.is_sam:
        hint += " twice: `'Name=\"two words\"'`"
    for word in parameters.refused:
        message = f"`{command.job.name}` passes `{word}` as a parameter, but `{command.name}` takes only `Name=value`."
        yield RULE.finding(command_spot(command, word), message, hint, facts=(stack, word))
    for name, rest in parameters.dropped.items():
        value = parameters.values[name]
        message = (
            f"`{command.job.name}` sets `{name}` to `{value}`: `{command.name}` ends the value at a blank, and drops `{rest}`."
        )
        hint = f"quote the value twice: `'{name}=\"{value} {rest}\"'`"
        yield RULE.finding(command_spot(command, name), message, hint, facts=(stack, name))


RULE: Final = LintRule(
    id="unknown-parameter",
    summary="A deployment sets a parameter that its template does not have.",
    why=(
        "The command leaves out a name that the template does not have, so the parameter keeps its default or previous value. "
        "Usually the name is misspelt, or the parameter was renamed or removed. "
        "A value with blanks needs quotes, and for `sam` quotes inside them, because it splits each word again."
    ),
    severity="error",
    confidence="certain",
    needs=("template",),
    fix="safe",
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
      --no-fail-on-empty-changeset --parameter-overrides Sise=2
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
      --no-fail-on-empty-changeset --parameter-overrides Size=2
""",
            files={
                "template.yml": """
Parameters:
  Size: {Type: String, Default: small}
Resources:
  Orders:
    Type: AWS::SNS::Topic
    Properties:
      TopicName: !Ref Size
"""
            },
        )
    ],
    check=check,
)
