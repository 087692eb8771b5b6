"""Shell lines of the jobs that build an image, and that bring it to a cluster."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from gitlabgen.patterns.container_targets import ImageBuild

IMAGE: Final = "$CI_REGISTRY_IMAGE"
"""The repository of what is merged."""

IMAGE_FILE: Final = "image.env"
"""The file that hands the image's digest on."""

KUBERNETES: Final = "kubernetes.sh"
"""The script that jobs call which deploy."""

REVISIONS: Final = (".deploy/before", ".deploy/after")
"""What that script notes about Deployments; the manifests beside it may hold secrets."""


def kubernetes() -> str:
    """Return the code of the script that jobs call which deploy."""
    with open(os.path.join(os.path.dirname(__file__), f"container_{KUBERNETES}"), encoding="utf-8") as stream:
        return stream.read()


def quoted(text: str) -> str:
    """Return a text as one word of a shell line, in which only variables are filled in.

    Args:
        text: The text.
    """
    for mark in ("\\", '"', "`"):
        text = text.replace(mark, f"\\{mark}")
    return '"' + text.replace("$(", "\\$(") + '"'


def sign_in_to_registry() -> list[str]:
    """Return lines that let BuildKit push to the project's registry."""
    credentials = '{"auths":{"%s":{"username":"%s","password":"%s"}}}'
    return [
        "umask 077",
        'mkdir -p "$HOME/.docker"',
        f"""printf '{credentials}' "$CI_REGISTRY" "$CI_REGISTRY_USER" "$CI_REGISTRY_PASSWORD" > "$HOME/.docker/config.json\"""",
    ]


def build(image: ImageBuild, repository: str | None, caches: Sequence[str]) -> str:
    """Return the line that builds the image, and pushes it under the commit's hash.

    Args:
        image: How it is built.
        repository: Where it is pushed to; nowhere if None.
        caches: Where layers are looked for; those that were built are kept in the first, if the image is pushed.
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
        # A registry that does not take the cache costs time, not the image.
        cache = f"type=registry,ref={caches[0]},mode=max,image-manifest=true,ignore-error=true"
        lines += [
            f"--export-cache {quoted(cache)}",
            f"--output {quoted(f'type=image,name={repository}:$CI_COMMIT_SHA,push=true')}",
            "--metadata-file image.json",
        ]
    return " \\\n  ".join(lines)


def record_digest() -> list[str]:
    """Return lines that hand the pushed image's digest on to later jobs."""
    digest = r"""sed -n 's/.*"containerimage.digest": *"\(sha256:[0-9a-f]\{64\}\)".*/\1/p' image.json"""
    return [f'IMAGE_DIGEST="$({digest})"', 'test -n "$IMAGE_DIGEST"', f'echo "IMAGE_DIGEST=$IMAGE_DIGEST" > {IMAGE_FILE}']


def connect(agent: str, namespace: str | None = None) -> list[str]:
    """Return lines that lead kubectl to a cluster.

    Args:
        agent: GitLab's agent for Kubernetes.
        namespace: The namespace that commands are about.
    """
    inside = [] if namespace is None else [f"kubectl config set-context --current --namespace={quoted(namespace)}"]
    return [f"kubectl config use-context {quoted(agent)}", *inside]


def remove_namespace(namespace: str, minutes: int) -> str:
    """Return the line that removes a merge request's namespace with all that is in it.

    Args:
        namespace: Its name.
        minutes: How long that may take.
    """
    return f"kubectl delete namespace {quoted(namespace)} --ignore-not-found --timeout={minutes}m"
