"""Arguments of `container_service`, validated together before any job is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final

from gitlabgen.gitlab.image import Image
from gitlabgen.gitlab.keyword_types import Lifetime, Strings
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.patterns.arguments import Arguments, RepositoryPath
from gitlabgen.patterns.checks import Test
from gitlabgen.patterns.containers.targets import (
    ImageBuild,
    ImageName,
    KubernetesReview,
    KubernetesTarget,
    Label,
    label,
)
from gitlabgen.patterns.extras import Scan

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
