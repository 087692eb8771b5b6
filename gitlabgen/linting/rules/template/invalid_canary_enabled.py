"""`invalid-canary-enabled`: SAM takes any function but `Ref` in `Enabled` for true.

Source: https://github.com/aws/serverless-application-model/blob/develop/docs/safe_lambda_deployments.rst
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import function_of, reference
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each canary that a function is meant to switch."""
    for canary in analysis.canaries:
        enabled = canary.preference.get("Enabled")
        function, _ = function_of(enabled) or ("", None)
        if function and reference(enabled) not in analysis.section("Parameters"):
            short = f"!{function.removeprefix('Fn::')}"
            message = f"Enabled: {short} is always true for SAM, so the canary is on in every environment"
            hint = "let a parameter decide, or choose Type by !If with AllAtOnce"
            path = ("DeploymentPreference", "Enabled")
            yield RULE.finding(analysis.spot(canary.function, path), message, hint)


RULE: Final = LintRule(
    id="invalid-canary-enabled",
    summary="`Enabled: !If …`, which SAM takes for true",
    why="",
    severity="error",
    confidence="certain",
    source="https://github.com/aws/serverless-application-model/blob/develop/docs/safe_lambda_deployments.rst",
    former_ids=("always-on-canary",),
    examples=(),
    check=check,
)
