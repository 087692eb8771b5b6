"""`gitlabgen render`: write the files that changed."""

from __future__ import annotations

from typing import Any

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_folder
from gitlabgen.cli._options import format_option, option, paths_argument, quiet_option, settings_option, verbose_option
from gitlabgen.cli._rendering import print_files, render
from gitlabgen.cli._usage import usage_error

__all__ = ["command"]

_EXIT_CODES = {
    0: "the files are up to date now, or a dry run is done",
    1: "--exit-code: a file was written, or would be; --staged: one is not staged",
    2: "broken input, or a file was refused; nothing was written",
}
_ABOUT_WRITING = ("output", "show_diff", "dry_run", "exit_code", "staged", "force", "prune")


@command_("render", exit_codes=_EXIT_CODES, example="gitlabgen render --dry-run --diff")
@paths_argument
@settings_option
@option(
    "--output",
    group="Output",
    metavar="DIR",
    shell_complete=complete_folder,
    help="Write to this folder, not the definition's; create it if needed.",
)
@option("--stdout", "to_stdout", group="Output", is_flag=True, help="Print the files instead of writing them.")
@option("--dry-run", group="Output", is_flag=True, help="Write nothing; say what would be created, updated or refused.")
@option("--diff", "show_diff", group="Output", is_flag=True, help="Show what changes.")
@option("--force", group="Output", is_flag=True, help="Overwrite files that were edited, or not written by gitlabgen.")
@option("--prune", group="Output", is_flag=True, help="Remove unedited files that the definition no longer writes.")
@option("--exit-code", group="Output", is_flag=True, help="Exit with 1 if a file is written; in a dry run, 2 if refused.")
@option("--staged", group="Output", is_flag=True, help="Exit with 1 if a file is not staged in git.")
@format_option()
@quiet_option("Print no line for each file.")
@verbose_option
def command(paths: tuple[str, ...], *, to_stdout: bool, **options: Any) -> int:
    """Write the files that changed.

    PATH is a definition, or a folder with definitions; the current folder if not given. Each file is created, updated, or
    unchanged. If there is any error, nothing is written.
    """
    if not to_stdout:
        return render(paths, **options)
    for name in _ABOUT_WRITING:
        if options.pop(name) not in (None, False):
            word = {"show_diff": "diff"}.get(name, name.replace("_", "-"))
            raise usage_error(f"--stdout writes no file, so --{word} cannot be used with it", f"remove --stdout or --{word}")
    del options["quiet"]  # there are no lines to leave out
    return print_files(paths, **options)
