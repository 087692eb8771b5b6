"""`gitlabgen lint`: report the problems of pipelines, templates and projects."""

from __future__ import annotations

import re
from typing import Any

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_events, complete_file, complete_rules, complete_source
from gitlabgen.cli._linting import SEVERITIES, lint_paths
from gitlabgen.cli._options import (
    Choice,
    format_option,
    inputs_option,
    option,
    quiet_option,
    settings_option,
    verbose_option,
)
from gitlabgen.cli._usage import usage_error
from gitlabgen.linting.rule import PERSONAS
from gitlabgen.project import VERSION

__all__ = ["command"]

_EXIT_CODES = {0: "no findings, or only ones below --fail-on", 1: "findings", 2: "broken input"}


def _version(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    del ctx, param
    if value is not None and not re.fullmatch(VERSION, value):
        raise usage_error(f"--target-gitlab should be a version such as 17.11, got {value!r}")
    return value


@command_("lint", exit_codes=_EXIT_CODES, example="gitlabgen lint --fail-on warning .gitlab-ci.yml")
@click.argument("paths", nargs=-1, metavar="[PATH... | -]", shell_complete=complete_source)
@option(
    "--select",
    group="Selection",
    multiple=True,
    metavar="RULE",
    shell_complete=complete_rules,
    help="Run only these rules; separate several with commas.",
)
@option(
    "--ignore",
    group="Selection",
    multiple=True,
    metavar="RULE",
    shell_complete=complete_rules,
    help="Do not run these rules.",
)
@option("--persona", group="Selection", type=Choice(PERSONAS), default="default", help="Who reads the findings.")
@option(
    "--baseline",
    group="Selection",
    metavar="FILE",
    shell_complete=complete_file,
    help="A JSON report of known findings to leave out.",
)
@option("--strict", group="Selection", is_flag=True, help="Fail if an include cannot be read.")
@option("--explain-skipped", group="Selection", is_flag=True, help="Report each check that such an include prevents.")
@option("--fragment", group="Selection", is_flag=True, help="The pipelines are parts that other files include.")
@option(
    "--events",
    group="Selection",
    multiple=True,
    metavar="EVENT",
    shell_complete=complete_events,
    help="The events that start pipelines; separate several with commas.",
)
@option("--fail-on", group="Selection", type=Choice(SEVERITIES), default="error", help="The lowest severity that fails.")
@settings_option
@inputs_option
@option(
    "--target-gitlab",
    group="Definition",
    metavar="VERSION",
    callback=_version,
    help="The GitLab version that reads the pipeline.",
)
@option(
    "--stdin-filename",
    group="Definition",
    metavar="FILE",
    shell_complete=complete_file,
    help="The file that standard input stands for.",
)
@format_option()
@quiet_option("Print findings only, without their count.")
@verbose_option
def command(paths: tuple[str, ...], **options: Any) -> int:
    """Report what GitLab or AWS would reject.

    Report also what they accept, but is almost certainly a mistake. PATH is a definition, a folder with definitions, or a YAML
    file with a pipeline or a template; the current folder if not given. `-` reads standard input; the name that
    --stdin-filename gives decides where its local includes are, and whether it is a definition.

    Child pipelines are read, and the templates that commands of SAM and CloudFormation name. A file that the repository's
    .gitlab-ci.yml includes or triggers is linted as a part of it.
    """
    return lint_paths(paths, **options)
