"""Arguments of `container_service`: the image, and the clusters that it is deployed to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from gitlabgen.gitlab.environment import DeploymentTier
from gitlabgen.gitlab.keyword_types import Duration, Strings, Timeout, between
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.patterns.arguments import Arguments, RepositoryPath

if TYPE_CHECKING:
    from gitlabgen.gitlab.image import Image
    from gitlabgen.patterns.checks import Test

__all__ = ["ImageBuild", "KubernetesReview", "KubernetesTarget"]

_LABEL: Final = r"[a-z](?:[a-z0-9-]*[a-z0-9])?"
_AGENT: Final = r"[\w.-]+(?:/[\w.-]+)*:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_LONGEST_LABEL: Final = 63
_IDENTIFIER: Final = r"[A-Za-z_]\w*"
_IID: Final = r"\$(?:CI_MERGE_REQUEST_IID\b|\{CI_MERGE_REQUEST_IID\})"


def label(longest: int = _LONGEST_LABEL) -> Any:
    """Return a check, for use in `Annotated`, that a name is a valid DNS label, as Kubernetes requires.

    Args:
        longest: The maximum number of characters.
    """

    def check(value: str) -> str:
        _check_label(value, longest, value)
        return value

    return check


def _check_label(name: str, longest: int, given: str) -> None:
    if not re.fullmatch(_LABEL, name) or len(name) > longest:
        words = f"should be lowercase letters, digits and dashes, at most {longest}, with a letter first"
        raise InvalidValue(f"{words}, got {given!r}")


def _agent(value: str) -> str:
    if not re.fullmatch(_AGENT, value, re.ASCII):
        raise InvalidValue(f"should be an agent such as 'path/to/project:agent', got {value!r}")
    return value


def _review_namespace(value: str) -> str:
    if not re.search(_IID, value):
        raise InvalidValue(f"should contain $CI_MERGE_REQUEST_IID, got {value!r}", "each merge request needs another namespace")
    _check_label(re.sub(_IID, "0", value), _LONGEST_LABEL, value)
    return value


def _line(value: str) -> str:
    if "\n" in value:
        raise InvalidValue(f"should be a single line, got {value!r}")
    return value


def _image_name(value: str) -> str:
    if not re.fullmatch(r"[\w.-]+(?:[/:][\w.-]+)*", value, re.ASCII):
        raise InvalidValue(f"should be the name of the image in the manifests, got {value!r}", "write it without a tag: 'shop'")
    return value


def _arguments(value: Mapping[str, str]) -> Mapping[str, str]:
    for name in value:
        if not re.fullmatch(_IDENTIFIER, name, re.ASCII):
            raise InvalidValue("is not the name of a build argument", "use letters, digits and '_', with no digit first", (name,))
    return value


Label = Annotated[str, label()]
"""A name of lowercase letters, digits and dashes, as Kubernetes requires."""

Agent = Annotated[str, _agent]
"""An agent for Kubernetes, as `path/to/project:name`."""

Line = Annotated[str, _line]
"""A text without line breaks for a shell command; GitLab's variables in it are expanded."""

ImageName = Annotated[str, _image_name]
"""An image's name in manifests."""

Minutes = Annotated[int, between(1, 600)]


@model
class ImageBuild(Arguments):
    """How the container image is built: by rootless BuildKit without a daemon, so that no privileged runner is needed.

    Args:
        dockerfile: The Dockerfile's path.
        context: The build context.
        target: The stage of the Dockerfile to build, if not the last.
        build_args: Build arguments by name, with GitLab's variables expanded. Not for secrets: they are visible in the image.
        platforms: Platforms such as `linux/arm64`; by default the runner's platform.
        sbom: Whether a software bill of materials is attached to the image.
        provenance: The provenance attached to the image: `min`, or `max`, which includes build arguments.
        builder: The image with BuildKit, preferably with its digest.
        after_tests: Whether the build waits for the tests, and gets their artifacts, instead of running in parallel with them.
        tags: Tags of the runners that may run the job; BuildKit needs one that allows user namespaces.
        timeout: The job's timeout.

    Source: https://docs.gitlab.com/ci/docker/using_buildkit/
    """

    keyword: ClassVar[str] = "ImageBuild"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/docker/using_buildkit/"
    never_none: ClassVar[tuple[str, ...]] = ("dockerfile", "context", "sbom", "builder", "after_tests", "timeout")

    dockerfile: RepositoryPath = field(default="Dockerfile", kw_only=False)
    context: RepositoryPath = "."
    target: Line | None = None
    build_args: Annotated[Mapping[str, Line], _arguments] | None = None
    platforms: ListOf[Line] | None = None
    sbom: bool = True
    provenance: Literal["min", "max"] | None = "min"
    builder: str | Image = "moby/buildkit:v0.27.0-rootless"
    after_tests: bool = False
    tags: Strings | None = None
    timeout: Timeout = "1 hour"


@model
class KubernetesNamespace(Arguments):
    """A namespace in a cluster.

    Args:
        agent: GitLab's agent for Kubernetes in the cluster, as `path/to/project:name`.
        manifests: The folder with the `kustomization.yaml`.
        deployments: The Deployments to wait for, and to roll back if one fails; by default the one with the service's name.
        rollout_minutes: How many minutes each Deployment may take to roll out.
        url: The address of the deployed service.
        smoke: The check of each deployment, at `$CI_ENVIRONMENT_URL`; a target that fails it is rolled back.
    """

    docs_url: ClassVar[str] = "https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/"
    never_none: ClassVar[tuple[str, ...]] = ("rollout_minutes",)

    agent: Agent
    manifests: RepositoryPath | None = None
    deployments: ListOf[Label] | None = None
    rollout_minutes: Minutes = 10
    url: Line | None = None
    smoke: Test | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for an empty list of Deployments, and for each that is listed twice."""
        yield from super().problems()
        names: Any = self.deployments
        if names == ():
            yield Problem("is empty", "leave it out for the Deployment with the service's name", ("deployments",))
        for index, name in enumerate(names if isinstance(names, tuple) else ()):
            if name in names[:index]:
                yield Problem(f"repeats {name!r}", path=("deployments", index))


@model
class KubernetesTarget(KubernetesNamespace):
    """A namespace that the default branch is deployed to; see `KubernetesNamespace`.

    Args:
        name: The target's name, which is also the environment's name; names of its jobs end with it.
        namespace: The namespace, which must exist.
        tier: GitLab's deployment tier; by default `production` for the last target, and `staging` for the others.
        gate: `manual` if a person has to approve deployments.

    Source: https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/
    """

    keyword: ClassVar[str] = "KubernetesTarget"

    name: Label = field(kw_only=False)
    namespace: Label
    tier: DeploymentTier | None = None
    gate: Literal["manual"] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for the name that is reserved for merge requests."""
        yield from super().problems()
        if self.name == "review":
            yield Problem("cannot be 'review': this name is reserved for merge requests", path=("name",))


@model
class KubernetesReview(KubernetesNamespace):
    """Where merge requests are deployed: each to a separate namespace, which is removed with it; see `KubernetesNamespace`.

    The manifests may contain `$CI_MERGE_REQUEST_IID`, for example in the host of an Ingress. Merge requests of forks are not
    deployed.

    Args:
        namespace: The namespace, which contains `$CI_MERGE_REQUEST_IID`; by default it begins with the service's name.
        auto_stop_in: The time without a deployment after which GitLab stops the environment.
        reap_days: The days without a deployment after which a scheduled pipeline removes a namespace; None for never.

    Source: https://docs.gitlab.com/ci/review_apps/
    """

    keyword: ClassVar[str] = "KubernetesReview"
    never_none: ClassVar[tuple[str, ...]] = (*KubernetesNamespace.never_none, "auto_stop_in")

    namespace: Annotated[str, _review_namespace] | None = None
    auto_stop_in: Duration = "2 days"
    reap_days: Annotated[int, between(1, 365)] | None = 7
