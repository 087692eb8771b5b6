"""`container_service`: a deployment pipeline for a Dockerfile, its tests and its clusters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final

from gitlabgen.gitlab.artifacts import Artifacts
from gitlabgen.gitlab.image import Image
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.keyword_types import Lifetime, Strings, is_set
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.rules import Rule
from gitlabgen.modeling.model import construct, model
from gitlabgen.modeling.plans import location_of
from gitlabgen.modeling.problems import Problem
from gitlabgen.patterns.arguments import Arguments, RepositoryPath, pattern
from gitlabgen.patterns.checks import Test, job_of
from gitlabgen.patterns.container_jobs import build_jobs, reap_job, review_jobs, target_jobs
from gitlabgen.patterns.container_scripts import KUBERNETES, kubernetes
from gitlabgen.patterns.container_targets import (
    ImageBuild,
    ImageName,
    KubernetesReview,
    KubernetesTarget,
    Label,
    label,
)
from gitlabgen.patterns.events import (
    AFTER_RUNNER_FAILURES,
    CHECK_TIMEOUT,
    ON_DEFAULT_BRANCH,
    WHEN_CHECKED,
    merge_requests_and_default_branch,
)
from gitlabgen.patterns.extras import Scan, release_job, scan_keywords
from gitlabgen.project import Project

__all__ = ["container_service"]

# Names of namespaces begin with the service's name.
_LONGEST_NAME: Final = 40


@model
class ContainerService(Arguments):
    """A service whose image is built once and deployed by digest to one target after the other.

    Merge requests are tested. With `review`, each is also deployed to a separate namespace, which is removed with it. The
    default branch is deployed to one target after the other. A rollout that fails is rolled back, and stops the pipeline.
    Without targets, the image is only pushed to the project's registry.

    Args:
        name: The service's name.
        test: The check of the code, or several checks by the names of their jobs.
        image: How the image is built.
        review: Where merge requests are deployed.
        deploy: Where the default branch is deployed, in this order; the last target is production.
        image_name: The image's name in the manifests; by default the service's name.
        freeze: Whether GitLab's deploy freezes stop deployments of the default branch.
        scan: GitLab's own scans; the container scan runs for the default branch only.
        release: Whether a pipeline of the default branch ends with a release, named `v1.` and the pipeline's number.
        kubectl: The image with kubectl and a shell, preferably with its digest.
        pull_secret: The secret with which clusters pull the image, created if the project has a deploy token; None for none.
        runner_tags: Tags of the runners for jobs that deploy.
        scripts: The folder for the script that jobs call.
        retention: How long the digest is kept; GitLab's rollback button needs it.

    Raises:
        KeywordError: With all problems of the arguments, if there is no active collector.

    Source: https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/
    """

    keyword: ClassVar[str] = "container_service"
    never_none: ClassVar[tuple[str, ...]] = ("deploy", "freeze", "scan", "release", "kubectl", "scripts", "retention")

    name: Annotated[str, label(_LONGEST_NAME)]
    test: Test | Mapping[str, Test]
    image: ImageBuild | None = None
    review: KubernetesReview | None = None
    deploy: Sequence[KubernetesTarget] = ()
    image_name: ImageName | None = None
    freeze: bool = True
    scan: Sequence[Scan] = ("container-scanning", "sast", "secret-detection")
    release: bool = False
    kubectl: str | Image = "alpine/k8s:1.34.1"
    pull_secret: Label | None = "gitlab-registry"  # noqa: S105 - the name of a secret
    runner_tags: Strings | None = None
    scripts: RepositoryPath = "ci"
    retention: Lifetime = "90 days"

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for missing tests, and for targets that conflict."""
        yield from super().problems()
        if self.test == {}:
            yield Problem("is empty", "add a Test(…): untested code is not deployed", ("test",))
        given: Any = self.deploy
        targets = [target for target in given if isinstance(target, KubernetesTarget)] if isinstance(given, tuple) else []
        yield from _collisions(targets)
        if isinstance(self.review, KubernetesReview):
            yield from _agent_problems(self.review, targets)


def _collisions(targets: Sequence[KubernetesTarget]) -> Iterator[Problem]:
    """Yield a problem for each target that has the name or the namespace of another."""
    for index, target in enumerate(targets):
        for other in targets[:index]:
            if target.name == other.name:
                yield Problem(
                    f"is {target.name!r} for two targets", "they would share their jobs", ("name",), about=target, first=other
                )
            elif (target.agent, target.namespace) == (other.agent, other.namespace):
                words = f"is also the namespace of the target {other.name!r}"
                yield Problem(words, "give each target another namespace", ("namespace",), about=target, first=other)


def _agent_problems(review: KubernetesReview, targets: Sequence[KubernetesTarget]) -> Iterator[Problem]:
    """Yield a problem for the first target that unmerged code could deploy to."""
    found = next((target for target in targets if target.agent == review.agent), None)
    if found is not None:
        hint = "give merge requests another agent: unmerged code could deploy to the target"
        yield Problem(f"is also the agent of the target {found.name!r}", hint, ("agent",), about=review, first=found)


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
