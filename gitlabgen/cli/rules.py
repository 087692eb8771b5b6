"""`gitlabgen rules`: list the rules of the linter."""

from __future__ import annotations

import click

from gitlabgen.cli._output import say, show_json
from gitlabgen.linting.catalogue import all_rules
from gitlabgen.linting.rule import PERSONAS, Persona
from gitlabgen.reports.catalogue import rule_data, rules_page, rules_text

__all__ = ["command"]


@click.command("rules")
@click.option("--persona", type=click.Choice(PERSONAS), default="auditor", help="List the rules for this reader.")
@click.option("--format", "format_", type=click.Choice(["text", "json", "markdown"]), default="text", help="How to list.")
def command(*, persona: Persona, format_: str) -> int:
    """List the rules of `gitlabgen lint`: name, severity and what each finds."""
    seen = PERSONAS[: PERSONAS.index(persona) + 1]
    rules = [rule for rule in all_rules().values() if rule.persona in seen]
    if format_ == "json":
        show_json(rules=[rule_data(rule) for rule in rules])
    else:
        say(rules_text(rules) if format_ == "text" else rules_page(rules))
    return 0
