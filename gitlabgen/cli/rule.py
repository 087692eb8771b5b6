"""`gitlabgen rule`: explain one rule of the linter."""

from __future__ import annotations

import click

from gitlabgen.cli._output import say, show_json
from gitlabgen.errors import DefinitionError, Finding
from gitlabgen.linting.catalogue import rule_hint, rule_named
from gitlabgen.reports.catalogue import rule_data, rule_text

__all__ = ["command"]


@click.command("rule")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How to show it.")
@click.argument("name", metavar="ID")
def command(name: str, *, format_: str) -> int:
    """Explain a rule of `gitlabgen lint`: why it matters, with examples that it finds and accepts.

    ID is the name of a rule; a former name shows the rule that replaced it.
    """
    rule = rule_named(name)
    if rule is None:
        hint = rule_hint(name)
        raise DefinitionError(Finding(rule="usage", message=f"there is no rule {name!r}", hint=hint))
    if format_ == "json":
        show_json(rule=rule_data(rule))
    else:
        say(rule_text(rule))
    return 0
