"""`long-lived-aws-key`: AWS keys that live until somebody takes them away.

Source: https://docs.gitlab.com/ci/cloud_services/aws/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import LintRule
from gitlabgen.modeling.model import Model

__all__ = ["RULE"]

_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_HINT: Final = "let the job take a role: `id_tokens`, and `aws sts assume-role-with-web-identity` in its script"
# Signs that a job gets its credentials in another way.
_SIGNED_IN: Final = ("assume", "aws_session_token", "credential", "profile", "aws_role", "web_identity")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each key in variables or in the settings of the AWS CLI; as a hint where they must be elsewhere."""
    for about, path, variables in _variables(analysis):
        for name in _KEYS:
            if isinstance(variables, Mapping) and str(getattr(variables.get(name), "value", variables.get(name)) or ""):
                message = f"{_owner(about)}: {name} is a key that does not expire"
                yield RULE.finding(spot(about, (*path, name)), message, _HINT)
    for command in analysis.commands:
        sets_key = command.runs("aws", "configure", "set") and not {*map(str.lower, _KEYS)}.isdisjoint(command.words)
        if sets_key and not _signs_in(analysis, command.job):
            message = f"{command.job.name} job: `aws configure` sets a key that does not expire"
            yield RULE.finding(spot(command.job, command.path), message, _HINT)
    told = set()
    for command in analysis.deployments:
        job = command.job
        if job.name not in told and not analysis.open and not _signs_in(analysis, job):
            told.add(job.name)
            message = (
                f"{job.name} job: its AWS credentials come from the project's settings or the runner: such keys seldom expire"
            )
            yield RULE.finding(spot(job, command.path), message, _HINT, severity="info")


def _variables(analysis: PipelineAnalysis) -> Iterator[tuple[Model, tuple[str | int, ...], Any]]:
    pipeline = analysis.pipeline
    yield pipeline, ("variables",), pipeline.variables
    for job in analysis.having("variables"):
        yield job, ("variables",), job.variables
    for job, index, rule in analysis.rules:
        if "variables" in rule.__dict__:
            yield job, ("rules", index, "variables"), rule.variables


def _owner(about: Model) -> str:
    return f"{about.name} job" if isinstance(about, BaseJob) else "variables"


def _signs_in(analysis: PipelineAnalysis, job: BaseJob) -> bool:
    """Return whether there is a sign that a job gets credentials that expire."""
    if is_set(analysis.setting(job, "id_tokens")) or is_set(getattr(job, "secrets", None)):
        return True
    return analysis.mentions(job, _SIGNED_IN)


RULE: Final = LintRule(
    id="long-lived-aws-key",
    summary="AWS keys in variables or in `aws configure`; as a hint, a deployment whose credentials stand nowhere",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/cloud_services/aws/",
    former_ids=("static-aws-keys",),
    examples=(),
    check=check,
)
