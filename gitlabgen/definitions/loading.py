"""Load the projects of definitions; all problems are reported together."""

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from gitlabgen.definitions.isolation import isolated
from gitlabgen.definitions.sources import from_python, from_toml
from gitlabgen.errors import DefinitionError, Finding, collecting
from gitlabgen.modeling.callsites import display_path
from gitlabgen.project import Project

__all__ = ["Loaded", "load"]


class Loaded(NamedTuple):
    """A project with its definition.

    Args:
        project: The project.
        definition: The definition's path.
        folder: The definition's folder.
    """

    project: Project
    definition: str
    folder: str


def load(definition: str, settings: Mapping[str, Any] | None = None) -> Loaded:
    """Return the project that a definition defines.

    Args:
        definition: The path of a `.py` or `.toml` file.
        settings: Settings that replace those of the definition, as nested tables.

    Raises:
        DefinitionError: If the definition fails, prints, or is not valid; with all findings.
    """
    file = display_path(os.path.abspath(definition))
    folder = os.path.dirname(definition) or "."
    project: Project | None = None
    with collecting() as findings, isolated(folder, file, findings):
        try:
            read = from_toml if definition.endswith(".toml") else from_python
            project = read(definition, file, settings or {})
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - any exception of the user's code becomes a finding
            from gitlabgen.definitions.faults import findings_of

            findings.extend(findings_of(error, file, (os.path.abspath(folder),)))
    if findings or project is None:
        # A loop repeats the same problem; one finding is enough.
        raise DefinitionError(*sorted(dict.fromkeys(_with_definition(finding, file) for finding in findings), key=_order))
    return Loaded(project, definition, folder)


def _order(finding: Finding) -> tuple[str, int, int]:
    return finding.file or "", finding.line or 0, finding.column or 0


def _with_definition(finding: Finding, file: str) -> Finding:
    """Return the finding with the definition as its file, or as a related finding."""
    if finding.file is None:
        return finding._replace(file=file)
    if finding.file == file or file.endswith(".py"):
        return finding
    loaded = Finding(rule=finding.rule, message="loaded by this definition", severity="info", file=file)
    return finding._replace(related=(*finding.related, loaded))
