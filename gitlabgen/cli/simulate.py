"""`gitlabgen simulate`: which jobs an event creates."""

from __future__ import annotations

from typing import Any

import click

from gitlabgen.cli._assumptions import ASSUMPTION_OPTIONS, assumption_options
from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_source
from gitlabgen.cli._events import EVENT_OPTIONS, event_options
from gitlabgen.cli._options import format_option, inputs_option, settings_option, strict_option
from gitlabgen.cli._simulating import simulate_pipeline

__all__ = ["command"]

_EXIT_CODES = {0: "fine", 1: "GitLab cannot create the pipeline, or something is unknown with --strict", 2: "broken input"}


@command_("simulate", exit_codes=_EXIT_CODES, example="gitlabgen simulate merge_request --changed docs/guide.md")
@click.argument("words", nargs=-1, metavar="[PATH] [EVENT]", shell_complete=complete_source)
@event_options
@assumption_options
@strict_option
@settings_option
@inputs_option
@format_option()
def command(words: tuple[str, ...], **options: Any) -> int:
    """Print which jobs an event creates.

    EVENT is the name of a standard event or of one in `[tool.gitlabgen.events]`; without it and without options, a push to the
    default branch. The standard events are default_branch, branch, branch_with_merge_request, new_branch, tag, merge_request,
    fork_merge_request, merge_train, schedule, web, api, trigger and child; `push` means the first three.

    PATH is a definition, a folder with one, or the file of a pipeline; the current folder if not given. What only the server
    knows is unknown unless `[tool.gitlabgen.project]` or the event states it.

    With --fail, --cancel, --play or --retry, each job is shown with its status once nothing else can run; jobs that are not
    named succeed. JOB is the name of a job, or of all that `parallel` makes of it.
    """
    event_words = {name: options.pop(name) for name in EVENT_OPTIONS}
    assumed = {name: options.pop(name) for name in ASSUMPTION_OPTIONS}
    return simulate_pipeline(words, event_words, assumed, **options)
