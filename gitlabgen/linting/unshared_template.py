"""`unshared-template`: a job deploys a packaged template that it does not get from the job that writes it.

Source: https://docs.gitlab.com/ci/jobs/job_artifacts/
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from gitlabgen.errors import Finding, closest
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting._project import Deployment, ProjectSubject, normal
from gitlabgen.linting._subject import finding, needs_of

__all__ = ["check"]


def check(subject: ProjectSubject) -> Iterator[Finding]:
    """Yield a finding for each template that is misspelt, no artifact, or an artifact that the job does not get."""
    for deployment in subject.deployments:
        if deployment.file is None or "$" in deployment.file:
            continue
        path = normal(deployment.file)
        makers = {package.command.job.name: package.command.job for package in subject.packages if package.output == path}
        if deployment.job.name in makers or path in subject.templates:
            continue
        if not makers:
            yield from _misspelt(subject, deployment, path)
        elif not any(_keeps(job, path) for job in makers.values()):
            name = next(iter(makers))
            message = f"{deployment.job.name} job: {path} is written by {name}, which does not keep it as an artifact"
            hint = f"add {path!r} to the artifacts of {name}"
            yield finding("unshared-template", deployment.job, deployment.command.path, message, hint)
        elif not any(_gets(deployment.job, name) for name in makers):
            name = next(iter(makers))
            message = f"{deployment.job.name} job: {path} is an artifact of {name}, whose artifacts the job does not get"
            yield finding("unshared-template", deployment.job, deployment.command.path, message, f"add {name!r} to its needs")


def _misspelt(subject: ProjectSubject, deployment: Deployment, path: str) -> Iterator[Finding]:
    near = closest(path, [package.output for package in subject.packages if "$" not in package.output])
    if near is not None:
        message = f"{deployment.job.name} job: no job writes the template {path}"
        yield finding("unshared-template", deployment.job, deployment.command.path, message, f"did you mean {near!r}?")


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
