"""Spell properties for hints, in Python or as in the template."""

from __future__ import annotations

from typing import Any

from gitlabgen.analysis.templates import TemplateResource
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.spellings import Spelling, as_python, assignment, either
from gitlabgen.sam.resource import Resource


def to_set(resource: TemplateResource, name: str, value: Any) -> Spelling:
    """Return the hint to give a property a value: to write it, or to add it if the resource does not have it.

    Args:
        resource: The resource.
        name: The property's name in CloudFormation.
        value: A plain value.
    """
    return either("write {}" if name in resource.properties else "add {}", setting(resource, name, value))


def setting(resource: TemplateResource, name: str, value: Any) -> Spelling:
    """Return the assignment of a property: `period=60` in Python, `Period: 60` in YAML."""
    written = assignment(name, value)
    if isinstance(resource.model, Resource):
        return Spelling(f"`{name!r}: {as_python(value)}`", written.yaml)
    keyword = None if resource.model is None else plan_of(type(resource.model)).name(name)
    # Troposphere's resources use CloudFormation's names.
    return Spelling(assignment(keyword or name, value).python, written.yaml)
