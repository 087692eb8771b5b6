"""`interactive-deploy`: `sam deploy` asks questions, which no job can answer.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.commands import Command
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `sam deploy` that asks questions, by an option or by SAM's configuration."""
    for command in analysis.deployments:
        # An input, such as that of `yes | sam deploy`, answers. Options that are not known may take the question back.
        if not command.is_sam or command.has_input or not command.arguments.is_complete or command.arguments.is_refused:
            continue
        if command.switch("--guided"):
            option, hint = "--guided", "remove `--guided`, and give its answers as options"
        elif command.switch("--confirm-changeset") and not command.switch("--no-execute-changeset"):
            option, hint = "--confirm-changeset", _without_question(command)
        else:
            continue
        origin = f"`sam deploy {option}`"
        if option not in command.arguments.switches:
            origin = f"`sam deploy` with `{option[2:].replace('-', '_')} = true` in `{command.config.path}`"
        message = f"`{command.job.name}`: {origin} asks questions that no job can answer."
        yield RULE.finding(command_spot(command, option), message, hint, facts=(option, command.stack or ""))


def _without_question(command: Command) -> str:
    """Return the hint for a change set that waits for a confirmation."""
    if "--confirm-changeset" in command.arguments.switches:
        return "write `--no-confirm-changeset`"
    return "add `--no-confirm-changeset`"


RULE: Final = LintRule(
    id="interactive-deploy",
    summary="A deployment asks questions that no job can answer.",
    why=(
        "`sam deploy --guided` asks for each setting, and `--confirm-changeset` asks before it changes the stack. "
        "A job has no keyboard, so the command ends without a deployment. "
        "`samconfig.toml` may switch the question on, because `--guided` on a developer's computer writes its answers to it."
    ),
    severity="error",
    confidence="certain",
    fix="safe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-deploy.html",
    examples=[
        Example(
            bad="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --confirm-changeset --no-fail-on-empty-changeset
""",
            good="""
deploy:
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --no-confirm-changeset --no-fail-on-empty-changeset
""",
        )
    ],
    check=check,
)
