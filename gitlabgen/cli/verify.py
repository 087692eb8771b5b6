"""`gitlabgen verify`: check templates with AWS's own tools, offline."""

from __future__ import annotations

import click

from gitlabgen.cli._verifying import verify_paths
from gitlabgen.verification import REGION

__all__ = ["command"]


@click.command("verify")
@click.option("--region", default=REGION, show_default=True, help="The region for which templates are translated.")
@click.option("--set", "settings", multiple=True, metavar="K=V", help="Set a setting to a TOML value.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to report.")
@click.argument("paths", nargs=-1, metavar="[PATH]...")
def command(paths: tuple[str, ...], *, region: str, settings: tuple[str, ...], format_: str) -> int:
    """Translate templates with SAM, and check the result with cfn-lint; both offline.

    PATH is a definition, a folder with one, or a template; the current folder if not given. Needs the extra `verify`.
    Exits with 1 if there is any error.
    """
    return verify_paths(paths, region=region, settings=settings, format_=format_)
