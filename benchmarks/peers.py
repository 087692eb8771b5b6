"""What others take for the same pipeline: each a function that returns its text."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import yaml

from benchmarks.corpus import Words

__all__ = ["csafe", "gcip", "gcip_is_installed", "json_text", "ruamel"]

# The C emitter takes the width as a C integer: this is the widest.
_UNWRAPPED = 2**31 - 1


def csafe(tree: dict[str, Any]) -> str:
    """Return PyYAML's text of a plain tree, by way of libyaml."""
    text: str = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False, width=_UNWRAPPED)
    return text


def json_text(tree: dict[str, Any]) -> str:
    """Return a plain tree as JSON."""
    return json.dumps(tree)


def ruamel(tree: dict[str, Any]) -> str:
    """Return ruamel.yaml's text of a plain tree, as its round-trip class writes it."""
    from ruamel.yaml import YAML

    writer, stream = YAML(), io.StringIO()
    writer.width = _UNWRAPPED
    writer.dump(tree, stream)
    return stream.getvalue()


def gcip_is_installed() -> bool:
    """Return whether gcip is there to be measured."""
    return find_spec("gcip") is not None


def gcip(words: Sequence[Words]) -> str:
    """Return gcip's text of the pipeline, made from its own objects."""
    from gcip import Artifacts, Cache, CacheKey, Job, Need, Pipeline, Rule, WhenStatement

    pipeline = Pipeline()
    for word in words:
        job = Job(
            name=word.name,
            stage=word.stage,
            image=word.image,
            needs=[Need(word.need)],
            rules=[Rule(if_statement=word.condition, when=WhenStatement.ALWAYS)],
            cache=Cache([word.cache_path], CacheKey(word.cache_key)),
            script=word.script,
            artifacts=Artifacts(word.artifact, expire_in=word.expire_in),
        )
        pipeline.add_children(job)
    return yaml.dump(pipeline.render(), default_flow_style=False, sort_keys=False)
