"""`invalid-keyword`: a keyword has a value that GitLab or AWS rejects.

Most findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.cache_sizes import CacheLimit, CacheSize, cache_sizes
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.limits import MOST_CACHE_KEY_FILES
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


_HINTS: Final[Mapping[CacheLimit, tuple[str, str]]] = {
    "caches": ("use fewer caches", "caches"),
    "cache_key_files": ("name fewer files", "cache-key-files"),
}


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for what GitLab rejects in a job as a whole, and for values beyond the limits of the server."""
    yield from _published_twice(analysis)
    for size in cache_sizes(analysis):
        if size.number > getattr(analysis.limits, size.limit):
            yield _too_many(analysis, size)


def _too_many(analysis: PipelineAnalysis, size: CacheSize) -> Finding:
    owner = f"`{size.model.name}`" if isinstance(size.model, BaseJob) else f"`{':'.join(map(str, size.path))}`"
    most = getattr(analysis.limits, size.limit)
    fewer, key = _HINTS[size.limit]
    hint = f"{fewer}, or state the limit of your server as `{key}` below `[tool.gitlabgen.limits]` in pyproject.toml"
    if size.limit == "caches":
        message = f"{owner} has {size.number} caches, but GitLab allows only {most} (an administrator can change that)."
        sentence = f"no more than {most} caches can be created"
    else:
        also = f"{most}; {MOST_CACHE_KEY_FILES} with a feature flag"
        if size.number > MOST_CACHE_KEY_FILES:  # no setting allows more
            also, hint = str(MOST_CACHE_KEY_FILES), fewer
        message = f"{owner} has {size.number} files in the key of a cache, but GitLab allows only {also}."
        sentence = f"has too many items (maximum is {most})"
    return RULE.finding(spot(size.model, size.path), message, hint, facts=(size.limit,), gitlab=f"{size.entry} config {sentence}")


def _published_twice(analysis: PipelineAnalysis) -> Iterator[Finding]:
    for job in analysis.jobs_with("publish"):
        if is_set(getattr(job, "publish", None)) and is_set(getattr(getattr(job, "pages", None), "publish", None)):
            message = f"`{job.name}` has both `publish` and `pages:publish`, so GitLab rejects the pipeline."
            gitlab = f"{job.name} job: use either {job.name}:publish or {job.name}:pages:publish"
            yield RULE.finding(spot(job, ("publish",)), message, "remove `publish`, which is deprecated", gitlab=gitlab)


RULE: Final = LintRule(
    id="invalid-keyword",
    summary="A keyword has a value that GitLab or AWS rejects.",
    why=(
        "GitLab checks the type, the range and the allowed values of each keyword before it creates a pipeline. "
        "If one value is wrong, it rejects the whole pipeline and no job runs. "
        "An administrator of GitLab can change some limits, such as the number of caches. "
        "SAM and CloudFormation also reject a template with a wrong value, so the deployment fails."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    limit="caches, cache-key-files",
    former_ids=("duplicate-publish",),
    examples=[
        Example(
            bad="""
test:
  retry: 5
  script: make test
""",
            good="""
test:
  retry: 2
  script: make test
""",
        )
    ],
    check=check,
)
