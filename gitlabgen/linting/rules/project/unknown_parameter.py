"""`unknown-parameter`: a deployment sets a parameter that its template does not have.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, meant
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each parameter that is set and not there."""
    for deployment in analysis.deployments:
        command = deployment.command
        known = [] if deployment.template is None else [*deployment.template.section("Parameters")]
        for name in deployment.parameters if deployment.template is not None else ():
            if name not in known and name.isalnum():
                hint = meant(name, known, f"known are {', '.join(known) or 'none'}")
                message = f"{command.job.name} job: Parameters: [{name}] do not exist in the template"
                yield RULE.finding(spot(command.job, command.path), message, hint)


RULE: Final = LintRule(
    id="unknown-parameter",
    summary="a parameter that a deployment sets and the template does not have",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/",
    examples=(),
    check=check,
)
