"""`static-aws-keys`: AWS keys that live until somebody takes them away.

Source: https://docs.gitlab.com/ci/cloud_services/aws/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, finding
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.modeling.model import Model

__all__ = ["check"]

_KEYS: Final = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_HINT: Final = "let the job take a role: `id_tokens`, and `aws sts assume-role-with-web-identity` in its script"
# Signs that a job gets its credentials in another way.
_SIGNED_IN: Final = ("assume", "aws_session_token", "credential", "profile", "aws_role", "web_identity")


def check(subject: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each key in variables or in the settings of the AWS CLI; as a hint where they must be elsewhere."""
    for about, path, variables in _variables(subject):
        for name in _KEYS:
            if isinstance(variables, Mapping) and str(getattr(variables.get(name), "value", variables.get(name)) or ""):
                message = f"{_owner(about)}: {name} is a key that does not expire"
                yield finding("static-aws-keys", about, (*path, name), message, _HINT, severity="warning")
    for command in subject.commands:
        sets_key = command.runs("aws", "configure", "set") and not {*map(str.lower, _KEYS)}.isdisjoint(command.words)
        if sets_key and not _signs_in(subject, command.job):
            message = f"{command.job.name} job: `aws configure` sets a key that does not expire"
            yield finding("static-aws-keys", command.job, command.path, message, _HINT, severity="warning")
    told = set()
    for command in subject.deployments:
        job = command.job
        if job.name not in told and not subject.open and not _signs_in(subject, job):
            told.add(job.name)
            message = (
                f"{job.name} job: its AWS credentials come from the project's settings or the runner: such keys seldom expire"
            )
            yield finding("static-aws-keys", job, command.path, message, _HINT, severity="info")


def _variables(subject: PipelineAnalysis) -> Iterator[tuple[Model, tuple[str | int, ...], Any]]:
    pipeline = subject.pipeline
    yield pipeline, ("variables",), pipeline.variables
    for job in subject.having("variables"):
        yield job, ("variables",), job.variables
    for job, index, rule in subject.rules:
        if "variables" in rule.__dict__:
            yield job, ("rules", index, "variables"), rule.variables


def _owner(about: Model) -> str:
    return f"{about.name} job" if isinstance(about, BaseJob) else "variables"


def _signs_in(subject: PipelineAnalysis, job: BaseJob) -> bool:
    """Return whether there is a sign that a job gets credentials that expire."""
    if is_set(subject.setting(job, "id_tokens")) or is_set(getattr(job, "secrets", None)):
        return True
    return subject.mentions(job, _SIGNED_IN)
