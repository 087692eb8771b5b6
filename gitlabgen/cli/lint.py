"""`gitlabgen lint`: report the problems of pipelines, templates and projects."""

from __future__ import annotations

import re

import click

from gitlabgen.cli._linting import SEVERITIES, lint_paths
from gitlabgen.linting.rule import PERSONAS, Persona
from gitlabgen.project import VERSION

__all__ = ["command"]


def _version(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    del ctx, param
    if value is not None and not re.fullmatch(VERSION, value):
        raise click.BadParameter(f"should be a version such as 17.11, got {value!r}")
    return value


@click.command("lint")
@click.option("--select", multiple=True, metavar="RULE", help="Run only these rules; separate several with commas.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Do not run these rules.")
@click.option("--fail-on", type=click.Choice(SEVERITIES), default="error", help="The lowest severity that fails.")
@click.option("--baseline", metavar="FILE", help="A JSON report of known findings to leave out.")
@click.option("--strict", is_flag=True, help="Fail if an include cannot be read.")
@click.option("--persona", type=click.Choice(PERSONAS), default="default", help="Who reads the findings.")
@click.option("--target-gitlab", metavar="VERSION", callback=_version, help="The GitLab version that reads the pipeline.")
@click.option("--set", "settings", multiple=True, metavar="K=V", help="Set a setting to a TOML value.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def command(
    paths: tuple[str, ...],
    *,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    baseline: str | None,
    strict: bool,
    persona: Persona,
    target_gitlab: str | None,
    settings: tuple[str, ...],
    format_: str,
) -> int:
    """Report what GitLab would reject, and what it accepts but is almost certainly a mistake.

    PATH is a definition, a folder with one, or a YAML file with a pipeline or a template; the current folder if not given.
    Exits with 1 if there is any error.
    """
    return lint_paths(
        paths,
        select=select,
        ignore=ignore,
        fail_on=fail_on,
        baseline=baseline,
        strict=strict,
        persona=persona,
        target_gitlab=target_gitlab,
        settings=settings,
        format_=format_,
    )
