"""`gitlabgen rule`: explain one rule of the linter."""

from __future__ import annotations

import click

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._completing import complete_rule
from gitlabgen.cli._options import format_option
from gitlabgen.cli._output import output_look, say, show_json
from gitlabgen.cli._usage import usage_error
from gitlabgen.linting.catalogue import rule_hint, rule_named
from gitlabgen.reports.catalogue import rule_data, rule_text

__all__ = ["command"]


@command_("rule", exit_codes={0: "fine", 2: "there is no such rule"}, example="gitlabgen rule undefined-need")
@click.argument("name", metavar="ID", shell_complete=complete_rule)
@format_option()
def command(name: str, *, format_: str) -> int:
    """Explain a rule of the linter.

    Show why it matters, with examples that it finds and accepts. ID is the name of a rule; a former name shows the rule that
    replaced it.
    """
    rule = rule_named(name)
    if rule is None:
        raise usage_error(f"there is no rule {name!r}", rule_hint(name))
    if format_ == "json":
        show_json(rule=rule_data(rule))
    else:
        say(rule_text(rule, output_look()))
    return 0
