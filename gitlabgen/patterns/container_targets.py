"""What `container_service` is told about: the image, and the clusters that it is deployed to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal

from gitlabgen.gitlab.keyword_types import Duration, Strings, Timeout, between
from gitlabgen.modeling.fields import field
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
    """Return a check of names that Kubernetes takes for one part of a host name, for use in `Annotated`.

    Args:
        longest: The most characters.
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
"""A name of small letters, digits and dashes, as Kubernetes wants it."""

Agent = Annotated[str, _agent]
"""An agent for Kubernetes, as `path/to/project:name`."""

Line = Annotated[str, _line]
"""A text that goes into a shell line; variables of GitLab in it are filled in."""

ImageName = Annotated[str, _image_name]
"""An image's name in manifests."""

Minutes = Annotated[int, between(1, 600)]


@model
class ImageBuild(Arguments):
    """How the container image is built: by BuildKit without root and without a daemon, so that no runner need be privileged.

    Args:
        dockerfile: The Dockerfile's path.
        context: The folder that the Dockerfile can copy from.
        target: The stage of the Dockerfile to build, if not the last.
        build_args: Build arguments by name; GitLab's variables in them are filled in. Not for secrets: the image tells them.
        platforms: Platforms such as `linux/arm64`; the runner's own if not given.
        sbom: Whether a bill of materials is attached to the image.
        provenance: What is attached about the build: `min`, or `max`, which tells build arguments, too.
        builder: The image with BuildKit, best with its digest.
        after_tests: Whether the build waits for the tests, and gets their artifacts, instead of running beside them.
        tags: Which runners take the job; BuildKit needs one that lets it make user namespaces.
        timeout: How long it may run.

    Source: https://docs.gitlab.com/ci/docker/using_buildkit/
    """

    keyword: ClassVar[str] = "ImageBuild"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/docker/using_buildkit/"
    never_none: ClassVar[tuple[str, ...]] = ("dockerfile", "context", "sbom", "builder", "after_tests", "timeout")

    dockerfile: RepositoryPath = field(default="Dockerfile", kw_only=False)
    context: RepositoryPath = "."
    target: Line | None = None
    build_args: Annotated[Mapping[str, Line], _arguments] | None = None
    platforms: Sequence[Line] | None = None
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
        agent: GitLab's agent for Kubernetes that leads to the cluster, as `path/to/project:name`.
        manifests: The folder with the `kustomization.yaml`.
        deployments: The Deployments to wait for, and to take back if one fails; the one of the service's name if not given.
        rollout_minutes: How many minutes each Deployment may take to roll out.
        url: The address of what is deployed.
        smoke: What checks it after each deployment, at `$CI_ENVIRONMENT_URL`; a target that fails goes back to what it was.
    """

    docs_url: ClassVar[str] = "https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/"
    never_none: ClassVar[tuple[str, ...]] = ("rollout_minutes",)

    agent: Agent
    manifests: RepositoryPath | None = None
    deployments: Sequence[Label] | None = None
    rollout_minutes: Minutes = 10
    url: Line | None = None
    smoke: Test | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a Deployment that is named twice."""
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
        name: What the target is called: it ends the names of its jobs, and is the environment's name.
        namespace: The namespace, which exists.
        tier: GitLab's deployment tier; `production` for the last target, `staging` for those before if not given.
        gate: `manual` where a person has to agree first.

    Source: https://docs.gitlab.com/user/clusters/agent/ci_cd_workflow/
    """

    keyword: ClassVar[str] = "KubernetesTarget"

    name: Label = field(kw_only=False)
    namespace: Label
    tier: Literal["production", "staging", "testing", "development", "other"] | None = None
    gate: Literal["manual"] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for the name that the jobs of merge requests have."""
        yield from super().problems()
        if self.name == "review":
            yield Problem("cannot be 'review': merge requests have this name", path=("name",))


@model
class KubernetesReview(KubernetesNamespace):
    """Where each merge request is deployed to: a namespace of its own, which goes with it; see `KubernetesNamespace`.

    The manifests may hold `$CI_MERGE_REQUEST_IID`, such as in the host of an Ingress. Merge requests of forks are not deployed.

    Args:
        namespace: The namespace, with `$CI_MERGE_REQUEST_IID` in it; made of the service's name if not given.
        auto_stop_in: After which time it is removed if nobody works on the merge request.
        reap_days: After how many days without a deployment a scheduled pipeline removes what was forgotten; None for never.

    Source: https://docs.gitlab.com/ci/review_apps/
    """

    keyword: ClassVar[str] = "KubernetesReview"
    never_none: ClassVar[tuple[str, ...]] = (*KubernetesNamespace.never_none, "auto_stop_in")

    namespace: Annotated[str, _review_namespace] | None = None
    auto_stop_in: Duration = "2 days"
    reap_days: Annotated[int, between(1, 365)] | None = 7
