"""`unknown-parameter`: a deployment sets a parameter that its template does not have.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import finding
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.errors import Finding, meant

__all__ = ["check"]


def check(subject: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each parameter that is set and not there."""
    for deployment in subject.deployments:
        command = deployment.command
        known = [] if deployment.template is None else [*deployment.template.section("Parameters")]
        for name in deployment.parameters if deployment.template is not None else ():
            if name not in known and name.isalnum():
                hint = meant(name, known, f"known are {', '.join(known) or 'none'}")
                message = f"{command.job.name} job: Parameters: [{name}] do not exist in the template"
                yield finding("unknown-parameter", command.job, command.path, message, hint)
