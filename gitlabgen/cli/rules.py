"""`gitlabgen rules`: list the rules of the linter."""

from __future__ import annotations

from gitlabgen.cli._command import command as command_
from gitlabgen.cli._options import Choice, format_option, option
from gitlabgen.cli._output import output_look, say, show_json
from gitlabgen.linting.catalogue import all_rules
from gitlabgen.linting.rule import PERSONAS, Persona
from gitlabgen.reports.catalogue import rule_data, rules_page, rules_text

__all__ = ["command"]


@command_("rules", exit_codes={0: "fine", 2: "broken input"}, example="gitlabgen rules --persona default")
@option("--persona", group="Selection", type=Choice(PERSONAS), default="auditor", help="List the rules for this reader.")
@format_option("markdown")
def command(*, persona: Persona, format_: str) -> int:
    """List the rules of the linter.

    A line has the rule's name, its severity, and what it finds.
    """
    seen = PERSONAS[: PERSONAS.index(persona) + 1]
    rules = [rule for rule in all_rules().values() if rule.persona in seen]
    if format_ == "json":
        show_json(rules=[rule_data(rule) for rule in rules])
    else:
        say(rules_text(rules, output_look()) if format_ == "text" else rules_page(rules))
    return 0
