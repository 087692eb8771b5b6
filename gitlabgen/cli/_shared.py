"""What the commands share: their options, how definitions become files, how findings reach the user."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Literal

import click

from gitlabgen.errors import DefinitionError, Finding, GitlabgenError

__all__ = ["Format", "definition_options", "files_of", "show_findings"]

Format = Literal["text", "json"]


def definition_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every command on definitions takes: PATHs, `--output`, `--set` and `--format`."""
    for decorate in (
        click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to report."),
        click.option("--set", "settings", multiple=True, metavar="K=V", help="Set a setting to a TOML value."),
        click.option("--output", metavar="DIR", help="Write into this folder instead of the definition's."),
        click.argument("paths", nargs=-1, metavar="[PATH]..."),
    ):
        function = decorate(function)
    return function


def files_of(paths: Sequence[str], settings: Sequence[str], output: str | None) -> list[Any]:
    """Return the files that all definitions write, after all were loaded.

    Args:
        paths: Definitions, or folders with one.
        settings: `K=V` with TOML values.
        output: The folder to write into instead of each definition's own.

    Raises:
        DefinitionError: If any definition is at fault; with the findings of all.
    """
    from gitlabgen.loading import find, load
    from gitlabgen.output import File
    from gitlabgen.project import texts

    chosen = _settings(settings)
    findings: list[Finding] = []
    files: list[File] = []
    definitions: list[str] = []
    for path in paths or ["."]:
        try:
            definitions += find(path)
        except GitlabgenError as error:
            findings += error.findings
    for definition in dict.fromkeys(definitions):
        try:
            loaded = load(definition, chosen)
            root = output or loaded.folder
            for path, body in texts(loaded.project).items():
                source = _relative(definition, os.path.dirname(os.path.join(root, path)))
                command = "gitlabgen render" if source in ("gitlab_ci.py", "gitlab_ci.toml") else f"gitlabgen render {source}"
                files.append(File(path=path, body=body, source=source, command=command, root=root))
        except GitlabgenError as error:
            findings += error.findings
    if findings:
        raise DefinitionError(*findings)
    return files


def _relative(path: str, folder: str) -> str:
    return os.path.relpath(path, folder or ".").replace(os.sep, "/")


def _settings(words: Sequence[str]) -> dict[str, Any]:
    if not words:
        return {}
    import tomllib

    settings: dict[str, Any] = {}
    findings: list[Finding] = []
    for word in words:
        key, equals, value = word.partition("=")
        try:
            settings[key.strip()] = tomllib.loads(f"value = {value}")["value"] if equals else None
        except tomllib.TOMLDecodeError:
            equals = ""
        if not equals or not key.strip():
            hint = f"write --set {key}='\"{value}\"' for a string"
            findings.append(
                Finding(rule="invalid-setting", message=f"--set takes KEY=VALUE with a TOML value, got {word!r}", hint=hint)
            )
    if findings:
        raise DefinitionError(*findings)
    return settings


def show_findings(findings: Sequence[Finding], format_: str, **data: Any) -> None:
    """Tell findings: as text on standard error, or as JSON on standard output.

    Args:
        findings: The findings.
        format_: `text` or `json`.
        data: What else the JSON report holds.
    """
    if format_ == "json":
        from gitlabgen.reports.json import json_text

        click.echo(json_text({**data, "findings": list(findings)}), nl=False)
    elif findings:
        from gitlabgen.reports.text import findings_text

        click.echo(findings_text(findings), err=True, nl=False)
