"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["definition_options"]


def definition_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of every command on definitions: PATHs, `--output`, `--set` and `--format`."""
    for decorate in (
        click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to report."),
        click.option("--set", "settings", multiple=True, metavar="K=V", help="Set a setting to a TOML value."),
        click.option("--output", metavar="DIR", help="The folder of the files, instead of the definition's."),
        click.argument("paths", nargs=-1, metavar="[PATH]..."),
    ):
        function = decorate(function)
    return function
