"""What CloudFormation's registry says of resource types: properties, and which of them replace a resource.

The schemas are AWS's own, as cfn-lint carries them.
Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(str(importlib.util.find_spec("cfnlint").origin)).parent / "data" / "schemas"  # type: ignore[union-attr]
# What every resource can have, and what CloudFormation sets.
TYPES_OF_JSON = {
    "string": str,
    "integer": (int, str),
    "number": (int, float, str),
    "boolean": (bool, str),
    "array": list,
    "object": dict,
}


@dataclasses.dataclass(frozen=True)
class Schema:
    """A resource type.

    Attributes:
        type: Its name.
        tree: AWS's schema.
    """

    type: str
    tree: Mapping[str, Any]

    @functools.cached_property
    def properties(self) -> Mapping[str, Any]:
        """The top-level properties."""
        return dict(self.tree["properties"])

    def names(self, key: str) -> set[str]:
        """Return the top-level names in a list of the schema, such as `readOnlyProperties`."""
        return {path.split("/")[2] for path in self.tree.get(key, ())}

    @property
    def identifier(self) -> str:
        """The property with the physical id."""
        return str(self.tree["primaryIdentifier"][-1].split("/")[2])

    @property
    def tags(self) -> str | None:
        """The property with tags, if stack tags reach this resource."""
        tagging = self.tree.get("tagging", {})
        if not tagging.get("taggable", self.tree.get("taggable", False)):
            return None
        return str(tagging.get("tagProperty", "/properties/Tags").split("/")[2])

    def recreation(self, name: str) -> str:
        """Return whether a change of a property replaces the resource: `Always`, `Conditionally` or `Never`."""
        if name in self.names("createOnlyProperties"):
            # A nested property that replaces the resource only does so if it is the one that changes.
            whole = f"/properties/{name}" in self.tree["createOnlyProperties"]
            return "Always" if whole else "Conditionally"
        return "Conditionally" if name in self.names("conditionalCreateOnlyProperties") else "Never"

    def attribute(self, name: str) -> bool:
        """Return whether `Fn::GetAtt` can ask for an attribute."""
        return name.split(".", maxsplit=1)[0] in self.names("readOnlyProperties") | set(self.properties)

    def problem(self, given: Mapping[str, Any]) -> str | None:
        """Return why the registry refuses resolved properties, if it does; only the top level is checked."""
        for name in self.tree.get("required", ()):
            if name not in given:
                return f"#: required key [{name}] not found"
        for name, value in given.items():
            if name not in self.properties:
                return f"#: extraneous key [{name}] is not permitted"
            rule = self.properties[name]
            kind = rule.get("type")
            if isinstance(kind, str) and not isinstance(value, TYPES_OF_JSON[kind]):  # type: ignore[arg-type]
                return f"#/{name}: expected type: {kind.title()}, found: {type(value).__name__}"
            if isinstance(value, str) and len(value) > rule.get("maxLength", len(value)):
                return f"#/{name}: expected maxLength: {rule['maxLength']}, actual: {len(value)}"
        return None


@functools.cache
def _files() -> dict[str, str]:
    return dict(json.loads((FOLDER / "providers" / "us-east-1.json").read_text(encoding="utf-8")))


@functools.cache
def schema(kind: str) -> Schema | None:
    """Return a resource type, or None if AWS has no such type."""
    if kind not in _files():
        return None
    return Schema(kind, json.loads((FOLDER / "resources" / f"{_files()[kind]}.json").read_text(encoding="utf-8")))
