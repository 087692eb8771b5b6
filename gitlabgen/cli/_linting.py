"""The implementation of `gitlabgen lint`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from gitlabgen.cli._files import parsed_inputs, parsed_settings
from gitlabgen.cli._output import output_look, say, show_error_text, show_findings, show_json
from gitlabgen.cli._roots import Roots
from gitlabgen.cli._standard_input import file_on_standard_input
from gitlabgen.cli._steps import Steps, counted
from gitlabgen.definitions.discovery import PIPELINE, definitions_in, find, unique
from gitlabgen.definitions.includes import mapped_includes
from gitlabgen.errors import DefinitionError, Finding, GitlabgenError
from gitlabgen.files.checkout import Checkout, read_yaml
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.linting import in_order, lint
from gitlabgen.linting.catalogue import current_id, rule_hint
from gitlabgen.linting.repositories import is_fragment
from gitlabgen.linting.rule import Persona
from gitlabgen.reports.fingerprints import read_baseline
from gitlabgen.reports.text import findings_text

__all__ = ["SEVERITIES", "lint_paths"]

SEVERITIES: Final = ("error", "warning", "info")
_YAML: Final = (".yml", ".yaml")
_DEFINITION: Final = (".py", ".toml")


def lint_paths(
    paths: Sequence[str],
    *,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    fail_on: str = "error",
    baseline: str | None = None,
    strict: bool = False,
    explain_skipped: bool = False,
    persona: Persona = "default",
    target_gitlab: str | None = None,
    settings: Sequence[str] = (),
    inputs: Sequence[str] = (),
    stdin_filename: str | None = None,
    fragment: bool = False,
    events: Sequence[str] = (),
    format_: str = "text",
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Report the findings of pipelines, templates and projects, and return the exit code.

    Args:
        paths: Definitions, folders with some, or YAML files; or `-` for standard input; the current folder if empty.
        select: The rules to run; all if empty.
        ignore: The rules not to run.
        fail_on: The lowest severity that fails.
        baseline: A JSON report of known findings.
        strict: Whether a check that an unread include leaves undecided is an error.
        explain_skipped: Whether to report each check that an unread include leaves undecided, rather than their number.
        persona: Who reads the findings.
        target_gitlab: The GitLab version that reads the pipelines, unless a project has its own.
        settings: `K=V` with TOML values.
        inputs: `NAME=VALUE` for the inputs of the pipelines.
        stdin_filename: The name of the file that standard input stands for.
        fragment: Whether other files include the pipelines.
        events: The names of the events that may start the pipelines; the usual ones if empty.
        format_: `text` or `json`.
        quiet: Whether to print findings only, without their count.
        verbose: Whether to report the steps.

    Raises:
        GitlabgenError: If a file cannot be read or loaded; with all findings.
    """
    warnings: list[Finding] = []
    chosen, left_out = _rules(select, "--select", warnings), _rules(ignore, "--ignore", warnings)
    known = None if baseline is None else read_baseline(baseline)
    run = _Options(target_gitlab, strict, persona, chosen, fragment, parsed_inputs(inputs))
    roots = Roots(run._asdict(), words_in(events))
    values = parsed_settings(settings)
    steps = Steps(shown=verbose)
    given = file_on_standard_input(paths, stdin_filename)
    found: list[Finding] = []
    broken: list[Finding] = []
    for file in unique(file for path in paths or ["."] for file in _files(path, broken)) if given is None else [given]:
        before = len(found)
        try:
            found += _lint(file, values, run, roots)
        except GitlabgenError as error:
            broken += error.findings
        steps.done(f"linted {file}: {counted(found[before:], 'finding')}")
    if broken:
        raise DefinitionError(*broken)
    show_findings(warnings, "text")
    wanted = (finding for finding in in_order(found) if (not chosen or finding.rule in chosen) and finding.rule not in left_out)
    every = [*wanted] if known is None else known.new([*wanted])
    findings = [finding for finding in every if explain_skipped or not finding.is_skipped_check]
    skipped = len(every) - len(findings)
    if format_ == "json":
        show_json(findings, skipped_checks=skipped, parts=[part._asdict() for part in roots.parts])
    else:
        show_error_text("" if quiet else "".join(f"{part.sentence}\n" for part in roots.parts))
        say(findings_text(findings, output_look(), with_count=not quiet) or ("" if quiet else "no findings\n"))
        say("" if quiet else _skipped_text(skipped))
    steps.total(counted(findings, "finding"))
    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    return 1 if any(finding.severity in failing for finding in findings) else 0


def _skipped_text(count: int) -> str:
    if not count:
        return ""
    checks = "1 check was" if count == 1 else f"{count} checks were"
    them = "it" if count == 1 else "them"
    return f"{checks} skipped, because an include was not read, or an input has no value; --explain-skipped lists {them}\n"


def _files(path: str, findings: list[Finding]) -> list[str]:
    """Return the definitions and YAML files for a path; `findings` receives a finding if it means no file."""
    if path.endswith(_YAML) and not os.path.isdir(path):
        return [path]
    problems: list[Finding] = []
    files = find(path, problems)
    pipeline = os.path.join(path, PIPELINE)
    if os.path.isfile(pipeline) and not definitions_in(path):  # it is written by hand
        files = [os.path.normpath(pipeline), *files]
        problems = [problem for problem in problems if problem.rule != "no-definition"]
    findings += problems
    return files


class _Options(NamedTuple):
    """The options for linting each file."""

    target_gitlab: str | None
    strict: bool
    persona: Persona
    selected: frozenset[str]
    fragment: bool
    inputs: Mapping[str, str]


def _lint(file: str, settings: Mapping[str, Any], options: _Options, roots: Roots) -> Iterator[Finding]:
    repository = Checkout(os.path.dirname(file) or ".", mapped_includes)
    if not file.endswith(_DEFINITION):
        yield from _lint_yaml(file, repository, options, roots)
        return
    from gitlabgen.definitions.loading import load

    project = load(file, settings).project
    own = options._replace(target_gitlab=project.target_gitlab or options.target_gitlab)
    server = roots.server(repository.root)
    for finding in lint(project, repository=repository, folder=repository.folder, **server, **own._asdict()):
        yield repository.shown(finding) if finding.file else finding._replace(file=file)


def _lint_yaml(file: str, repository: Checkout, options: _Options, roots: Roots) -> Iterator[Finding]:
    path = repository.path_of(file)
    if path == PIPELINE and os.path.islink(file):
        yield _linked(file)
    model, findings = read_yaml(file, partial=options.fragment)
    own = options
    if isinstance(model, Pipeline) and not options.fragment:
        known = roots.findings_in(path, repository)
        if known is not None:
            yield from known
            return
        if is_fragment(model, path if repository.is_repository else file, repository):
            own = options._replace(fragment=True)
            model, findings = read_yaml(file, partial=True)
    yield from findings
    found = lint(model, repository=repository, folder=repository.folder, **roots.server(repository.root), **own._asdict())
    yield from map(repository.shown, found)


def _linked(file: str) -> Finding:
    message = f"the pipeline is a symbolic link: GitLab reads the text of the link, {os.readlink(file)!r}, not the file"
    hint = "replace the link by the file"
    return Finding("invalid-yaml", message, hint=hint, file=file, gitlab="Invalid configuration format")


def words_in(given: Iterable[str]) -> list[str]:
    """Return the words of an option that is repeatable and takes several words with commas.

    Args:
        given: The values of the option.
    """
    return [word.strip() for words in given for word in words.split(",") if word.strip()]


def _rules(words: Iterable[str], option: str, warnings: list[Finding]) -> frozenset[str]:
    """Return the names of the selected rules; a former name is accepted with a warning."""
    found, findings = set(), []
    for rule in words_in(words):
        now = current_id(rule)
        if now is None:
            hint = rule_hint(rule)
            findings.append(Finding(rule="usage", message=f"{option}: there is no rule {rule!r}", hint=hint))
            continue
        if now != rule:
            message = f"{option}: the rule {rule!r} is called {now!r} now"
            warnings.append(Finding(rule="renamed-rule", message=message, severity="warning", hint=f"write {now}"))
        found.add(now)
    if findings:
        raise DefinitionError(*findings)
    return frozenset(found)
