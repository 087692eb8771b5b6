"""Properties of resources in hints: spelled as the keyword of the resource's class, or as in the template."""

from __future__ import annotations

from typing import Any

from gitlabgen.analysis.templates import TemplateResource
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.spellings import Spelling, assignment
from gitlabgen.sam.resource import Resource

__all__ = ["setting"]


def setting(resource: TemplateResource, name: str, value: Any) -> Spelling:
    """Return a property with its value: `period=60` in Python, `Period: 60` in YAML.

    Args:
        resource: The resource.
        name: The property's name in CloudFormation.
        value: A plain value.
    """
    written = assignment(name, value)
    if isinstance(resource.model, Resource):
        return Spelling(f"{name!r}: {value!r}", written.yaml)
    keyword = None if resource.model is None else plan_of(type(resource.model)).name(name)
    # The resources of troposphere have the names of CloudFormation.
    return Spelling(assignment(keyword or name, value).python, written.yaml)
