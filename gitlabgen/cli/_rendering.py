"""The implementation of `gitlabgen render`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gitlabgen.cli._files import files_of
from gitlabgen.cli._output import output_look, say, show_json
from gitlabgen.cli._staging import advice, staging, unstaged_files
from gitlabgen.cli._steps import Steps, counted
from gitlabgen.files.diffs import diff
from gitlabgen.files.planning import Change, plan
from gitlabgen.files.writing import write
from gitlabgen.reports.styles import Look, Span, diff_text

__all__ = ["change_line", "print_files", "render"]


def render(
    paths: Sequence[str],
    *,
    output: str | None = None,
    settings: Sequence[str] = (),
    format_: str = "text",
    show_diff: bool = False,
    dry_run: bool = False,
    exit_code: bool = False,
    staged: bool = False,
    force: bool = False,
    prune: bool = False,
    quiet: bool = False,
    verbose: bool = False,
) -> int:
    """Write the files that changed, and return the exit code.

    Args:
        paths: Definitions, or folders with some; the current folder if empty.
        output: The folder to write to instead of each definition's folder.
        settings: `K=V` with TOML values.
        format_: `text` or `json`.
        show_diff: Whether to show what changes.
        dry_run: Whether to report what would be done, and write nothing.
        exit_code: Whether to return 1 if anything is written; in a dry run, 2 if a file is refused.
        staged: Whether to return 1 if a file is not staged in git.
        force: Whether to overwrite files that gitlabgen did not write, or that were edited.
        prune: Whether to remove files that a definition no longer writes.
        quiet: Whether to leave out the line about each file.
        verbose: Whether to report the steps.

    Raises:
        GitlabgenError: If a definition or a file is not valid; with all findings, and nothing written.
    """
    steps = Steps(shown=verbose)
    files = files_of(paths, settings, output, steps)
    act = plan if dry_run else write
    changes = act(files, force=force, orphans=True, prune=prune)
    steps.done("compared the files" if dry_run else "wrote the files that changed")
    unstaged = unstaged_files([change for change in changes if change.status != "orphaned"]) if staged else []
    if format_ == "json":
        _report_json(changes, staging(unstaged, staged=staged), show_diff=show_diff, dry_run=dry_run)
    else:
        look = output_look()
        say("".join(_text(change, look, show_diff=show_diff, dry_run=dry_run, quiet=quiet) for change in changes))
        if dry_run and not quiet and any(change.refusal for change in changes):
            say("nothing would be written, because a file is refused\n")
        say(advice(unstaged))
    steps.total(counted(changes, "file"))
    return max(_exit_code(changes) if exit_code else 0, 1 if unstaged else 0)


def print_files(paths: Sequence[str], *, settings: Sequence[str] = (), format_: str = "text", verbose: bool = False) -> int:
    """Print the files instead of writing them, and return the exit code.

    Args:
        paths: Definitions, or folders with some; the current folder if empty.
        settings: `K=V` with TOML values.
        format_: `text` or `json`.
        verbose: Whether to report the steps.

    Raises:
        GitlabgenError: If a definition or a file is not valid; with all findings.
    """
    steps = Steps(shown=verbose)
    files = files_of(paths, settings, None, steps)
    # A file that could not be written is not printed either.
    texts = [(file.path, change.text) for file, change in zip(files, plan(files), strict=False)]
    if format_ == "json":
        show_json(files=[{"path": path, "text": text} for path, text in texts])
    else:
        for path, text in texts:
            heading = f"--- # {path}\n" if len(texts) > 1 else ""
            say(f"{heading}{text}".encode())
    steps.total(counted(texts, "file"))
    return 0


def _report_json(changes: Sequence[Change], more: Mapping[str, Any], *, show_diff: bool, dry_run: bool) -> None:
    files = []
    for change in changes:
        patch = {"diff": _diff(change)} if show_diff else {}
        files.append({"path": change.path, "status": change.status, "action": change.action, **patch})
    refusals = [change.refusal for change in changes if change.refusal is not None]
    show_json(refusals, **({"dry_run": True} if dry_run else {}), files=files, **more)


def _text(change: Change, look: Look, *, show_diff: bool, dry_run: bool, quiet: bool) -> str:
    """Return the change as a diff, if wanted, and a line."""
    patch = diff_text(_diff(change), look) if show_diff else ""
    return patch if quiet else f"{patch}{change_line(change, look, dry_run=dry_run)}"


def change_line(change: Change, look: Look, *, dry_run: bool) -> str:
    """Return the line that says what was done with a file.

    Args:
        change: The file's change.
        look: What the stream can show.
        dry_run: Whether it was not done.
    """
    word, note = _word_and_note(change, dry_run=dry_run)
    return f"{look.line(Span(word, word), ' ', Span(change.path, 'path'), note)}\n"


def _word_and_note(change: Change, *, dry_run: bool) -> tuple[str, str]:
    """Return the text before the path, and the text after it."""
    if change.refusal is not None:
        return "refused", f": {change.refusal.message}; {change.refusal.hint}"
    if change.action == "unchanged":
        return ("orphaned", _note_on_orphan(change)) if change.status == "orphaned" else ("unchanged", "")
    done, was = (f"would {change.action[:-1]}", "is") if dry_run else (change.action, "was")
    return done, f" ({was} {change.status})" if change.status in ("hand-edited", "foreign") else ""


def _note_on_orphan(change: Change) -> str:
    note = f": {change.definition} no longer writes it"
    return f"{note}, but it was edited" if change.is_edited else f"{note}; --prune removes it"


def _diff(change: Change) -> str:
    return diff(change.path, change.before, change.text)


def _exit_code(changes: Sequence[Change]) -> int:
    actions = {change.action for change in changes}
    return 2 if "refused" in actions else 1 if actions & {"created", "updated", "removed"} else 0
