"""The implementation of `gitlabgen verify`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Final

from gitlabgen.cli._files import parsed_settings
from gitlabgen.cli._output import output_look, say, show_error_text, show_json
from gitlabgen.cli._steps import Steps, counted, is_terminal
from gitlabgen.definitions.discovery import find
from gitlabgen.errors import DefinitionError, Finding, GitlabgenError
from gitlabgen.files.checkout import read_yaml
from gitlabgen.linting import in_order
from gitlabgen.reports.text import findings_text
from gitlabgen.sam.template import Template
from gitlabgen.verification import require_tools, verify

__all__ = ["verify_paths"]

_YAML: Final = (".yml", ".yaml")


def verify_paths(
    paths: Sequence[str],
    *,
    region: str,
    settings: Sequence[str] = (),
    format_: str = "text",
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Report what SAM and cfn-lint reject in templates, and return the exit code.

    Args:
        paths: Definitions, folders with some, or YAML files; the current folder if empty.
        region: The region for which templates are translated.
        settings: `K=V` with TOML values.
        format_: `text` or `json`.
        quiet: Whether to print findings only, without their count and without progress.
        verbose: Whether to report the steps.

    Raises:
        GitlabgenError: If the tools are missing, or a file cannot be read or loaded; with all findings.
    """
    require_tools()
    values = parsed_settings(settings)
    steps = Steps(shown=verbose)
    templates: list[tuple[str, Template, list[Template]]] = []
    broken: list[Finding] = []
    for path in paths or ["."]:
        found_here = _templates(path, values, broken)
        templates += found_here
        steps.done(f"loaded {path}: {counted(found_here, 'template')}")
    found: list[Finding] = []
    has_progress = len(templates) > 1 and not quiet and not verbose and not broken and is_terminal()
    for number, (file, template, others) in enumerate(templates, 1):
        if has_progress:
            show_error_text(f"verifying template {number} of {len(templates)}: {file}\n")
        try:
            findings = verify(template, region=region, others=others)
        except GitlabgenError as error:
            broken += error.findings
            continue
        found += [finding if finding.file else finding._replace(file=file) for finding in findings]
        steps.done(f"verified template {number} of {len(templates)}: {file}: {counted(findings, 'finding')}")
    if broken:
        raise DefinitionError(*broken)
    findings = in_order(found)
    if format_ == "json":
        show_json(findings)
    else:
        say(findings_text(findings, output_look(), with_count=not quiet) or ("" if quiet else "no findings\n"))
    steps.total(counted(templates, "template"))
    return 1 if any(finding.severity == "error" for finding in findings) else 0


def _templates(path: str, settings: Mapping[str, Any], broken: list[Finding]) -> list[tuple[str, Template, list[Template]]]:
    """Return the templates for a path, each with its file and the others there; `broken` receives the problems."""
    is_yaml = path.endswith(_YAML) and not os.path.isdir(path)
    before = len(broken)
    files = [path] if is_yaml else find(path, broken)
    found: list[tuple[str, Template, list[Template]]] = []
    for file in files:
        try:
            models = _models(file) if is_yaml else _defined(file, settings)
        except GitlabgenError as error:
            broken += error.findings
        else:
            here = [model for model in models if isinstance(model, Template)]
            found += [(file, model, [other for other in here if other is not model]) for model in here]
    if not found and len(broken) == before:
        hint = "name a template, or a definition whose project has one"
        broken += [Finding(rule="no-template", message="there is no template here", hint=hint, file=file) for file in files]
    return found


def _models(file: str) -> list[object]:
    model, findings = read_yaml(file)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise DefinitionError(*errors)
    return [model]


def _defined(definition: str, settings: Mapping[str, Any]) -> list[object]:
    from gitlabgen.definitions.loading import load

    project = load(definition, settings).project
    return [project.template, *(project.files or {}).values()]
