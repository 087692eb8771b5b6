"""`missing-parameter`: a deployment leaves out a parameter without default, so that a new stack cannot be made.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import finding
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.templates import mapping
from gitlabgen.errors import Finding

__all__ = ["check"]


def check(subject: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each parameter that a deployment ought to set."""
    for deployment in subject.deployments:
        command, given = deployment.command, deployment.parameters
        if deployment.template is None or command.words[0] == "sam" or not all(name.isalnum() for name in given):
            continue  # samconfig.toml, a file or a variable may tell
        for name, parameter in deployment.template.section("Parameters").items():
            if name not in given and "Default" not in mapping(parameter):
                message = f"{command.job.name} job: Parameters: [{name}] must have values"
                hint = f"add --parameter-overrides {name}=…; only a stack that exists keeps its value"
                yield finding("missing-parameter", command.job, command.path, message, hint, severity="warning")
