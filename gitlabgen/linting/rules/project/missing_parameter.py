"""`missing-parameter`: a deployment leaves out a parameter without default, so that a new stack cannot be made.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.templates import mapping
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each parameter that a deployment ought to set."""
    for deployment in analysis.deployments:
        command, given = deployment.command, deployment.parameters
        if deployment.template is None or command.words[0] == "sam" or not all(name.isalnum() for name in given):
            continue  # samconfig.toml, a file or a variable may tell
        for name, parameter in deployment.template.section("Parameters").items():
            if name not in given and "Default" not in mapping(parameter):
                message = f"{command.job.name} job: Parameters: [{name}] must have values"
                hint = f"add --parameter-overrides {name}=…; only a stack that exists keeps its value"
                yield RULE.finding(spot(command.job, command.path), message, hint)


RULE: Final = LintRule(
    id="missing-parameter",
    summary="a parameter without default that a deployment does not set",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html",
    examples=(),
    check=check,
)
