"""How a template's resources are laid out: events as SAM writes them, and properties in the order in which they are read best."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.codec.encoding import bare
from gitlabgen.codec.events import event_tree
from gitlabgen.sam.events import Event
from gitlabgen.yamltext.nodes import Commented

if TYPE_CHECKING:
    from gitlabgen.sam.template import Template

__all__ = ["arranged"]

# What a resource shares with `Globals` would stand in front of what is its own.
_FIRST: Final = {
    "AWS::Serverless::Api": ("StageName", "Name", "Description", "DefinitionBody", "DefinitionUri"),
    "AWS::Serverless::Function": (
        *("CodeUri", "InlineCode", "ImageUri", "PackageType", "Handler", "Runtime", "Architectures", "FunctionName"),
        *("Description", "Timeout", "MemorySize", "Role", "Policies"),
    ),
    "AWS::Serverless::HttpApi": ("StageName", "Name", "Description", "DefinitionBody", "DefinitionUri"),
    "AWS::Serverless::LayerVersion": ("ContentUri", "LayerName"),
    "AWS::Serverless::StateMachine": ("Definition", "DefinitionUri"),
}


def arranged(template: Template, tree: dict[str, Any]) -> dict[str, Any]:
    """Return the tree of a template with its resources laid out.

    Args:
        template: The template.
        tree: What it is written as; changed.
    """
    resources = bare(tree["Resources"])
    for resource in template.resources:
        for name, event in _events(resource):
            written = bare(bare(bare(resources[resource.name])["Properties"])["Events"])
            written[name] = _inside(written[name], event)
    # Resources that others stand for are among them, too.
    for block in map(bare, resources.values()):
        properties = bare(block.get("Properties")) if isinstance(block, dict) else None
        if isinstance(properties, dict):
            first = {key: properties[key] for key in _FIRST.get(str(block.get("Type")), ()) if key in properties}
            ordered = {**first, **properties}
            properties.clear()
            properties.update(ordered)
    return tree


def _events(resource: Any) -> Iterator[tuple[str, Event]]:
    events = getattr(resource, "events", None)
    for name, event in events.items() if isinstance(events, dict) else ():
        if isinstance(event, Event):
            yield name, event


def _inside(tree: Any, event: Event) -> Any:
    if isinstance(tree, Commented):
        return Commented(_inside(tree.value, event), before=tree.before, after=tree.after)
    return event_tree(event, tree)
