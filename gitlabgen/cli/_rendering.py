"""The implementation of `gitlabgen render`."""

from __future__ import annotations

from collections.abc import Sequence

from gitlabgen.cli._files import files_of
from gitlabgen.cli._output import say, show_json
from gitlabgen.files.writing import Change, diff, plan, write

__all__ = ["print_files", "render"]


def render(
    paths: Sequence[str],
    *,
    output: str | None = None,
    settings: Sequence[str] = (),
    format_: str = "text",
    show_diff: bool = False,
    exit_code: bool = False,
    force: bool = False,
) -> int:
    """Write the files that changed, and return the exit code.

    Args:
        paths: Definitions, or folders with one; the current folder if empty.
        output: The folder to write to instead of each definition's folder.
        settings: `K=V` with TOML values.
        format_: `text` or `json`.
        show_diff: Whether to show what changes.
        exit_code: Whether to return 1 if anything was written.
        force: Whether to overwrite files that gitlabgen did not write, or that were edited.

    Raises:
        GitlabgenError: If a definition or a file is not valid; with all findings, and nothing written.
    """
    files = files_of(paths, settings, output)
    changes = write([file for _, file in files], force=force)
    _report(changes, format_, show_diff=show_diff)
    return 1 if exit_code and any(change.action == "wrote" for change in changes) else 0


def print_files(paths: Sequence[str], settings: Sequence[str], format_: str) -> int:
    """Print the files instead of writing them, and return the exit code.

    Args:
        paths: Definitions, or folders with one; the current folder if empty.
        settings: `K=V` with TOML values.
        format_: `text` or `json`.

    Raises:
        GitlabgenError: If a definition or a file is not valid; with all findings.
    """
    files = [file for _, file in files_of(paths, settings, None)]
    # A file that could not be written is not printed either.
    texts = [(file.path, change.text) for file, change in zip(files, plan(files), strict=True)]
    if format_ == "json":
        show_json(files=[{"path": path, "text": text} for path, text in texts])
        return 0
    for path, text in texts:
        heading = f"--- # {path}\n" if len(texts) > 1 else ""
        say(f"{heading}{text}".encode())
    return 0


def _report(changes: Sequence[Change], format_: str, *, show_diff: bool) -> None:
    """Report what was done with each file."""
    diffs = [diff(change.path, change.before, change.text) if show_diff else "" for change in changes]
    if format_ == "json":
        report = [{"path": change.path, "status": change.status, "action": change.action} for change in changes]
        shown = [{"diff": text} if show_diff else {} for text in diffs]
        show_json(files=[{**entry, **more} for entry, more in zip(report, shown, strict=True)])
        return
    for change, text in zip(changes, diffs, strict=True):
        previous = f" ({change.status})" if change.action == "wrote" else ""
        say(f"{text}{change.action} {change.path}{previous}\n")
