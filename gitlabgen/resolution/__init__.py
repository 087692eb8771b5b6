"""A configuration as GitLab puts it together: files included and filled with inputs, parents merged, references resolved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gitlabgen.resolution.configuration import Resolution, resolve
    from gitlabgen.resolution.expansion import Cell, ExpandedJob, cells, expand
    from gitlabgen.resolution.includes import Included, Repository, included
    from gitlabgen.resolution.origins import Origin

__all__ = [
    "Cell",
    "ExpandedJob",
    "Included",
    "Origin",
    "Repository",
    "Resolution",
    "cells",
    "expand",
    "included",
    "resolve",
]


def __dir__() -> list[str]:
    return __all__


if not TYPE_CHECKING:  # pragma: no branch
    _HOMES = {
        "Cell": "expansion",
        "ExpandedJob": "expansion",
        "Included": "includes",
        "Origin": "origins",
        "Repository": "includes",
        "Resolution": "configuration",
        "cells": "expansion",
        "expand": "expansion",
        "included": "includes",
        "resolve": "configuration",
    }

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        return value
