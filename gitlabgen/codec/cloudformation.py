"""CloudFormation's YAML: intrinsic functions in their short forms wherever these are allowed."""

from __future__ import annotations

import re
from typing import Any, Final

from gitlabgen.yamltext.nodes import Commented, Tagged

__all__ = ["FUNCTIONS", "long_form", "short_forms"]

FUNCTIONS: Final = frozenset(
    (
        "Fn::And",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::Equals",
        "Fn::FindInMap",
        "Fn::GetAZs",
        "Fn::GetAtt",
        "Fn::If",
        "Fn::ImportValue",
        "Fn::Join",
        "Fn::Not",
        "Fn::Or",
        "Fn::Select",
        "Fn::Split",
        "Fn::Sub",
    )
)
"""The functions with a short form. `Fn::ForEach::Name` has none. `Condition` is also a key of policies. Both stay long."""


def short_forms(tree: Any) -> Any:
    """Return a plain tree with `Ref` and functions as tags.

    A function whose argument is itself written as a tag keeps its long form: CloudFormation rejects `!Base64 !Sub …`, but
    accepts `Fn::Base64: !Sub …`.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """
    if isinstance(tree, dict):
        if len(tree) == 1:
            ((name, argument),) = tree.items()
            tagged = _tagged(name, argument)
            if tagged is not None:
                return tagged
        return {key: short_forms(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [short_forms(item) for item in tree]
    if isinstance(tree, Commented):
        return Commented(short_forms(tree.value), before=tree.before, after=tree.after)
    return tree


def _tagged(name: Any, argument: Any) -> Tagged | None:
    if name == "Ref":
        return Tagged("!Ref", argument) if isinstance(argument, str) else None
    if name not in FUNCTIONS:
        return None
    if name == "Fn::GetAtt":
        parts = [argument] if isinstance(argument, str) else argument
        legal = isinstance(parts, list | tuple) and parts and all(isinstance(part, str) for part in parts)
        return Tagged("!GetAtt", ".".join(parts)) if legal else None
    short = short_forms(argument)
    return Tagged(f"!{name[4:]}", short) if isinstance(short, str | list | dict) else None


def long_form(tag: str, argument: Any) -> tuple[str, Any] | None:
    """Return the function and the argument that a short form means, or None for any other tag.

    Args:
        tag: The tag, such as `!Sub`.
        argument: The tagged value.
    """
    name = tag.removeprefix("!")
    if name in ("Ref", "Condition"):
        return name, argument
    # Loops have a name in the key: `Fn::ForEach::Topics`.
    if not re.fullmatch("[A-Z][A-Za-z0-9]*", name):
        return None
    if name == "GetAtt":
        parts = argument if isinstance(argument, list) else [argument]
        # The short form joins the parts with dots, so all forms give the same result.
        dotted = parts and all(isinstance(part, str) for part in parts)
        return "Fn::GetAtt", ".".join(parts).split(".", 1) if dotted else argument
    return f"Fn::{name}", argument
