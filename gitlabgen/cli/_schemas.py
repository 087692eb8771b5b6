"""The implementation of `gitlabgen schema`."""

from __future__ import annotations

import json
from typing import Final

from gitlabgen.cli._output import say, show_json
from gitlabgen.cli._usage import usage_error
from gitlabgen.definitions.schemas import PYPROJECT, definition_schema, schema_of_settings
from gitlabgen.errors import did_you_mean
from gitlabgen.reports.schemas import REPORTS, Schema, report_schema

__all__ = ["SCHEMAS", "list_schemas", "print_schema"]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_FILES: Final = {
    "gitlab_ci.toml": "A definition in TOML; with PATH, the settings of its blueprint too.",
    "settings": "The settings of a blueprint or a definition: PATH, or the definition in the current folder.",
    "pyproject.toml": "The table `[tool.gitlabgen]`.",
}

SCHEMAS: Final = {**{name: report.summary for name, report in REPORTS.items()}, **_FILES}
"""What each schema describes, by name."""


def list_schemas(format_: str) -> int:
    """List the schemas, and return the exit code.

    Args:
        format_: `text` or `json`.
    """
    if format_ == "json":
        show_json(schemas=[{"name": name, "summary": summary} for name, summary in SCHEMAS.items()])
    else:
        width = max(map(len, SCHEMAS))
        say("".join(f"{name:{width}}  {summary}\n" for name, summary in SCHEMAS.items()))
    return 0


def print_schema(name: str, path: str | None, format_: str) -> int:
    """Print a schema, and return the exit code.

    Args:
        name: The schema's name.
        path: A definition or a blueprint, for schemas that depend on one.
        format_: `text` for the schema alone, `json` for a report that contains it.

    Raises:
        GitlabgenError: If there is no such schema, or the definition is not valid; with all findings.
    """
    if name not in SCHEMAS:
        raise usage_error(f"there is no schema {name!r}", did_you_mean(name, SCHEMAS, "list them with: gitlabgen schema"))
    if path is not None and name not in ("gitlab_ci.toml", "settings"):
        raise usage_error(f"the schema `{name}` is the same for all definitions", "leave out PATH")
    # A name instead of an address: there is no server to ask.
    schema = {"$schema": _DIALECT, "$id": f"urn:gitlabgen:schema:{name}", **_schema(name, path)}
    if format_ == "json":
        show_json(json_schema=schema)
    else:
        say(f"{json.dumps(schema, indent=2)}\n".encode())
    return 0


def _schema(name: str, path: str | None) -> Schema:
    match name:
        case "settings":
            return schema_of_settings(path or ".")
        case "gitlab_ci.toml":
            return definition_schema(path)
        case "pyproject.toml":
            return PYPROJECT
        case _:
            return report_schema(name)
