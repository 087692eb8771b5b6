"""Which jobs deploy, and whether what they deploy to is the same in every pipeline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import attrs

from gitlabgen.analysis.commands import Command, expanded, values_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.gitlab.base_job import BaseJob

__all__ = ["DeploymentTarget", "cleanups_of", "targets_of"]

# Variables that are the same in all pipelines of a project.
_CONSTANT: Final = r"\$\{?(?:CI_PROJECT_\w+|CI_SERVER_\w+|CI_DEFAULT_BRANCH|AWS_(?:DEFAULT_)?REGION)\b\}?"
_STAGED: Final = ("live", "prod", "production", "stage", "staging")


@attrs.frozen(eq=False)
class DeploymentTarget:
    """A stack or an environment that a job deploys to.

    Args:
        job: The job.
        path: The way to the command, or to the environment.
        name: The stack or environment, in words.
        is_shared: Whether it is certainly the same in every pipeline.
        is_stack: Whether it is a stack.
    """

    job: BaseJob
    path: tuple[str | int, ...]
    name: str
    is_shared: bool
    is_stack: bool


def targets_of(analysis: PipelineAnalysis) -> Iterator[DeploymentTarget]:
    """Yield where each job deploys to: the first stack, else the environment if users or testers share it.

    Args:
        analysis: The pipeline.
    """
    commands: dict[str, Command] = {}
    for command in analysis.deployments:
        commands.setdefault(command.job.name, command)
    for command in commands.values():
        stack = command.stack
        yield DeploymentTarget(
            command.job, command.path, f"the stack {stack}" if stack else "a stack", _is_constant(stack or "$"), True
        )
    for job in analysis.having("environment"):
        environment: Any = job.environment
        name = getattr(environment, "name", environment)
        if job.name in commands or not isinstance(name, str) or getattr(environment, "action", None) not in (None, "start"):
            continue
        name = expanded(name, {**values_of(analysis.pipeline.variables), **values_of(job.variables)})
        tier = getattr(environment, "deployment_tier", None)
        if tier in ("production", "staging") or not {*re.split("[^a-z]", name.lower())}.isdisjoint(_STAGED):
            yield DeploymentTarget(job, ("environment",), f"the environment {name}", _is_constant(name), False)


def cleanups_of(analysis: PipelineAnalysis) -> Iterator[Command]:
    """Yield the first command of each job that deletes a stack and deploys none.

    Args:
        analysis: The pipeline.
    """
    told = {command.job.name for command in analysis.deployments}
    for command in analysis.commands:
        if command.deletes and command.job.name not in told:
            told.add(command.job.name)
            yield command


def _is_constant(name: str) -> bool:
    return "$" not in re.sub(_CONSTANT, "", name)
