"""Find which jobs deploy, to which stacks and environments, and whether these are shared by all pipelines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import attrs

from gitlabgen.analysis.commands import Command, expanded, values_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set

# Variables with the same value in all pipelines of a project.
_CONSTANT: Final = r"\$\{?(?:CI_PROJECT_\w+|CI_SERVER_\w+|CI_DEFAULT_BRANCH|AWS_(?:DEFAULT_)?REGION)\b\}?"
_SHARED_NAMES: Final = ("live", "prod", "production", "stage", "staging")
# Variables of one pipeline, job, merge request, branch, tag or commit.
_OF_ONE: Final = (
    r"\$\{?CI_(?:PIPELINE_I?ID|JOB_(?:ID|STARTED_AT)|CONCURRENT_\w+|MERGE_REQUEST_\w+|COMMIT_\w+|PIPELINE_CREATED_AT|"
    r"EXTERNAL_PULL_REQUEST_\w+)\b"
)
_TIERS: Final = {
    "development": "dev|review|trunk",
    "testing": "test|tst|int|acc?e?pt|qa|qc|control|quality",
    "staging": "sta?g|mode?l|pre|demo|non",
    "production": "pro?d|live",
}
# Substrings that suggest temporary credentials instead of an access key.
_TEMPORARY: Final = ("assume", "aws_session_token", "credential", "profile", "aws_role", "web_identity")


@attrs.frozen(eq=False)
class DeploymentTarget:
    """A stack or an environment that a job deploys to.

    Args:
        job: The job.
        path: The path to the command, or to the environment.
        name: The name of the stack or environment; empty if the command does not name it.
        is_shared: Whether it is certainly the same in every pipeline.
        is_stack: Whether it is a stack.
    """

    job: BaseJob
    path: tuple[str | int, ...]
    name: str
    is_shared: bool
    is_stack: bool

    @property
    def description(self) -> str:
        """The stack or environment, for use in a sentence."""
        kind = "stack" if self.is_stack else "environment"
        return f"the {kind} `{self.name}`" if self.name else f"a {kind}"


def targets_of(analysis: PipelineAnalysis) -> Iterator[DeploymentTarget]:
    """Yield the target of each job that deploys: its first stack, or its staging or production environment.

    Args:
        analysis: The pipeline.
    """
    commands: dict[str, Command] = {}
    for command in analysis.deployments:
        commands.setdefault(command.job.name, command)
    for command in commands.values():
        stack = command.stack or ""
        yield DeploymentTarget(command.job, command.path, stack, bool(stack) and _is_constant(stack), True)
    for job in analysis.jobs_with("environment"):
        environment: Any = job.environment
        name = getattr(environment, "name", environment)
        if job.name in commands or not isinstance(name, str) or getattr(environment, "action", None) not in (None, "start"):
            continue
        name = expanded(name, {**values_of(analysis.pipeline.variables), **values_of(job.variables)})
        tier = getattr(environment, "deployment_tier", None)
        if tier in ("production", "staging") or not {*re.split("[^a-z]", name.lower())}.isdisjoint(_SHARED_NAMES):
            yield DeploymentTarget(job, ("environment",), name, _is_constant(name), False)


def deployed_environments(analysis: PipelineAnalysis) -> Iterator[tuple[BaseJob, str, str]]:
    """Yield the jobs that start an environment, each with the name of the environment and its tier.

    Args:
        analysis: The pipeline.
    """
    for job in analysis.jobs_with("environment"):
        environment: Any = job.environment
        name = getattr(environment, "name", environment)
        if isinstance(name, str) and getattr(environment, "action", None) in (None, "start"):
            name = expanded(name, {**values_of(analysis.pipeline.variables), **values_of(job.variables)})
            tier = getattr(environment, "deployment_tier", None)
            yield job, name, tier if isinstance(tier, str) else tier_of(name)


def tier_of(name: str) -> str:
    """Return the tier that GitLab gives an environment without `deployment_tier`: the first whose words its name contains.

    Args:
        name: The name of the environment.

    Source: https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments
    """
    lower = name.lower()
    return next((tier for tier, words in _TIERS.items() if re.search(words, lower)), "other")


def differs_between_pipelines(name: str) -> bool:
    """Return whether a name has a variable whose value differs between pipelines, merge requests, branches or commits.

    Args:
        name: The name of a stack or an environment.
    """
    return re.search(_OF_ONE, name) is not None


def cleanups_of(analysis: PipelineAnalysis) -> Iterator[Command]:
    """Yield the first command of each job that deletes a stack and deploys none.

    Args:
        analysis: The pipeline.
    """
    seen = {command.job.name for command in analysis.deployments}
    for command in analysis.commands:
        if command.deletes and command.job.name not in seen:
            seen.add(command.job.name)
            yield command


def stacks_of(analysis: PipelineAnalysis) -> Iterator[tuple[Command, str]]:
    """Yield the AWS commands that name a stack, each with the name; ARNs are skipped.

    Args:
        analysis: The pipeline.
    """
    for command in analysis.commands:
        stack = command.stack
        if stack is not None and command.name.startswith(("aws ", "sam ")) and "arn:" not in stack:
            yield command, stack


def is_stack_name(name: str) -> bool:
    """Return whether CloudFormation accepts a stack name; a name with variables is assumed to be valid.

    Args:
        name: The name.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    """
    return "$" in name or re.fullmatch("[A-Za-z][-A-Za-z0-9]{0,127}", name) is not None


def may_use_temporary_credentials(analysis: PipelineAnalysis, job: BaseJob) -> bool:
    """Return whether anything suggests that a job signs in to AWS with temporary credentials.

    Args:
        analysis: The pipeline.
        job: The job.
    """
    if is_set(analysis.setting(job, "id_tokens")) or is_set(getattr(job, "secrets", None)):
        return True
    return analysis.mentions(job, _TEMPORARY)


def _is_constant(name: str) -> bool:
    return "$" not in re.sub(_CONSTANT, "", name)
