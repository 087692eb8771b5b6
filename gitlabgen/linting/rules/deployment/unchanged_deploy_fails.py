"""`unchanged-deploy-fails`: a deployment that fails where there is nothing to change.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

# Version 2 of the AWS CLI takes an empty change set for a success.
_NEWER: Final = r"aws-?cli[^:]*:v?2\b"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment without a word on empty change sets."""
    for command in analysis.deployments:
        image = analysis.setting(command.job, "image")
        if command.words[0] == "aws" and re.search(_NEWER, str(getattr(image, "name", image))):
            continue
        if command.option("--no-fail-on-empty-changeset", "--fail-on-empty-changeset") is None:
            message = f"{command.job.name} job: `{command.tool}` fails if nothing has changed"
            hint = "add --no-fail-on-empty-changeset"
            yield RULE.finding(spot(command.job, command.path), message, hint)


RULE: Final = LintRule(
    id="unchanged-deploy-fails",
    summary="a deployment that fails where nothing has changed",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/",
    former_ids=("empty-changeset",),
    examples=(),
    check=check,
)
