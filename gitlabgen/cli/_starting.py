"""The implementation of `gitlabgen init`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence

import attrs
import click

from gitlabgen.cli._output import output_look, say, show_json
from gitlabgen.cli._rendering import change_line
from gitlabgen.definitions.loading import load
from gitlabgen.definitions.rendering import quoted
from gitlabgen.errors import Finding, OutputError, did_you_mean, few
from gitlabgen.files.checkout import Checkout
from gitlabgen.files.planning import plan
from gitlabgen.files.writing import write
from gitlabgen.linting import lint
from gitlabgen.reports.styles import printable
from gitlabgen.reports.text import total
from gitlabgen.scaffolding.answers import Question, given_answers, placeholders, questions_about, suggested
from gitlabgen.scaffolding.catalogue import DEFINITION, Blueprint, blueprints
from gitlabgen.scaffolding.companions import ATTRIBUTES, HOOK_LINES, HOOKS, has_hooks, hooks_path
from gitlabgen.scaffolding.constants import Value, constants_of
from gitlabgen.scaffolding.planning import check_folder, draft
from gitlabgen.scaffolding.repositories import project_path, repository_root

__all__ = ["Request", "list_blueprints", "start"]


@attrs.frozen(kw_only=True)
class Request:
    """What the user asks for.

    Args:
        folder: The folder of the project.
        settings: `K=V` with answers.
        asks: Whether questions without an answer are asked on a terminal.
        dry_run: Whether to write nothing.
        force: Whether to overwrite files that exist.
        bare: Whether to write only the definition.
        renders: Whether to write the files that the definition renders.
        format: `text` or `json`.
        quiet: Whether to leave out the line about each file.
    """

    folder: str
    settings: Sequence[str]
    asks: bool
    dry_run: bool
    force: bool
    bare: bool
    renders: bool
    format: str
    quiet: bool


def list_blueprints(format_: str) -> int:
    """List the blueprints, and return the exit code.

    Args:
        format_: `text` or `json`.
    """
    known = [*blueprints().values()]
    if format_ == "json":
        kinds = {True: "run", False: "learn"}
        show_json(blueprints=[{"name": each.name, "kind": kinds[each.is_runnable], "summary": each.summary} for each in known])
        return 0
    width = max((len(each.name) for each in known), default=0)
    for title, is_runnable in (("To run:", True), ("To learn from:", False)):
        rows = [f"  {each.name.ljust(width)}  {each.summary}" for each in known if each.is_runnable is is_runnable]
        say("".join(f"{line}\n" for line in (title, *rows, "")))
    say("Start with one: gitlabgen init BLUEPRINT [DIR]\n")
    return 0


def start(name: str, request: Request) -> int:
    """Start a project, and return the exit code.

    Args:
        name: The blueprint.
        request: What the user asks for.

    Raises:
        GitlabgenError: If an answer is not valid, or a file exists or cannot be written; with all findings.
    """
    blueprint = _blueprint(name)
    folder = os.path.normpath(request.folder) if request.folder else "."
    check_folder(folder)
    constants = constants_of(blueprint.files()[DEFINITION])
    questions = questions_about(constants)
    values = given_answers(request.settings, questions)
    asks = request.asks and request.format == "text" and _has_terminal()
    values |= _answers([each for each in questions if each.constant.name not in values], values, folder, asks=asks)
    companions = not request.bare and (not asks or click.confirm(f"Write {HOOKS} and {ATTRIBUTES}, too?", default=True))
    planned = draft(blueprint, folder, values, bare=request.bare, render=request.renders, companions=companions)
    conflicts = [] if request.force else [*planned.conflicts()]
    if conflicts:
        raise OutputError(*conflicts)
    changes = plan(planned.files, force=True) if request.dry_run else write(planned.files, force=True)
    left = placeholders(questions, values)
    steps = [*_steps(folder, left, rendered=request.renders, hooked=any(file.path == HOOKS for file in planned.files))]
    findings = _findings(folder) if request.renders and not request.dry_run else []
    if request.format == "json":
        files = [{"path": change.path, "status": change.status, "action": change.action} for change in changes]
        dry_run = {"dry_run": True} if request.dry_run else {}
        show_json(
            findings, **dry_run, files=files, placeholders=left, missing=blueprint.missing, next=[step for step, _ in steps]
        )
        return 0
    look = output_look()
    say("".join(change_line(change, look, dry_run=request.dry_run) for change in changes if not request.quiet))
    if request.dry_run:
        return 0
    if request.renders:
        say(f"lint: {total(findings) or 'no findings'}\n")
    if companions and not has_hooks(folder):
        say(f"\nTo write changed files with each commit, add to {hooks_path(folder)}, below `repos:`:\n{HOOK_LINES}")
    say(_advice(blueprint, left, {question.setting: question for question in questions}))
    say("".join(f"{line}\n" for line in ("", "Next:", *_aligned(steps))))
    return 0


def _blueprint(name: str) -> Blueprint:
    known = blueprints()
    if name not in known:
        hint = did_you_mean(name, known, f"use one of {few(known)}")
        raise OutputError(Finding(rule="no-blueprint", message=f"there is no blueprint {name!r}", hint=hint))
    return known[name]


def _has_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _answers(questions: Sequence[Question], given: Mapping[str, Value], folder: str, *, asks: bool) -> dict[str, Value]:
    """Return the answers to questions by the names of their constants: the user's, or the suggested ones."""
    answers: dict[str, Value] = {}
    project = project_path(folder)
    for question in questions:
        name = answers.get("NAME", given.get("NAME"))
        value = suggested(question, name, folder=os.path.basename(os.path.abspath(folder)), project=project)
        answers[question.constant.name] = _asked(question, value) if asks else value
    return answers


def _asked(question: Question, value: Value) -> Value:
    default = value if isinstance(value, str) else ",".join(value.values())

    def convert(text: str) -> Value:
        try:
            return question.answered(text.strip())
        except ValueError as error:
            raise click.UsageError(str(error)) from None

    answer: Value = click.prompt(question.prompt, default=default, value_proc=convert)
    return answer


def _findings(folder: str) -> list[Finding]:
    """Return the findings of the definition that was written."""
    return lint(load(os.path.join(folder, DEFINITION) if folder != "." else DEFINITION).project, repository=Checkout(folder))


def _advice(blueprint: Blueprint, left: Mapping[str, Value], questions: Mapping[str, Question]) -> str:
    """Return what has to be done by hand."""
    lines: list[str] = []
    if blueprint.missing is not None:
        lines += ["", f"{blueprint.name} is to learn from. {blueprint.missing}"]
    if left:
        lines += ["", f"These values in {DEFINITION} are still placeholders:"]
    for setting, value in left.items():
        constant = questions[setting].constant
        texts = [value] if isinstance(value, str) else [f"{key} {text}" for key, text in value.items()]
        lines.append(f"  line {constant.line}: {constant.name}: {', '.join(texts)}")
    return "".join(f"{line}\n" for line in lines)


def _steps(folder: str, left: Mapping[str, Value], *, rendered: bool, hooked: bool) -> Iterator[tuple[str, str]]:
    """Yield the next commands, each with its purpose."""
    if folder != ".":
        yield f"cd {quoted(folder)}", ""
    if left or rendered:
        yield "gitlabgen render", f"after each change of {DEFINITION}"
    else:
        yield "gitlabgen render", "writes the pipeline"
    yield "gitlabgen lint", "shows what is left to do"
    if repository_root(folder) is None:
        yield "git init", ""
    if hooked:
        yield "pre-commit install", "writes changed files with each commit; requires pre-commit"
    yield "git add --all", ""


def _aligned(steps: Sequence[tuple[str, str]]) -> Iterator[str]:
    width = max(len(command) for command, _ in steps)
    for command, purpose in steps:
        yield printable(f"  {command.ljust(width)}  # {purpose}" if purpose else f"  {command}")
