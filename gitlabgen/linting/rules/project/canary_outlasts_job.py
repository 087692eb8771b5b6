"""`canary-outlasts-job`: traffic still moves when the job, the command or the session that waits for it ends.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/ and
https://docs.gitlab.com/ci/yaml/#timeout
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.projects import DeploymentStep, ProjectAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.template_values import integer
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.analysis.traffic_shifts import bake_minutes, executions_of, shifts_of
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import seconds
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_DEFAULT: Final = 60


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each deployment that takes longer than somebody waits for it."""
    for deployment in analysis.deployments:
        template = deployment.template
        if template is None or "--no-execute-changeset" in deployment.command.words:
            continue
        minutes, words = max(_waits(template, deployment.parameters), key=lambda wait: wait[0], default=(0, ""))
        limits = _limits(analysis, deployment)
        name, limit = min(limits.items(), key=lambda pair: pair[1])
        if minutes >= limit:
            job = deployment.job
            message = f"{job.name} job: {words}, but the smallest limit is {limit:g} minutes: the {name}"
            hint = ", ".join(f"{label.replace('`', '')} {minutes:g} m" for label, minutes in limits.items())
            yield RULE.finding(spot(job, deployment.command.path), message, f"{hint}: raise all that are too small")


def _waits(template: TemplateAnalysis, given: dict[str, str]) -> Iterator[tuple[int, str]]:
    """Yield for each shift how many minutes pass until it is over, with the words for it; all begin together."""
    for canary in template.canaries:
        baked = bake_minutes(template, canary, given)
        later = f", then watches alarms for {baked}" if baked else ""
        for shift in shifts_of(template, canary, given):
            yield shift.minutes + baked, f"shifts traffic for {shift.minutes} minutes ({shift.name}){later}"
        yield baked, f"watches alarms for {baked} minutes"
    for machine in template.of_type("AWS::Serverless::StateMachine"):
        executions = executions_of(template, machine, given)
        if executions is not None:
            yield executions.minutes, f"shifts executions for {executions.minutes} minutes ({executions.name})"


def _limits(analysis: ProjectAnalysis, deployment: DeploymentStep) -> dict[str, float]:
    """Return who waits how many minutes; what no option can change comes first."""
    job, limits = deployment.job, dict[str, float]()
    if deployment.command.tool == "sam deploy":
        limits["`sam deploy` waiter"] = integer(deployment.command.value("--max-wait-duration")) or _DEFAULT
    else:
        limits["`aws cloudformation deploy` waiter"] = _DEFAULT
    # The AWS CLI takes a new session by itself where it knows the token's file, as long as the job's own token is valid.
    renews = analysis.pipeline.mentions(job, ("aws_web_identity_token_file",))
    for command in () if renews else analysis.commands:
        if command.job is job and command.words[:2] == ("aws", "sts") and any("assume-role" in word for word in command.words):
            limits["STS session"] = (integer(command.value("--duration-seconds")) or _DEFAULT * 60) / 60
    timeout = analysis.pipeline.setting(job, "timeout")
    if isinstance(timeout, str):
        limits["job timeout"] = seconds(timeout) / 60
    else:
        limits["job timeout (project default)"] = _DEFAULT
    return limits


RULE: Final = LintRule(
    id="canary-outlasts-job",
    summary="a shift, with the time that a hook watches alarms afterwards, that takes longer than the command, the session or the job that waits for it",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/",
    examples=(),
    check=check,
)
