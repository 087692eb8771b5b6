"""Shell commands of the jobs that build an image and deploy it to a cluster."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from gitlabgen.patterns.containers.targets import ImageBuild

IMAGE: Final = "$CI_REGISTRY_IMAGE"
"""The repository of images of the default branch."""

IMAGE_FILE: Final = "image.env"
"""The file that passes the image's digest to later jobs."""

KUBERNETES: Final = "kubernetes.sh"
"""The script that deploying jobs call."""

REVISIONS: Final = (".deploy/before", ".deploy/after")
"""The files in which the script records Deployments; other files in their folder may contain secrets."""


def kubernetes() -> str:
    """Return the code of the script that deploying jobs call."""
    with open(os.path.join(os.path.dirname(__file__), KUBERNETES), encoding="utf-8") as stream:
        return stream.read()


def quoted(text: str) -> str:
    """Return a text quoted as one word of a shell command; the shell expands only variables in it.

    Args:
        text: The text.
    """
    for character in ("\\", '"', "`"):
        text = text.replace(character, f"\\{character}")
    return '"' + text.replace("$(", "\\$(") + '"'


def sign_in_to_registry() -> list[str]:
    """Return the commands that give BuildKit credentials for the project's registry."""
    credentials = '{"auths":{"%s":{"username":"%s","password":"%s"}}}'
    return [
        "umask 077",
        'mkdir -p "$HOME/.docker"',
        f"""printf '{credentials}' "$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > "$HOME/.docker/config.json\"""",
    ]


def build(image: ImageBuild, repository: str | None, caches: Sequence[str]) -> str:
    """Return the command that builds the image, and pushes it with the commit's hash as its tag.

    Args:
        image: How it is built.
        repository: The repository to push to; None to push nowhere.
        caches: The caches to import layers from; if the image is pushed, its layers are exported to the first one.
    """
    options = {
        "filename": image.dockerfile.rpartition("/")[2],
        "target": image.target,
        "platform": ",".join(image.platforms or ()) or None,
        **{f"build-arg:{name}": value for name, value in (image.build_args or {}).items()},
        "label:org.opencontainers.image.revision": "$CI_COMMIT_SHA",
        "label:org.opencontainers.image.source": "$CI_PROJECT_URL",
        "attest:sbom": "" if image.sbom and repository else None,
        "attest:provenance": f"mode={image.provenance}" if image.provenance and repository else None,
    }
    folder = image.dockerfile.rpartition("/")[0] or "."
    lines = [
        "buildctl-daemonless.sh build --frontend dockerfile.v0",
        f"--local context={image.context} --local dockerfile={folder}",
        *(f"--opt {quoted(f'{name}={value}')}" for name, value in options.items() if value is not None),
        *(f"--import-cache {quoted(f'type=registry,ref={cache}')}" for cache in caches),
    ]
    if repository:
        # If the registry refuses the cache, the next build is slower, but this one succeeds.
        cache = f"type=registry,ref={caches[0]},mode=max,image-manifest=true,ignore-error=true"
        lines += [
            f"--export-cache {quoted(cache)}",
            f"--output {quoted(f'type=image,name={repository}:$CI_COMMIT_SHA,push=true')}",
            "--metadata-file image.json",
        ]
    return " \\\n  ".join(lines)


def record_digest() -> list[str]:
    """Return the commands that pass the digest of the pushed image to later jobs."""
    digest = r"""sed -n 's/.*"containerimage.digest": *"\(sha256:[0-9a-f]\{64\}\)".*/\1/p' image.json"""
    return [f'IMAGE_DIGEST="$({digest})"', 'test -n "$IMAGE_DIGEST"', f'echo "IMAGE_DIGEST=$IMAGE_DIGEST" > {IMAGE_FILE}']


def connect(agent: str, namespace: str | None = None) -> list[str]:
    """Return the commands that connect kubectl to a cluster.

    Args:
        agent: GitLab's agent for Kubernetes.
        namespace: The default namespace of later commands.
    """
    select = [] if namespace is None else [f"kubectl config set-context --current --namespace={quoted(namespace)}"]
    return [f"kubectl config use-context {quoted(agent)}", *select]


def remove_namespace(namespace: str, minutes: int) -> str:
    """Return the command that removes a merge request's namespace with everything in it.

    Args:
        namespace: Its name.
        minutes: The timeout in minutes.
    """
    return f"kubectl delete namespace {quoted(namespace)} --ignore-not-found --timeout={minutes}m"
