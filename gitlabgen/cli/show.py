"""`gitlabgen show`: the merged configuration of a pipeline or of one job, with the origin of every value."""

from __future__ import annotations

from typing import Any

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_source
from gitlabgen.cli._options import format_option, inputs_option, job_option, settings_option
from gitlabgen.cli._showing import show_configuration

__all__ = ["command"]

_EXIT_CODES = {0: "fine", 1: "the configuration has errors", 2: "broken input, or there is no such job"}


@command_("show", exit_codes=_EXIT_CODES, example="gitlabgen show")
@click.argument("words", nargs=-1, metavar="[JOB] [PATH]", shell_complete=complete_source)
@job_option
@settings_option
@inputs_option
@format_option()
def command(words: tuple[str, ...], **options: Any) -> int:
    """Print a merged configuration and its origins.

    A comment after each value names the file and line where it was written. With JOB, show the job as a runner receives it: with
    its parents, references, defaults, global variables and matrix. Without JOB, show the whole configuration after includes,
    parents and references, as GitLab's pipeline editor does.

    PATH is a definition, a folder with one, or the file of a pipeline; the current folder if not given. A word that is an
    existing path, or that ends as a file does, is PATH.
    """
    return show_configuration(words, **options)
