"""`unchanged-deploy-fails`: a deployment fails when nothing has changed.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html
and https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

# Version 2 of the AWS CLI exits with 0 for an empty change set. Stopping at a second name keeps the search linear.
_AWS_CLI_2: Final = r"aws-?cli(?:(?!aws-?cli)[^:])*:v?2\b"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment without an option for empty change sets."""
    for command in analysis.deployments:
        image = analysis.setting(command.job, "image")
        is_unknown = image is None and analysis.unknown is not None
        if not command.is_sam and (is_unknown or re.search(_AWS_CLI_2, str(getattr(image, "name", image)))):
            continue
        if command.switch("--fail-on-empty-changeset") is None and not command.may_have_more:
            message = f"`{command.job.name}`: `{command.name}` exits with an error when nothing has changed."
            hint = "add `--no-fail-on-empty-changeset`"
            yield RULE.finding(command_spot(command), message, hint, facts=(command.name, command.stack or ""))


RULE: Final = LintRule(
    id="unchanged-deploy-fails",
    summary="A deployment fails when nothing has changed.",
    why=(
        "Without changes CloudFormation creates an empty change set, and the command exits with an error. "
        "So the job fails after a commit that changes only tests or documentation, or when it runs again. "
        "Version 2 of the AWS CLI does not fail, but `sam deploy` does, unless `samconfig.toml` says otherwise."
    ),
    severity="warning",
    confidence="certain",
    fix="safe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html",
    former_ids=("empty-changeset",),
    examples=[
        Example(
            bad="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop
""",
            good="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --no-fail-on-empty-changeset
""",
        )
    ],
    check=check,
)
