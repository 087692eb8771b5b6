"""`gitlabgen matrix`: which jobs which events create."""

from __future__ import annotations

from typing import Any

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_events, complete_source
from gitlabgen.cli._options import format_option, inputs_option, option, settings_option, strict_option
from gitlabgen.cli._tabulating import show_matrix

__all__ = ["command"]

_EXIT_CODES = {0: "fine", 1: "GitLab cannot create a pipeline, or something is unknown with --strict", 2: "broken input"}


@command_("matrix", exit_codes=_EXIT_CODES, example="gitlabgen matrix --events push,tag")
@click.argument("words", nargs=-1, metavar="[PATH] [EVENT]...", shell_complete=complete_source)
@option(
    "--events",
    group="Event",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_events,
    help="The columns, with commas; also names that look like a path; repeatable.",
)
@strict_option
@settings_option
@inputs_option
@format_option("markdown")
def command(words: tuple[str, ...], **options: Any) -> int:
    """Print which jobs run on which events.

    Each job has a line, and each event a column. ● runs, · is absent, ? is unknown for the reasons below the table, ✗ GitLab
    creates nothing. Words say what else is special: `manual`, `delayed`, `on_failure`, `always`; `may fail`; `blocks` if the
    pipeline waits for a manual job. Jobs that `parallel` makes of one share a line if they look alike.

    The columns are default_branch, branch, branch_with_merge_request, tag, merge_request, schedule and the events in
    `[tool.gitlabgen.events]`. EVENT or `--events` names others: standard events or own ones; `push` means the first three, `all`
    all standard events.

    PATH is a definition, a folder with one, or the file of a pipeline; the current folder if not given.
    """
    return show_matrix(words, **options)
