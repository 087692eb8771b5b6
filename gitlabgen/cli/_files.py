"""Convert definitions to files, and return the command that writes them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from gitlabgen.cli._steps import Steps, counted
from gitlabgen.errors import DefinitionError, Finding, GitlabgenError
from gitlabgen.files.planning import File

__all__ = ["files_of", "parsed_inputs", "parsed_settings", "render_command"]


def files_of(paths: Sequence[str], settings: Sequence[str], output: str | None, steps: Steps) -> list[File]:
    """Return the files of all definitions, after all definitions are loaded.

    Args:
        paths: Definitions, or folders with some; the current folder if empty.
        settings: `K=V` with TOML values.
        output: The folder to write to instead of each definition's folder.
        steps: Receives each definition.

    Raises:
        DefinitionError: If a definition is not valid; with the findings of all.
    """
    from gitlabgen.definitions.discovery import find, unique

    try:
        os.getcwd()
    except OSError:
        raise DefinitionError(Finding(rule="no-folder", message="the current folder no longer exists")) from None
    chosen = parsed_settings(settings)
    findings: list[Finding] = []
    files: list[File] = []
    for definition in unique(definition for path in paths or ["."] for definition in find(path, findings)):
        try:
            found = _files(definition, chosen, output)
            files += found
            steps.done(f"loaded {definition}: {counted(found, 'file')}")
        except GitlabgenError as error:
            findings += [finding if finding.file else finding._replace(file=definition) for finding in error.findings]
    if findings:
        raise DefinitionError(*findings)
    return files


def _files(definition: str, settings: Mapping[str, Any], output: str | None) -> list[File]:
    from gitlabgen.definitions.loading import load
    from gitlabgen.definitions.rendering import rendered_files

    loaded = load(definition, settings)
    return rendered_files(loaded.project, definition, loaded.folder if output is None else output)


def render_command(definition: str, settings: Sequence[str], output: str | None) -> str:
    """Return the command that writes a definition's files, run from the current folder."""
    from gitlabgen.definitions.rendering import quoted
    from gitlabgen.definitions.rendering import render_command as command_for

    words = [command_for(definition)]
    words += [f"--set {quoted(setting)}" for setting in settings]
    words += [] if output is None else [f"--output {quoted(output)}"]
    return " ".join(words)


def parsed_settings(words: Sequence[str]) -> dict[str, Any]:
    """Return the values of `--set` as nested tables.

    Args:
        words: `K=V` with TOML values.

    Raises:
        DefinitionError: If a value is not TOML; with all findings.
    """
    if not words:
        return {}
    import tomllib

    settings: dict[str, Any] = {}
    findings: list[Finding] = []
    for word in words:
        try:
            _merge(settings, tomllib.loads(word))
        except (ValueError, RecursionError):
            key, equals, value = word.partition("=")
            hint = f"write --set {key}='\"{value}\"' for a string" if equals and key.strip() else "write --set name=value"
            message = f"--set takes KEY=VALUE with a TOML value, got {word!r}"
            findings.append(Finding(rule="invalid-setting", message=message, hint=hint))
    if findings:
        raise DefinitionError(*findings)
    return settings


def parsed_inputs(words: Sequence[str]) -> dict[str, str]:
    """Return the values of inputs by name; a later value replaces an earlier one.

    Args:
        words: `NAME=VALUE`.

    Raises:
        DefinitionError: If a word has another form; with all findings.
    """
    from gitlabgen.resolution.inputs import Typed

    pairs = [(word, *word.partition("=")) for word in words]
    findings = [
        Finding(rule="usage", message=f"--input should be NAME=VALUE, got {word!r}", hint="write --input stage=test")
        for word, name, equals, _ in pairs
        if not (name and equals)
    ]
    if findings:
        raise DefinitionError(*findings)
    return {name: Typed(value) for _, name, _, value in pairs}


def _merge(settings: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(settings.get(key), dict) and isinstance(value, dict):
            _merge(settings[key], value)
        else:
            settings[key] = value
