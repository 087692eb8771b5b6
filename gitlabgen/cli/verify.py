"""`gitlabgen verify`: check templates with AWS's own tools, offline."""

from __future__ import annotations

from typing import Any

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_source
from gitlabgen.cli._options import format_option, option, quiet_option, settings_option, verbose_option
from gitlabgen.cli._verifying import verify_paths
from gitlabgen.verification import REGION

__all__ = ["command"]

_EXIT_CODES = {0: "no errors", 1: "errors", 2: "broken input, or the extra `verify` is not installed"}


@command_("verify", exit_codes=_EXIT_CODES, example="gitlabgen verify template.yml")
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_source)
@settings_option
@option("--region", group="Definition", metavar="REGION", default=REGION, help="The region to translate for.")
@format_option()
@quiet_option("Print findings only, without their count.")
@verbose_option
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Run SAM's translator and cfn-lint, offline.

    PATH is a definition, a folder with definitions, or a template; the current folder if not given. For a
    definition with a bootstrap template, it also lists what the permissions boundary blocks. Needs the extra `verify`.
    """
    return verify_paths(paths, **options)
