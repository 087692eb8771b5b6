"""JSON schemas of the files that users write: settings, `gitlab_ci.toml`, and our table in `pyproject.toml`."""

from __future__ import annotations

import os
import re
from typing import Final

from gitlabgen.definitions.discovery import find
from gitlabgen.definitions.event_schemas import EVENTS, PROJECT
from gitlabgen.definitions.loading import contained
from gitlabgen.definitions.server_limits import LIMITS, Limit
from gitlabgen.definitions.settings_schemas import Schema, settings_schema
from gitlabgen.definitions.sources import BLUEPRINT, REQUIREMENT, failure, settings_of
from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.modeling.callsites import display_path
from gitlabgen.project import VERSION

__all__ = ["PYPROJECT", "definition_schema", "schema_of_settings"]


def _number(limit: Limit) -> Schema:
    most = {} if limit.most is None else {"maximum": limit.most}
    return {"description": limit.description, "type": "integer", "minimum": limit.least, **most}


PYPROJECT: Final[Schema] = {
    "title": "pyproject.toml",
    "description": "The project's file; gitlabgen reads one table.",
    "type": "object",
    "properties": {
        "tool": {
            "description": "The settings of tools.",
            "type": "object",
            "properties": {
                "gitlabgen": {
                    "description": "The settings of gitlabgen.",
                    "type": "object",
                    "properties": {
                        "definitions": {
                            "description": "The definitions of the repository: files, or folders with one.",
                            "type": "array",
                            "items": {
                                "description": "A path relative to this file; `*` and `**` match several.",
                                "type": "string",
                            },
                        },
                        "includes": {
                            "description": (
                                "Folders that hold other projects, components and templates, by their name; perhaps with `@` and "
                                "a version."
                            ),
                            "type": "object",
                            "additionalProperties": {
                                "description": "The folder, relative to this file.",
                                "type": "string",
                            },
                        },
                        "project": PROJECT,
                        "events": EVENTS,
                        "limits": {
                            "description": "The limits that an administrator of the GitLab server has changed.",
                            "type": "object",
                            "properties": {key: _number(limit) for key, limit in LIMITS.items()},
                            "additionalProperties": False,
                        },
                    },
                }
            },
        }
    },
}


def schema_of_settings(reference: str) -> Schema:
    """Return the schema of the settings that a definition or a blueprint takes.

    Args:
        reference: A definition, a folder with one, or a blueprint as `package.module:function`.

    Raises:
        DefinitionError: If it cannot be loaded, or is no function; with all findings.
    """
    path = _definition(reference)
    folder, file = (".", path) if _is_blueprint(path) else (os.path.dirname(path) or ".", display_path(os.path.abspath(path)))
    # The annotations are read while the modules that they name are loaded.
    return contained(folder, file, lambda: settings_schema(settings_of(path, file)))


def definition_schema(reference: str | None) -> Schema:
    """Return the schema of `gitlab_ci.toml`.

    Args:
        reference: A definition or a blueprint whose settings are described; None for any settings.

    Raises:
        DefinitionError: If it cannot be loaded, or is no function; with all findings.
    """
    settings: Schema = {"type": "object"} if reference is None else schema_of_settings(reference)
    classes = settings.pop("$defs", None)
    text = "The settings of the blueprint."
    return {
        "title": "gitlab_ci.toml",
        "description": "The definition of a service: a blueprint with its settings.",
        "type": "object",
        "properties": {
            "blueprint": {
                "description": "The function that returns the project, as `package.module:function`.",
                "type": "string",
                "pattern": f"^(?:{BLUEPRINT})$",
            },
            "requires": {
                "description": "The version of the blueprint's package that must be installed, as `name==1.2.3`.",
                "type": "string",
                "pattern": f"^(?:{REQUIREMENT})$",
            },
            "target_gitlab": {
                "description": "The version of GitLab that reads the pipeline, such as `18.11`.",
                "type": "string",
                "pattern": f"^(?:{VERSION})$",
            },
            "settings": {**settings, "description": settings.get("description", text)},
        },
        "required": ["blueprint", *(["settings"] if "required" in settings else [])],
        "additionalProperties": False,
        **({"$defs": classes} if classes else {}),
    }


def _is_blueprint(reference: str) -> bool:
    return re.fullmatch(BLUEPRINT, reference) is not None and not os.path.exists(reference)


def _definition(reference: str) -> str:
    if _is_blueprint(reference):
        return reference
    findings: list[Finding] = []
    found = find(reference, findings)
    if findings:
        raise DefinitionError(*findings)
    if len(found) > 1:
        raise failure(
            reference, "several-definitions", f"contains {len(found)} definitions", f"name one of them, such as {found[0]}"
        )
    return found[0]
