"""`unknown-output`: a job asks for an output that no template has.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/describe-stacks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, meant
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `OutputKey` that is not there, of a stack that the pipeline deploys."""
    for command in analysis.commands:
        query = command.value("--query")
        if query is None or not command.runs("aws", "cloudformation", "describe-stacks"):
            continue
        stack = command.stack
        templates = [deployment.template for deployment in analysis.deployments if deployment.stack == stack]
        known = [name for template in templates if template is not None for name in template.section("Outputs")]
        # A loop makes outputs whose names cannot be told.
        if not templates or None in templates or any(name.startswith("Fn::") for name in known):
            continue
        for name in re.findall(r"OutputKey\s*==\s*[`'\"]+([A-Za-z0-9]+)", query):
            if name not in known:
                hint = meant(name, known, f"known are {', '.join(known) or 'none'}")
                message = f"{command.job.name} job: the template of the stack {stack} has no output {name!r}"
                yield RULE.finding(spot(command.job, command.path), message, hint)


RULE: Final = LintRule(
    id="unknown-output",
    summary="an output that a job asks for and the template does not have",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/cli/latest/reference/cloudformation/describe-stacks.html",
    examples=(),
    check=check,
)
