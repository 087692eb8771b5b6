"""Data of a text as PyYAML reads it, independent of our own reader."""

from __future__ import annotations

from typing import Any

import yaml

from gitlabgen.modeling.model import Model
from gitlabgen.modeling.plans import plan_of


class _Loader(yaml.SafeLoader):
    """Load a tagged value as a mapping from the tag to the value, and let the first mapping of a merge list win.

    YAML requires that, but in PyYAML 6.0.4 the last mapping wins: https://github.com/yaml/pyyaml/issues/953.
    """

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put merged entries before the explicit ones, because the last of equal keys wins."""
        merged: list[tuple[yaml.Node, yaml.Node]] = []
        written: list[tuple[yaml.Node, yaml.Node]] = []
        for key, value in node.value:
            if key.tag != "tag:yaml.org,2002:merge":
                written.append((key, value))
                continue
            for source in reversed(value.value) if isinstance(value, yaml.SequenceNode) else [value]:
                assert isinstance(source, yaml.MappingNode)
                self.flatten_mapping(source)
                merged += source.value
        node.value = merged + written
        super().flatten_mapping(node)


def _tagged(loader: _Loader, tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return {f"!{tag}": loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {f"!{tag}": loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {f"!{tag}": loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)


def documents(text: str) -> list[Any]:
    """Return the documents of a text in a form whose comparison includes types and ignores the order of keys."""
    return [canonical(document) for document in yaml.load_all(text, Loader=_Loader)]


def canonical(value: Any) -> Any:
    """Return a form of a value that compares types and values, and ignores comments."""
    if isinstance(value, dict):
        return sorted((repr(key), canonical(item)) for key, item in value.items())
    if isinstance(value, Model):
        names = plan_of(type(value)).names - {"comment", "comments"}
        return [type(value).__name__, *((name, canonical(getattr(value, name))) for name in sorted(names))]
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    return repr(value)
