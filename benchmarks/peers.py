"""Emitters of the finished plain tree, as functions that return its text."""

from __future__ import annotations

import io
import json
from typing import Any

import yaml

__all__ = ["csafe", "json_text", "ruamel"]

# The widest line that the C emitter supports: its width is a C integer.
_UNWRAPPED = 2**31 - 1


def csafe(tree: dict[str, Any]) -> str:
    """Return PyYAML's text of a plain tree, written by libyaml."""
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
