"""`gitlabgen explain`: why a job is in a pipeline, or not."""

from __future__ import annotations

from typing import Any

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_source
from gitlabgen.cli._events import EVENT_OPTIONS, event_options
from gitlabgen.cli._options import format_option, inputs_option, job_option, settings_option, strict_option
from gitlabgen.cli._simulating import explain_job

__all__ = ["command"]

_EXIT_CODES = {0: "fine", 1: "GitLab cannot create the pipeline, or something is unknown with --strict", 2: "broken input"}


@command_("explain", exit_codes=_EXIT_CODES, example="gitlabgen explain build tag")
@click.argument("words", nargs=-1, metavar="JOB [PATH] [EVENT]", shell_complete=complete_source)
@job_option
@event_options
@strict_option
@settings_option
@inputs_option
@format_option()
def command(words: tuple[str, ...], **options: Any) -> int:
    """Print why a job is in a pipeline, or not.

    Show each rule that GitLab reads, its clauses, and the values of the variables in them; for an absent job, also what
    would have to differ. Without EVENT and without options, do so for all standard events.

    A word that is an existing path, or that ends as a file does, is PATH; the first other word is JOB.
    """
    event_words = {name: options.pop(name) for name in EVENT_OPTIONS}
    return explain_job(words, event_words, **options)
