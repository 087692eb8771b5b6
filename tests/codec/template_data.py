"""Data of a template as cfn-flip and PyYAML read it, both independent of our own reader."""

from __future__ import annotations

import json
from typing import Any

import cfn_flip
import yaml


class _Loader(yaml.SafeLoader):
    """Load CloudFormation's short forms as long forms."""


def _long_form(loader: _Loader, name: str, node: yaml.Node) -> Any:
    argument: Any
    if isinstance(node, yaml.ScalarNode):
        argument = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        argument = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        argument = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": argument}


_Loader.add_multi_constructor("!", _long_form)
# CloudFormation reads dates as strings.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def from_pyyaml(text: str) -> Any:
    """Return the data of a template as PyYAML reads it."""
    return normalized(yaml.load(text, Loader=_Loader))


def from_cfn_flip(text: str) -> Any:
    """Return the data of a template as cfn-flip reads it."""
    return normalized(json.loads(json.dumps(cfn_flip.load(text)[0], default=str)))


def normalized(tree: Any) -> Any:
    """Return the data with lists for tuples, and each `Fn::GetAtt` as a list of the resource and the attribute."""
    if isinstance(tree, dict):
        result = {key: normalized(value) for key, value in tree.items()}
        if [*result] == ["Fn::GetAtt"]:
            target = result["Fn::GetAtt"]
            parts = [target] if isinstance(target, str) else target
            if isinstance(parts, list) and parts and all(isinstance(part, str) for part in parts):
                return {"Fn::GetAtt": ".".join(parts).split(".", 1)}
        return result
    return [normalized(item) for item in tree] if isinstance(tree, list | tuple) else tree
