"""`gitlabgen schema`: print the JSON schema of a report or a file."""

from __future__ import annotations

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_definition, complete_schema
from gitlabgen.cli._options import format_option
from gitlabgen.cli._schemas import list_schemas, print_schema

__all__ = ["command"]


@command_("schema", exit_codes={0: "fine", 2: "broken input"}, example="gitlabgen schema lint")
@click.argument("name", metavar="[NAME]", required=False, shell_complete=complete_schema)
@click.argument("path", metavar="[PATH]", required=False, shell_complete=complete_definition)
@format_option()
def command(name: str | None, path: str | None, *, format_: str) -> int:
    """Print the JSON schema of a report or a file.

    Without NAME, list the schemas. The schemas `settings` and `gitlab_ci.toml` describe the settings of PATH: a definition, a
    folder with one, or a blueprint as package.module:function.
    """
    return list_schemas(format_) if name is None else print_schema(name, path, format_)
