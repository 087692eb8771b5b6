"""`floating-image`: an image may be a different one tomorrow.

Source: https://docs.gitlab.com/ci/docker/using_docker_images/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.model import Model

__all__ = ["RULE"]

# Tags that are moved to newer images; a suffix after a hyphen names a variant.
_MOVING: Final = frozenset(
    (
        *("alpine", "canary", "current", "dev", "develop", "dind", "edge", "head", "latest", "lts", "main", "master"),
        *("next", "nightly", "rolling", "slim", "snapshot", "stable", "trunk"),
    )
)
# A version, a date or a commit in any part of a tag pins it.
_PINNED: Final = r"\d\.\d|\d{4}-?\d{2}-?\d{2}|(?:^|[-_.])(?=[a-f]*\d)[0-9a-f]{7,40}(?:$|[-_.])"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each image without a version, at its first use."""
    seen: set[Any] = set()
    holders = [owner for owner in (analysis.pipeline, analysis.pipeline.default) if isinstance(owner, Model)]
    for owner in (*holders, *analysis.jobs_with("image")):
        image = getattr(owner, "image", None)
        # Most jobs share an image, and a pipeline has many jobs.
        if type(image) is not str or image not in seen:
            yield from _check(owner, ("image",), image, seen)
    for owner in (*holders, *analysis.jobs_with("services")):
        services = getattr(owner, "services", None)
        for index, service in enumerate(services if isinstance(services, tuple) else ()):
            yield from _check(owner, ("services", index), service, seen)


def _check(owner: Model, path: tuple[str | int, ...], image: Any, seen: set[Any]) -> Iterator[Finding]:
    name = getattr(image, "name", image)
    if not isinstance(name, str) or not name or name in seen:
        return
    seen.add(name)
    problem = _problem(name)
    if problem is not None:
        yield RULE.finding(spot(owner, path), f"`{name}` {problem}.", "pin a version or a digest", facts=(name,))


def _problem(name: str) -> str | None:
    """Return why an image may change; None if it is pinned, or if its name has a variable."""
    # GitLab's macOS runners use image names that are not Docker images; these include the version.
    if "$" in name or "@" in name or name.startswith("macos-"):
        return None
    _, colon, tag = name.rpartition("/")[2].partition(":")
    if not colon:
        return "has no tag, so GitLab pulls whatever `latest` is at that time"
    is_moving = tag.lower().partition("-")[0] in _MOVING and not re.search(_PINNED, tag)
    return "may be a different image tomorrow" if is_moving else None


RULE: Final = LintRule(
    id="floating-image",
    summary="An image has no tag, or one such as `latest` that is moved to newer images.",
    why=(
        "A tag such as `latest` or `lts` is moved to a newer image from time to time. "
        "So the same commit can pass today and fail tomorrow, and a new image runs without a review. "
        "A version or a digest stays the same until you change it."
    ),
    severity="warning",
    confidence="likely",
    source="https://docs.gitlab.com/ci/docker/using_docker_images/",
    examples=[
        Example(
            bad="""
test:
  image: node:latest
  script: npm test
""",
            good="""
test:
  image: node:22.11.0
  script: npm test
""",
        ),
        Example(
            bad="""
test:
  image: node
  script: npm test
""",
            good="""
test:
  image: node:22.11.0
  script: npm test
""",
        ),
    ],
    check=check,
)
