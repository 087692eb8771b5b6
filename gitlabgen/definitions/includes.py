"""`[tool.gitlabgen.includes]`: folders that hold other projects, components and templates, so that they can be read offline."""

from __future__ import annotations

import os
from typing import Any, Final

from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.modeling.callsites import display_path

__all__ = ["mapped_includes"]

_KEYS: Final = ("tool", "gitlabgen", "includes")


def mapped_includes(root: str) -> dict[str, str]:
    """Return the folders of a repository's pyproject.toml, relative to it, by the address of what they hold.

    An address is `group/project`, the path of a component, or the name of a template; perhaps with `@` and a version.

    Args:
        root: The repository's root.

    Raises:
        DefinitionError: If the table is not valid; with all findings.
    """
    path = os.path.join(root, "pyproject.toml")
    try:
        with open(path, "rb") as stream:
            raw = stream.read()
    except OSError:
        return {}
    if b"includes" not in raw:
        return {}
    from gitlabgen.definitions.toml import parse

    document = parse(raw, display_path(path))
    table: Any = document.data
    for key in _KEYS:
        table = table.get(key, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        hint = 'write "group/project" = "../folder" below [tool.gitlabgen.includes]'
        raise DefinitionError(document.finding(_KEYS, f"should be a table, got {table!r}", hint))
    findings: list[Finding] = []
    for address, folder in table.items():
        keys = (*_KEYS, address)
        if not isinstance(folder, str):
            findings.append(document.finding(keys, f"should be the path of a folder, got {folder!r}"))
        elif not os.path.isdir(os.path.join(root, folder)):
            message = f"names a folder that does not exist: {folder!r}"
            findings.append(document.finding(keys, message, "paths are relative to pyproject.toml"))
    if findings:
        raise DefinitionError(*findings)
    return {address: os.path.normpath(folder) for address, folder in table.items()}
