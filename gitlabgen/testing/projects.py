"""The projects that tests use."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from gitlabgen.definitions.discovery import nearest
from gitlabgen.definitions.loading import load
from gitlabgen.project import Project

__all__ = ["load_project"]


def load_project(definition: str | os.PathLike[str], settings: Mapping[str, Any] | None = None) -> Project:
    """Return the project of a definition.

    Args:
        definition: The path of a `gitlab_ci.py` or `gitlab_ci.toml`.
        settings: Settings that replace those of the definition, as nested tables.

    Raises:
        DefinitionError: If the definition cannot be read or is not valid; with all findings.
    """
    return load(os.fspath(definition), settings).project


def nearest_project(folder: str | os.PathLike[str]) -> Project:
    """Return the project of the definition that is nearest to a folder: in it, or in a folder above it.

    Args:
        folder: The folder.

    Raises:
        DefinitionError: If there is no definition, if it cannot be read, or if it is not valid; with all findings.
    """
    return load_project(nearest(os.fspath(folder)))
