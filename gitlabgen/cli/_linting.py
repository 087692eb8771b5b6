"""What `gitlabgen lint` does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from gitlabgen.cli._files import parsed_settings
from gitlabgen.cli._output import say, show_json
from gitlabgen.errors import DefinitionError, Finding, GitlabgenError, closest
from gitlabgen.files.checkout import Checkout, read_yaml
from gitlabgen.linting import OTHER_RULES, RULES, in_order, lint
from gitlabgen.reports.json import fingerprint
from gitlabgen.reports.text import findings_text

__all__ = ["SEVERITIES", "lint_paths"]

SEVERITIES: Final = ("error", "warning", "info")
_YAML: Final = (".yml", ".yaml")
_PIPELINE: Final = ".gitlab-ci.yml"


def lint_paths(
    paths: Sequence[str],
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    baseline: str | None = None,
    strict: bool = False,
    target_gitlab: str | None = None,
    settings: Sequence[str] = (),
    format_: str = "text",
) -> int:
    """Tell what is wrong with pipelines, and return the exit code.

    Args:
        paths: Definitions, folders with one, or YAML files; the current folder if there are none.
        select: The rules to look at; all if there are none.
        ignore: The rules not to look at.
        fail_on: The least severity that fails.
        baseline: A JSON report of findings that are known.
        strict: Whether what cannot be decided is an error.
        target_gitlab: The GitLab version that reads the pipelines, for what brings none of its own.
        settings: `K=V` with TOML values.
        format_: `text` or `json`.

    Raises:
        GitlabgenError: If anything cannot be read or loaded; with all findings.
    """
    chosen, left_out = _rules(select, "--select"), _rules(ignore, "--ignore")
    known = set() if baseline is None else _fingerprints(baseline)
    values = parsed_settings(settings)
    found: list[Finding] = []
    broken: list[Finding] = []
    for path in paths or ["."]:
        try:
            for file in _files(path):
                found += _lint(file, values, target_gitlab, strict=strict)
        except GitlabgenError as error:
            broken += error.findings
    if broken:
        raise DefinitionError(*broken)
    findings = [
        finding
        for finding in in_order(found)
        if (not chosen or finding.rule in chosen) and finding.rule not in left_out and fingerprint(finding) not in known
    ]
    if format_ == "json":
        show_json(findings)
    else:
        say(findings_text(findings) or "no findings\n")
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return 1 if any(finding.severity in failing for finding in findings) else 0


def _files(path: str) -> Iterator[str]:
    """Yield the definitions and YAML files that a path stands for."""
    from gitlabgen.definitions.loading import find

    if path.endswith(_YAML) and not os.path.isdir(path):
        yield path
        return
    try:
        yield from find(path)
    except DefinitionError as error:
        pipeline = os.path.join(path, _PIPELINE)
        if error.findings[0].rule != "no-definition" or not os.path.isfile(pipeline):
            raise
        yield os.path.normpath(pipeline)


def _lint(file: str, settings: Mapping[str, Any], target: str | None, *, strict: bool) -> Iterator[Finding]:
    repository = Checkout(os.path.dirname(file) or ".")
    if file.endswith(_YAML):
        model, findings = read_yaml(file)
        yield from findings
        yield from map(repository.shown, lint(model, repository=repository, target_gitlab=target, strict=strict))
        return
    from gitlabgen.definitions.loading import load

    project = load(file, settings).project
    target = project.target_gitlab or target
    for finding in lint(project, repository=repository, target_gitlab=target, strict=strict):
        yield repository.shown(finding) if finding.file else finding._replace(file=file)


def _rules(words: Iterable[str], option: str) -> frozenset[str]:
    known = [*RULES, *OTHER_RULES]
    rules = [rule.strip() for word in words for rule in word.split(",") if rule.strip()]
    findings = []
    for rule in rules:
        if rule not in known:
            near = closest(rule, known)
            hint = f"did you mean {near!r}?" if near else f"known are {', '.join(sorted(known))}"
            findings.append(Finding(rule="usage", message=f"{option}: there is no rule {rule!r}", hint=hint))
    if findings:
        raise DefinitionError(*findings)
    return frozenset(rules)


def _fingerprints(path: str) -> set[str]:
    """Return what tells the findings of an earlier report."""
    hint = "write one with `gitlabgen lint --format json > baseline.json`"
    try:
        with open(path, encoding="utf-8") as stream:
            report = json.load(stream)
        return {finding["fingerprint"] for finding in report["findings"]}
    except OSError as error:
        message = f"the baseline cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError):
        message = "the baseline is no report of findings"
    raise DefinitionError(Finding(rule="invalid-baseline", message=message, hint=hint, file=path))
