"""The number of caches of jobs, and of the files of their keys, which GitLab limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from gitlabgen.gitlab.cache import Cache
from gitlabgen.gitlab.keyword_types import is_open
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.problems import Path

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis

CacheLimit: TypeAlias = Literal["caches", "cache_key_files"]


class CacheSize(NamedTuple):
    """A number that GitLab limits.

    Args:
        limit: The limit.
        model: The job, or the pipeline.
        path: The path from the model to what is counted.
        number: The number, without references and inputs, which can stand for any number.
        entry: The path of the value in GitLab's messages.
    """

    limit: CacheLimit
    model: Model
    path: Path
    number: int
    entry: str


def cache_sizes(analysis: PipelineAnalysis) -> Iterator[CacheSize]:
    """Yield the number of caches, and of the files of each key, of the jobs, of `default` and of the top level.

    Args:
        analysis: The pipeline.
    """
    for job in analysis.jobs_with("cache"):
        yield from _sizes(job, ("cache",), f"jobs:{job.name}:", getattr(job, "cache", None))
    pipeline = analysis.pipeline
    yield from _sizes(pipeline, ("cache",), "", pipeline.cache)
    yield from _sizes(pipeline, ("default", "cache"), "default:", getattr(pipeline.default, "cache", None))


def _sizes(model: Model, path: Path, begin: str, value: Any) -> Iterator[CacheSize]:
    caches = value if isinstance(value, tuple) else (value,)
    yield CacheSize("caches", model, path, sum(isinstance(cache, Cache) for cache in caches), f"{begin}caches")
    for index, cache in enumerate(caches):
        key = getattr(cache, "key", None)
        for name in ("files", "files_commits"):
            files = getattr(key, name, None)
            if isinstance(files, tuple):
                place = (*path, *((index,) if isinstance(value, tuple) else ()), "key", name)
                count = sum(not is_open(file) for file in files)
                yield CacheSize("cache_key_files", model, place, count, f"{begin}cache:key:{name}")
