"""`template-not-passed`: a job reads a template that it does not get from the job that writes it.

Source: https://docs.gitlab.com/ci/jobs/job_artifacts/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Final

from gitlabgen.analysis.commands import Command
from gitlabgen.analysis.folders import normalized
from gitlabgen.analysis.pipelines import needs_of
from gitlabgen.analysis.projects import ProjectAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding, closest, suggestion
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: ProjectAnalysis) -> Iterator[Finding]:
    """Yield a finding for each template that is misspelt, not an artifact, or an artifact that the job does not get."""
    outputs = {package.output for package in analysis.packages}
    used = [
        (deployment.command, deployment.file)
        for deployment in analysis.deployments
        if deployment.file is not None and "$" not in deployment.file
    ]
    used += [(package.command, package.source) for package in analysis.packages if package.source in outputs]
    for command, path in used:
        job = command.job
        writers = {package.command.job.name: package.command.job for package in analysis.packages if package.output == path}
        if job.name in writers or path in analysis.templates:
            continue
        if not writers:
            yield from _misspelt(command, path, outputs)
        elif not any(_keeps_artifact(writer, path) for writer in writers.values()):
            name = next(iter(writers))
            message = f"`{job.name}` reads `{path}`, which `{name}` does not keep as an artifact."
            yield RULE.finding(command_spot(command, path), message, f"add `{path}` to the artifacts of `{name}`", facts=(path,))
        elif not any(_gets_artifacts(job, name) for name in writers):
            name = next(iter(writers))
            message = f"`{job.name}` reads `{path}`, but does not get the artifacts of `{name}`."
            yield RULE.finding(command_spot(command, path), message, f"add `{name}` to the needs of `{job.name}`", facts=(path,))


def _misspelt(command: Command, path: str, outputs: Iterable[str]) -> Iterator[Finding]:
    # A file in a deeper folder may be a copy.
    near = closest(path, sorted(output for output in outputs if "$" not in output and output.count("/") == path.count("/")))
    if near is not None:
        message = f"`{command.job.name}` reads `{path}`, which no job writes."
        yield RULE.finding(command_spot(command, path), message, suggestion(near), facts=(path,))


def _keeps_artifact(job: BaseJob, path: str) -> bool:
    """Return whether a job may keep a file as an artifact."""
    artifacts = getattr(job, "artifacts", None)
    paths = getattr(artifacts, "paths", None)
    if artifacts is None or (paths is None and getattr(artifacts, "untracked", None) is None):
        return False
    kept = [normalized(item) for item in paths or () if isinstance(item, str)] if isinstance(paths, tuple | None) else ["$"]
    return getattr(artifacts, "untracked", None) is True or any(
        "$" in item or item == "" or fnmatchcase(path, item) or path.startswith(f"{item}/") for item in kept
    )


def _gets_artifacts(job: BaseJob, name: str) -> bool:
    """Return whether a job may get the artifacts of another job."""
    dependencies, needs = getattr(job, "dependencies", None), job.needs
    if isinstance(dependencies, tuple) and name not in dependencies:
        return False
    if not isinstance(needs, tuple):
        return True
    matching = [need for _, other, need in needs_of(needs) if other == name]
    return any(need is None or need.artifacts is not False for need in matching)


RULE: Final = LintRule(
    id="template-not-passed",
    summary="A job reads a template that it does not get from the job that writes it.",
    why=(
        "Each job starts with a clean copy of the repository. "
        "A file from another job is available only if that job keeps it as an artifact, and this job gets its artifacts. "
        "Otherwise the command does not find the template, and the deployment fails."
    ),
    severity="error",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/job_artifacts/",
    former_ids=("unshared-template",),
    examples=[
        Example(
            bad="""
stages: [build, deploy]
package:
  stage: build
  script:
    - aws cloudformation package --template-file template.yml --s3-bucket code --output-template-file packaged.yml
deploy:
  stage: deploy
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  script:
    - aws cloudformation deploy --stack-name shop --template-file packaged.yml --no-fail-on-empty-changeset
""",
            good="""
stages: [build, deploy]
package:
  stage: build
  script:
    - aws cloudformation package --template-file template.yml --s3-bucket code --output-template-file packaged.yml
  artifacts:
    paths: [packaged.yml]
deploy:
  stage: deploy
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens: {AWS_TOKEN: {aud: sts.amazonaws.com}}
  script:
    - aws cloudformation deploy --stack-name shop --template-file packaged.yml --no-fail-on-empty-changeset
""",
            files={
                "template.yml": """
Resources:
  Orders:
    Type: AWS::SNS::Topic
"""
            },
        )
    ],
    check=check,
)
