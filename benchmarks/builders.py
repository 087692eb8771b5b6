"""The pipeline as objects of each library: functions that return its text, each measured in a separate process."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from statistics import median
from typing import Any

import yaml

from benchmarks import corpus
from benchmarks.measuring import cpu

__all__ = ["BUILDERS", "child", "gcip", "gcip2", "gitlabgen", "wrapper"]


def gitlabgen(words: Sequence[corpus.Words]) -> str:
    """Return our text of the pipeline: built with checks, linted and written."""
    from gitlabgen import dumps
    from gitlabgen.linting import lint

    pipeline = corpus.pipeline(words)
    found = lint(pipeline)
    assert not found, found[0]
    return dumps(pipeline)


def gcip(words: Sequence[corpus.Words]) -> str:
    """Return gcip's text; gcip adds the stage to each job's name, and lists no stages."""
    # mypy cannot check packages that are not installed here.
    peer = import_module("gcip")
    pipeline = peer.Pipeline()
    for word in words:
        job = peer.Job(
            name=word.name,
            stage=word.stage,
            image=word.image,
            needs=[peer.Need(word.need)] if word.need else [],
            rules=[peer.Rule(if_statement=word.condition, when=peer.WhenStatement.ALWAYS)],
            cache=peer.Cache([word.cache_path], peer.CacheKey(word.cache_key)),
            script=word.script,
            artifacts=peer.Artifacts(word.artifact, expire_in=word.expire_in),
        )
        pipeline.add_children(job)
    return yaml.dump(pipeline.render(), default_flow_style=False, sort_keys=False)


def gcip2(words: Sequence[corpus.Words]) -> str:
    """Return gcip2's text; gcip2 writes images as mappings."""
    peer = import_module("gcip2.pipeline_core")
    builder = import_module("gcip2.pipeline.builder")
    jobs = [
        peer.Job(
            name=word.name,
            stage=word.stage,
            image=peer.Image(name=word.image),
            needs=[word.need] if word.need else [],
            # pydantic accepts only the alias, which is a keyword in Python.
            rules=[peer.JobRule(**{"if": word.condition}, when=peer.JobWhen.ALWAYS)],
            cache={"key": word.cache_key, "paths": [word.cache_path]},
            script=word.script,
            artifacts=peer.Artifacts(paths=[word.artifact], expire_in=word.expire_in),
        )
        for word in words
    ]
    pipeline = peer.Pipeline(stages=list(dict.fromkeys(word.stage for word in words)), jobs=jobs)
    tree = builder.PipelineBuilder(None).render_pipeline(pipeline)
    text: str = yaml.dump(tree, sort_keys=False, allow_unicode=True, Dumper=builder.CustomDumper)
    return text


def wrapper(words: Sequence[corpus.Words]) -> str:
    """Return gitlab-cicd-python-wrapper's text."""
    peer = import_module("gitlab_cicd_python_wrapper")
    jobs = {
        word.name: peer.Job(
            stage=word.stage,
            image=word.image,
            needs=[word.need] if word.need else [],
            rules=[peer.Rule(if_=word.condition, when=word.when)],
            cache=peer.Cache(key=word.cache_key, paths=[word.cache_path]),
            script=word.script,
            artifacts=peer.Artifacts(paths=[word.artifact], expire_in=word.expire_in),
        )
        for word in words
    }
    text: str = peer.Pipeline(stages=list(dict.fromkeys(word.stage for word in words)), jobs=jobs).to_yaml()
    return text


_LONG = 0.5
_REPEATS = 5

BUILDERS = {"gitlabgen": gitlabgen, "gcip": gcip, "gcip2": gcip2, "gitlab-cicd-python-wrapper": wrapper}


def child(name: str, size: int) -> None:
    """Print the time for the text, and the number of correct jobs; runs in a separate process.

    Args:
        name: The library's name in `BUILDERS`.
        size: The number of jobs.
    """
    build = BUILDERS[name]
    build(corpus.words(2))  # loads modules that are loaded when first used
    words = corpus.words(size)
    first, text = cpu(lambda: build(words))
    # A short run is repeated, because the clock is coarse and the first run is slower.
    times = [first] if first > _LONG else [cpu(lambda: build(words))[0] for _ in range(_REPEATS)]
    seconds = median(times)
    json.dump({"seconds": seconds, "equal": _equal(text, words)}, sys.stdout)


def _equal(text: str, words: Sequence[corpus.Words]) -> int:
    found: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    tree = corpus.tree(words)
    return sum(found.get(word.name) == tree[word.name] for word in words)
