"""`missing-capability`: a deployment that does not allow what its template needs to be allowed.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule
from gitlabgen.sam.capabilities import capabilities

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment that lacks a capability."""
    for deployment in analysis.deployments:
        command = deployment.command
        given = [word for text in command.option("--capabilities") or () for word in text.split()]
        if deployment.template is None or any("$" in word for word in given):
            continue
        if command.words[0] == "sam" and not given:  # samconfig.toml may tell
            continue
        resources = ((one.name, one.type, one.properties) for one in deployment.template.resources.values())
        for capability, why in capabilities(resources).items():
            if capability not in given and not (capability == "CAPABILITY_IAM" and "CAPABILITY_NAMED_IAM" in given):
                message = f"{command.job.name} job: Requires capabilities : [{capability}], for {why}"
                hint = f"add --capabilities {' '.join(dict.fromkeys((*given, capability)))}"
                yield RULE.finding(spot(command.job, command.path), message, hint)


RULE: Final = LintRule(
    id="missing-capability",
    summary="a deployment without the capability that its template needs",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html",
    examples=(),
    check=check,
)
