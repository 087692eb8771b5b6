"""Judges of what a template means: cfn-flip, and PyYAML with CloudFormation's tags, both independent of our own reader."""

from __future__ import annotations

import json
from typing import Any

import cfn_flip
import yaml


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as their long forms."""


def _long(loader: _Loader, name: str, node: yaml.Node) -> Any:
    argument: Any
    if isinstance(node, yaml.ScalarNode):
        argument = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        argument = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": argument}


_Loader.add_multi_constructor("!", _long)
# CloudFormation reads dates as strings.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def plainly(text: str) -> Any:
    """Return the data of a template as PyYAML reads it."""
    return normal(yaml.load(text, Loader=_Loader))


def flipped(text: str) -> Any:
    """Return the data of a template as cfn-flip reads it."""
    return normal(json.loads(json.dumps(cfn_flip.load(text)[0], default=str)))


def normal(tree: Any) -> Any:
    """Return data in one form: lists, and `Fn::GetAtt` with the resource and the rest."""
    if isinstance(tree, dict):
        normed = {key: normal(value) for key, value in tree.items()}
        if [*normed] == ["Fn::GetAtt"]:
            target = normed["Fn::GetAtt"]
            parts = [target] if isinstance(target, str) else target
            if isinstance(parts, list) and parts and all(isinstance(part, str) for part in parts):
                return {"Fn::GetAtt": ".".join(parts).split(".", 1)}
        return normed
    return [normal(item) for item in tree] if isinstance(tree, list | tuple) else tree
