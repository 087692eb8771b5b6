"""`floating-image`: an image that may be another one tomorrow.

Source: https://docs.gitlab.com/ci/docker/using_docker_images/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule
from gitlabgen.modeling.model import Model

__all__ = ["RULE"]

# What tags that move are called; what stands behind a hyphen is a variant of it.
_MOVING: Final = frozenset(
    (
        *("alpine", "canary", "current", "dev", "develop", "dind", "edge", "head", "latest", "lts", "main", "master"),
        *("next", "nightly", "rolling", "slim", "snapshot", "stable", "trunk"),
    )
)


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each image without a version, where it is first used."""
    seen: set[Any] = set()
    holders = [about for about in (analysis.pipeline, analysis.pipeline.default) if isinstance(about, Model)]
    for about in (*holders, *analysis.having("image")):
        image = getattr(about, "image", None)
        # Most jobs share an image, and a pipeline has many jobs.
        if type(image) is not str or image not in seen:
            yield from _check(about, ("image",), image, seen)
    for about in (*holders, *analysis.having("services")):
        services = getattr(about, "services", None)
        for index, service in enumerate(services if isinstance(services, tuple) else ()):
            yield from _check(about, ("services", index), service, seen)


def _check(about: Model, path: tuple[str | int, ...], image: Any, seen: set[Any]) -> Iterator[Finding]:
    name = getattr(image, "name", image)
    if not isinstance(name, str) or name in seen:
        return
    seen.add(name)
    problem = _problem(name)
    if problem is not None:
        hint = "name a version, or better the digest"
        yield RULE.finding(spot(about, path), f"the image {name} {problem}", hint)


def _problem(name: str) -> str | None:
    """Return why an image is not the same for ever; None if it is, or if a variable decides."""
    # GitLab's own macOS runners take names that are no images of Docker, with the version in them.
    if "$" in name or "@" in name or name.startswith("macos-"):
        return None
    _, colon, tag = name.rpartition("/")[2].partition(":")
    if not colon:
        return "has no tag"
    return f"has the tag {tag}, which moves" if tag.lower().partition("-")[0] in _MOVING else None


RULE: Final = LintRule(
    id="floating-image",
    summary="an image without tag, or with one that moves such as `latest` or `lts`; variables are not decided",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/docker/using_docker_images/",
    examples=(),
    check=check,
)
