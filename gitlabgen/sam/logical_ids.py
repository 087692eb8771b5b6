"""Logical ids: the names of resources in a template."""

from __future__ import annotations

from typing import Any

from gitlabgen.modeling.lazy import is_instance


def logical_id(value: Any) -> Any:
    """Return the logical id of a resource, gitlabgen's or troposphere's, and any other value unchanged.

    Args:
        value: A resource or anything else.
    """
    if isinstance(value, str):
        return value
    return value.name if is_instance(value, "gitlabgen.sam", "BaseResource") else getattr(value, "title", None) or value
