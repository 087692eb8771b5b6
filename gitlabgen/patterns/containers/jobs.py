"""Jobs of a container service: those that build its image, and those that deploy it to clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.gitlab.artifacts import Artifacts
from gitlabgen.gitlab.conditions import Condition, var
from gitlabgen.gitlab.environment import Environment
from gitlabgen.gitlab.image import Image
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.reports import Reports
from gitlabgen.gitlab.rules import Rule
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import Model, construct
from gitlabgen.modeling.plans import location_of
from gitlabgen.patterns.checks import job_of
from gitlabgen.patterns.containers import scripts
from gitlabgen.patterns.containers.service import ContainerService
from gitlabgen.patterns.containers.targets import ImageBuild, KubernetesNamespace, KubernetesReview, KubernetesTarget
from gitlabgen.patterns.events import AFTER_RUNNER_FAILURES, ON_DEFAULT_BRANCH, ON_MERGE_REQUEST, ON_SCHEDULE

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

# Code of a fork must not run with the credentials of this project.
_ON_OWN_MERGE_REQUEST: Final = ON_MERGE_REQUEST & (var.CI_MERGE_REQUEST_SOURCE_PROJECT_ID == var.CI_MERGE_REQUEST_PROJECT_ID)
_CACHE: Final = f"{scripts.IMAGE}/cache"
_BUILD: Final = "build-image"
_BUILD_REVIEW: Final = "build-review-image"
# In addition to the rollout and the rollback, which may each take `rollout_minutes` for each Deployment.
_SLACK_MINUTES: Final = 10
_STOP_MINUTES: Final = 10
_WITHOUT_CHECKOUT: Final = {"GIT_STRATEGY": "none"}


def build_jobs(service: ContainerService, image: ImageBuild) -> Iterator[Job]:
    """Yield the jobs that build the image, for merge requests and for the default branch.

    Images of merge requests go into a separate repository, and their layers into a cache that builds of the default branch
    never read.

    Args:
        service: The service.
        image: How the image is built.
    """
    main, own = f"{_CACHE}:default", f"{_CACHE}:mr-$CI_MERGE_REQUEST_IID"
    if service.review is None:
        yield _build(image, "check-image", ON_MERGE_REQUEST, None, [main], service.retention)
    else:
        repository = f"{scripts.IMAGE}/review"
        yield _build(image, _BUILD_REVIEW, _ON_OWN_MERGE_REQUEST, repository, [own, main], "1 week")
    yield _build(image, _BUILD, ON_DEFAULT_BRANCH, scripts.IMAGE, [main], service.retention)


def _build(
    image: ImageBuild, name: str, condition: Condition, repository: str | None, caches: Sequence[str], retention: str | Reference
) -> Job:
    pushed = repository is not None
    return _job(
        image,
        name,
        stage="build",
        # The build runs in parallel with the tests; deployments still wait for them.
        needs=None if image.after_tests else [],
        image=_without_entrypoint(image.builder),
        rules=[Rule(condition)],
        variables={"BUILDKITD_FLAGS": "--oci-worker-no-process-sandbox"},
        script=[
            *scripts.sign_in_to_registry(),
            scripts.build(image, repository, caches),
            *(scripts.record_digest() if pushed else ()),
        ],
        artifacts=Artifacts(reports=Reports(dotenv=scripts.IMAGE_FILE), expire_in=retention) if pushed else None,
        tags=image.tags,
        timeout=image.timeout,
        interruptible=True,
        retry=AFTER_RUNNER_FAILURES,
    )


def review_jobs(service: ContainerService, review: KubernetesReview) -> Iterator[Job]:
    """Yield the jobs that deploy a merge request to a separate namespace, check it there, and remove it.

    Args:
        service: The service.
        review: Where merge requests are deployed.
    """
    namespace = review.namespace or f"{service.name}-mr-$CI_MERGE_REQUEST_IID"
    environment = "review/$CI_MERGE_REQUEST_IID"
    stop = "stop-review"
    yield _kubectl(
        service,
        review,
        "deploy-review",
        stage="review",
        dependencies=[_BUILD_REVIEW],
        rules=[Rule(_ON_OWN_MERGE_REQUEST)],
        script=[
            *scripts.connect(review.agent, namespace),
            _call(service, "namespace", scripts.quoted(namespace)),
            *_deploy(service, review, f"{scripts.IMAGE}/review", review.manifests or "deploy/review"),
        ],
        environment=Environment(
            environment, url=review.url, on_stop=stop, auto_stop_in=review.auto_stop_in, deployment_tier="development"
        ),
        resource_group=environment,
        timeout=_timeout(service, review),
    )
    if review.smoke is not None:
        place = Environment(environment, url=review.url, action="verify")
        yield _smoke(review, "review", "review", _ON_OWN_MERGE_REQUEST, place)
    yield _kubectl(
        service,
        review,
        stop,
        comment="Runs when the merge request is merged or closed, when its time is up, or by hand.",
        stage="review",
        needs=[],
        # The rules must match those of the job that deploys, or GitLab could not start this job.
        rules=[Rule(_ON_OWN_MERGE_REQUEST, when="manual", allow_failure=True)],
        # The branch may already be deleted.
        variables=_WITHOUT_CHECKOUT,
        script=[*scripts.connect(review.agent), scripts.remove_namespace(namespace, _STOP_MINUTES)],
        environment=Environment(environment, action="stop"),
        resource_group=environment,
        timeout=f"{_STOP_MINUTES + 5} minutes",
    )


def target_jobs(service: ContainerService, target: KubernetesTarget) -> Iterator[Job]:
    """Yield the jobs that approve a target, deploy to it, check the deployment, and roll it back if the check fails.

    Args:
        service: The service.
        target: One of its targets.
    """
    name, stage = target.name, f"deploy-{target.name}"
    last = service.deploy[-1] is target
    tier = target.tier or ("production" if last else "staging")
    if target.gate is not None:
        yield _kubectl(
            service,
            target,
            f"approve-{name}",
            stage=f"approve-{name}",
            rules=[Rule(ON_DEFAULT_BRANCH, when="manual", allow_failure=False)],
            variables=_WITHOUT_CHECKOUT,
            dependencies=[],
            script=['echo "$GITLAB_USER_LOGIN agreed to $CI_COMMIT_SHORT_SHA"'],
            environment=Environment(name, action="verify", deployment_tier=tier),
            timeout="5 minutes",
        )
    deployed: dict[str, Any] = {"resource_group": name, "timeout": _timeout(service, target)}
    revisions = Artifacts(paths=scripts.REVISIONS, expire_in="1 week") if target.smoke else None
    yield _kubectl(
        service,
        target,
        stage,
        stage=stage,
        dependencies=[_BUILD],
        rules=[Rule(ON_DEFAULT_BRANCH)],
        script=[
            *([_call(service, "gate")] if service.freeze else ()),
            *scripts.connect(target.agent, target.namespace),
            *_deploy(service, target, scripts.IMAGE, target.manifests or f"deploy/{name}"),
        ],
        artifacts=revisions,
        environment=Environment(name, url=target.url, deployment_tier=tier),
        **deployed,
    )
    if target.smoke is None:
        return
    yield _smoke(target, name, stage, ON_DEFAULT_BRANCH, Environment(name, url=target.url, action="verify", deployment_tier=tier))
    yield _kubectl(
        service,
        target,
        f"undo-{name}",
        comment="Runs if the smoke test fails; a rollout that fails is taken back by the job that deploys.",
        stage=stage,
        needs=[stage, f"smoke-{name}"],
        rules=[Rule(ON_DEFAULT_BRANCH, when="on_failure")],
        script=[*scripts.connect(target.agent, target.namespace), _call(service, "undo", f"{target.rollout_minutes}m")],
        environment=Environment(name, action="access", deployment_tier=tier),
        **deployed,
    )


def reap_job(service: ContainerService, review: KubernetesReview, days: int) -> Job:
    """Return the scheduled job that removes namespaces that no stop job has removed.

    Args:
        service: The service.
        review: Where merge requests are deployed.
        days: The number of days without a deployment after which a namespace is removed.
    """
    return _kubectl(
        service,
        review,
        "reap-reviews",
        stage="nightly",
        rules=[Rule(ON_SCHEDULE)],
        script=[*scripts.connect(review.agent), _call(service, "reap", str(days))],
        environment=Environment("review/reaper", action="access", deployment_tier="development"),
        resource_group="review/reaper",
        timeout="15 minutes",
    )


def _smoke(place: KubernetesNamespace, name: str, stage: str, condition: Condition, environment: Environment) -> Job:
    assert place.smoke is not None
    return job_of(
        place.smoke,
        f"smoke-{name}",
        stage=stage,
        needs=[f"deploy-{name}"],
        rules=[Rule(condition)],
        environment=environment,
        interruptible=False,
        retry=AFTER_RUNNER_FAILURES,
        timeout=place.smoke.timeout or "15 minutes",
    )


def _deploy(service: ContainerService, place: KubernetesNamespace, repository: str, manifests: str) -> list[str]:
    image = scripts.quoted(f"{repository}@$IMAGE_DIGEST")
    names = (service.image_name or service.name, image, f"{place.rollout_minutes}m", *_deployments(service, place))
    secret = [] if service.pull_secret is None else [_call(service, "pull-secret", service.pull_secret)]
    return [*secret, _call(service, "deploy", manifests, *names)]


def _call(service: ContainerService, *words: str) -> str:
    return " ".join(("sh", f"{service.scripts}/{scripts.KUBERNETES}", *words))


def _deployments(service: ContainerService, place: KubernetesNamespace) -> ListOf[str]:
    return place.deployments or (service.name,)


def _timeout(service: ContainerService, place: KubernetesNamespace) -> str:
    """Return the timeout of a job that may have to roll out and to roll back."""
    return f"{2 * place.rollout_minutes * len(_deployments(service, place)) + _SLACK_MINUTES} minutes"


def _kubectl(service: ContainerService, place: KubernetesNamespace, name: str, **keywords: Any) -> Job:
    image = _without_entrypoint(service.kubectl)
    return _job(place, name, **{"image": image, "tags": service.runner_tags, "interruptible": False, **keywords})


def _without_entrypoint(image: str | Image) -> str | Image:
    """Return an image without its entrypoint, so that the runner can start a shell."""
    return Image(image, entrypoint=[""]) if isinstance(image, str) else image


def _job(about: Model, name: str, **keywords: Any) -> Job:
    """Return a job; its findings are reported at the location of a model."""
    given = {keyword: value for keyword, value in keywords.items() if value is not None}
    return construct(Job, (name,), given, location_of(about))
