"""`missing-capability`: a deployment that does not allow what its template needs to be allowed.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import finding
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.errors import Finding
from gitlabgen.sam.capabilities import capabilities

__all__ = ["check"]


def check(subject: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment that lacks a capability."""
    for deployment in subject.deployments:
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
                yield finding("missing-capability", command.job, command.path, message, hint)
