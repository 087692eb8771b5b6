"""`gitlabgen check`: report whether the written files are up to date."""

from __future__ import annotations

from typing import Any

from gitlabgen.cli._checking import check
from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_folder
from gitlabgen.cli._options import format_option, option, paths_argument, quiet_option, settings_option, verbose_option

__all__ = ["command"]

_EXIT_CODES = {
    0: "all files are fresh",
    1: "a file is missing, stale, hand-edited, foreign, orphaned, or not staged",
    2: "broken input",
}


@command_("check", exit_codes=_EXIT_CODES, example="gitlabgen check --diff")
@paths_argument
@settings_option
@option(
    "--output",
    group="Output",
    metavar="DIR",
    shell_complete=complete_folder,
    help="Check the files in this folder, not the definition's.",
)
@option("--diff", "show_diff", group="Output", is_flag=True, help="Show what `render` would change.")
@option("--staged", group="Output", is_flag=True, help="Exit with 1 if a file is not staged in git.")
@format_option()
@quiet_option("Leave out fresh files.")
@verbose_option
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Check that the written files are up to date.

    PATH is a definition, or a folder with definitions; the current folder if not given. Nothing is written.
    """
    return check(paths, **options)
