"""`template-not-passed`: a job deploys a packaged template that it does not get from the job that writes it.

Source: https://docs.gitlab.com/ci/jobs/job_artifacts/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from gitlabgen.analysis.commands import Command
from gitlabgen.analysis.pipelines import needs_of
from gitlabgen.analysis.projects import ProjectAnalysis, normal
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, closest
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each template that is misspelt, no artifact, or an artifact that the job does not get."""
    outputs = {package.output for package in analysis.packages}
    used = [
        (deployment.command, normal(deployment.file))
        for deployment in analysis.deployments
        if deployment.file is not None and "$" not in deployment.file
    ]
    used += [(package.command, package.source) for package in analysis.packages if package.source in outputs]
    for command, path in used:
        job = command.job
        makers = {package.command.job.name: package.command.job for package in analysis.packages if package.output == path}
        if job.name in makers or path in analysis.templates:
            continue
        if not makers:
            yield from _misspelt(command, path, outputs)
        elif not any(_keeps(maker, path) for maker in makers.values()):
            name = next(iter(makers))
            message = f"{job.name} job: {path} is written by {name}, which does not keep it as an artifact"
            yield RULE.finding(spot(job, command.path), message, f"add {path!r} to the artifacts of {name}")
        elif not any(_gets(job, name) for name in makers):
            name = next(iter(makers))
            message = f"{job.name} job: {path} is an artifact of {name}, whose artifacts the job does not get"
            yield RULE.finding(spot(job, command.path), message, f"add {name!r} to its needs")


def _misspelt(command: Command, path: str, outputs: Iterable[str]) -> Iterator[Finding]:
    near = closest(path, sorted(output for output in outputs if "$" not in output))
    if near is not None:
        message = f"{command.job.name} job: no job writes the template {path}"
        yield RULE.finding(spot(command.job, command.path), message, f"did you mean {near!r}?")


def _keeps(job: BaseJob, path: str) -> bool:
    """Return whether a job keeps a file, as far as can be told."""
    artifacts = getattr(job, "artifacts", None)
    paths = getattr(artifacts, "paths", None)
    if artifacts is None or (paths is None and getattr(artifacts, "untracked", None) is None):
        return False
    kept = [normal(item) for item in paths or () if isinstance(item, str)] if isinstance(paths, tuple | None) else ["$"]
    return getattr(artifacts, "untracked", None) is True or any(
        "$" in item or item == "." or fnmatchcase(path, item) or path.startswith(f"{item}/") for item in kept
    )


def _gets(job: BaseJob, name: str) -> bool:
    """Return whether a job gets another's artifacts, as far as can be told."""
    dependencies, needs = getattr(job, "dependencies", None), job.needs
    if isinstance(dependencies, tuple) and name not in dependencies:
        return False
    if not isinstance(needs, tuple):
        return True
    wanted = [need for _, other, need in needs_of(needs) if other == name]
    return any(need is None or need.artifacts is not False for need in wanted)


RULE: Final = LintRule(
    id="template-not-passed",
    summary="a built or packaged template that is misspelt, no artifact, or an artifact that the job does not get",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/jobs/job_artifacts/",
    former_ids=("unshared-template",),
    examples=(),
    check=check,
)
