"""`[tool.gitlabgen.includes]`: folders that hold other projects, components and templates, so that they can be read offline."""

from __future__ import annotations

import os

from gitlabgen.definitions.tables import table_of
from gitlabgen.errors import DefinitionError, Finding

__all__ = ["mapped_includes"]


def mapped_includes(root: str) -> dict[str, str]:
    """Return the folders of a repository's pyproject.toml, relative to it, by the address of what they hold.

    An address is `group/project`, the path of a component, or the name of a template; perhaps with `@` and a version.

    Args:
        root: The repository's root.

    Raises:
        DefinitionError: If the table is not valid; with all findings.
    """
    table = table_of(root, "includes", '"group/project" = "../folder"')
    if table is None:
        return {}
    findings: list[Finding] = []
    for address, folder in table.data.items():
        if not isinstance(folder, str):
            findings.append(table.finding(address, f"should be the path of a folder, got {folder!r}"))
        elif not os.path.isdir(os.path.join(root, folder)):
            message = f"names a folder that does not exist: {folder!r}"
            findings.append(table.finding(address, message, "paths are relative to pyproject.toml"))
    if findings:
        raise DefinitionError(*findings)
    return {address: os.path.normpath(folder) for address, folder in table.data.items()}
