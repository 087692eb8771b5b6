"""The implementation of `gitlabgen check`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gitlabgen.cli._files import files_of, render_command
from gitlabgen.cli._output import output_look, say, show_json
from gitlabgen.cli._staging import advice, staging, unstaged_files
from gitlabgen.cli._steps import Steps, counted
from gitlabgen.files.diffs import diff
from gitlabgen.files.planning import Change, plan
from gitlabgen.reports.styles import Look, Span, diff_text

__all__ = ["check"]

_ADVICE: Final = {
    "missing": "it was never written; run: {command}",
    "stale": "the definition changed; run: {command}",
    "hand-edited": "move the edit to {definition}, then run: {command} --force",
    "foreign": "gitlabgen did not write it; move it away, or run: {command} --force",
    "orphaned": "{definition} no longer writes it; run: {command} --prune",
}
_TAKEN: Final = "{owner} wrote it; give one of the two another path, or run: {command} --force"
_EDITED: Final = "{definition} no longer writes it, but it was edited; move it away, or remove it"


def check(
    paths: Sequence[str],
    *,
    output: str | None = None,
    settings: Sequence[str] = (),
    format_: str = "text",
    show_diff: bool = False,
    staged: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Report whether the written files are up to date, and return the exit code.

    Args:
        paths: Definitions, or folders with some; the current folder if empty.
        output: The folder of the files instead of each definition's folder.
        settings: `K=V` with TOML values.
        format_: `text` or `json`.
        show_diff: Whether to show what `render` would change.
        staged: Whether to return 1 if a file is not staged in git.
        quiet: Whether to leave out fresh files.
        verbose: Whether to report the steps.

    Raises:
        GitlabgenError: If a definition or a file is not valid; with all findings.
    """
    steps = Steps(shown=verbose)
    files = files_of(paths, settings, output, steps)
    changes = plan(files, orphans=True)
    steps.done("compared the files")
    report = []
    for change in changes:
        entry = {"path": change.path, "status": change.status, "definition": change.definition}
        if change.status != "fresh":
            entry["advice"] = _advice(change, render_command(change.definition, settings, output))
        if show_diff:
            entry["diff"] = diff(change.path, change.before, change.text)
        report.append(entry)
    fresh = [change for change in changes if change.status == "fresh"]
    unstaged = unstaged_files(fresh) if staged else []
    if format_ == "json":
        show_json(files=report, **staging(unstaged, staged=staged))
    else:
        look = output_look()
        lines = [_lines(entry, look) for entry in report if not (quiet and entry["status"] == "fresh")]
        say("".join([*lines, advice(unstaged)]))
    steps.total(counted(changes, "file"))
    return 0 if len(fresh) == len(changes) and not unstaged else 1


def _advice(change: Change, command: str) -> str:
    text = _EDITED if change.is_edited else _TAKEN if change.owner and change.status == "foreign" else _ADVICE[change.status]
    return text.format(command=command, definition=change.definition, owner=change.owner)


def _lines(entry: dict[str, str], look: Look) -> str:
    advice = f": {entry['advice']}" if "advice" in entry else ""
    line = look.line(Span(entry["status"], entry["status"]), " ", Span(entry["path"], "path"), advice)
    return f"{diff_text(entry.get('diff', ''), look)}{line}\n"
