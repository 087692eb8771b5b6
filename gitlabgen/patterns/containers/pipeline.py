"""`container_service`: a deployment pipeline for a Dockerfile, its tests and its clusters."""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.gitlab.artifacts import Artifacts
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.rules import Rule
from gitlabgen.modeling.model import construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.patterns.arguments import pattern
from gitlabgen.patterns.checks import Test, job_of
from gitlabgen.patterns.containers.jobs import build_jobs, reap_job, review_jobs, target_jobs
from gitlabgen.patterns.containers.scripts import KUBERNETES, kubernetes
from gitlabgen.patterns.containers.service import ContainerService
from gitlabgen.patterns.containers.targets import (
    ImageBuild,
)
from gitlabgen.patterns.events import (
    AFTER_RUNNER_FAILURES,
    CHECK_TIMEOUT,
    ON_DEFAULT_BRANCH,
    WHEN_CHECKED,
    merge_requests_and_default_branch,
)
from gitlabgen.patterns.extras import release_job, scan_keywords
from gitlabgen.project import Project

__all__ = ["container_service"]


@pattern(ContainerService)
def container_service(service: ContainerService) -> Project:
    """Return the project of a service; `ContainerService` has the arguments."""
    jobs = [*_jobs(service)]
    pipeline = Pipeline(
        workflow=merge_requests_and_default_branch(service.name),
        **scan_keywords(service.scan),
        stages=[*dict.fromkeys(str(job.stage) for job in jobs)],
        jobs=jobs,
    )
    deploys = bool(service.deploy) or service.review is not None
    return Project(pipeline=pipeline, files={f"{service.scripts}/{KUBERNETES}": kubernetes()} if deploys else None)


def _jobs(service: ContainerService) -> Iterator[Job]:
    """Yield the jobs, ordered by stage."""
    tests = {"test": service.test} if isinstance(service.test, Test) else service.test
    for name, test in tests.items():
        yield _test(test, name)
    yield from build_jobs(service, service.image or ImageBuild())
    if "container-scanning" in service.scan:
        yield _scan()
    if service.review is not None:
        yield from review_jobs(service, service.review)
    for target in service.deploy:
        yield from target_jobs(service, target)
    if service.release:
        what = f"{service.name} as it was deployed by $CI_PIPELINE_URL: `$CI_REGISTRY_IMAGE@$IMAGE_DIGEST`"
        yield release_job(what, 'echo "Releases $CI_REGISTRY_IMAGE@$IMAGE_DIGEST."', ["build-image"])
    if service.review is not None and service.review.reap_days is not None:
        yield reap_job(service, service.review, service.review.reap_days)


def _test(test: Test, name: str) -> Job:
    artifacts = test.artifacts
    if isinstance(artifacts, Artifacts) and not is_set(artifacts.expire_in):
        artifacts = construct(Artifacts, (), {**vars(artifacts), "expire_in": "1 week"}, location_of(artifacts))
    return job_of(
        test,
        name,
        stage="test",
        rules=WHEN_CHECKED,
        artifacts=artifacts,
        timeout=test.timeout or CHECK_TIMEOUT,
        interruptible=True,
        retry=AFTER_RUNNER_FAILURES,
    )


def _scan() -> Job:
    return Job(
        "container_scanning",
        comment="The rest of this job comes from GitLab's template.",
        stage="build",
        needs=["build-image"],
        rules=[Rule(ON_DEFAULT_BRANCH)],
        variables={"CS_IMAGE": "$CI_REGISTRY_IMAGE:$CI_COMMIT_SHA"},
        interruptible=True,
    )
