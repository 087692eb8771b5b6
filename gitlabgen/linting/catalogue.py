"""The catalogue of rules, built from the folders of `rules/`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Final, Literal, TypeAlias

from gitlabgen.errors import Finding, did_you_mean
from gitlabgen.linting.rule import PERSONAS, LintRule, Persona

__all__ = ["GROUPS", "Group", "all_rules", "checks", "current_id", "group_of", "rule_hint", "rule_named", "rules_of"]

Group: TypeAlias = Literal["pipeline", "deployment", "event", "template", "project"]
"""The kind of analysis that a rule checks."""

GROUPS: Final[tuple[Group, ...]] = ("pipeline", "deployment", "event", "template", "project")


@cache
def rules_of(group: Group) -> tuple[LintRule, ...]:
    """Return the rules of a group, sorted by name.

    Args:
        group: The folder of the rules.
    """
    package = import_module(f"gitlabgen.linting.rules.{group}")
    names = sorted(module.name for module in iter_modules(package.__path__))
    return tuple(import_module(f"{package.__name__}.{name}").RULE for name in names)


@cache
def checks(group: Group, persona: Persona, selected: frozenset[str]) -> tuple[Callable[[Any], Iterator[Finding]], ...]:
    """Return the checks of the rules in a group that a persona gets or that were selected by name.

    Args:
        group: The folder of the rules.
        persona: The persona that reads the findings.
        selected: Names of rules that run whatever their persona.
    """
    seen = PERSONAS[: PERSONAS.index(persona) + 1]
    own = [(rule, rule.check) for rule in rules_of(group)]
    shared = [(rule, rule.project_check) for rule in all_rules().values()] if group == "project" else []
    chosen = [check for rule, check in (*own, *shared) if rule.persona in seen or rule.id in selected]
    return tuple(check for check in (*chosen, *(rule.default_check for rule in rules_of(group))) if check)


@cache
def all_rules() -> dict[str, LintRule]:
    """Return all rules by name, sorted by name."""
    rules = {rule.id: rule for group in GROUPS for rule in rules_of(group)}
    return dict(sorted(rules.items()))


@cache
def _former_ids() -> dict[str, str]:
    return {former: rule.id for rule in all_rules().values() for former in rule.former_ids}


def current_id(name: str) -> str | None:
    """Return the current name of a rule; None if no rule has or had this name.

    Args:
        name: A rule's name, or a former one.
    """
    return name if name in all_rules() else _former_ids().get(name)


def rule_named(name: str) -> LintRule | None:
    """Return a rule by its name or a former name; None if it does not exist.

    Args:
        name: The name.
    """
    found = current_id(name)
    return None if found is None else all_rules()[found]


def rule_hint(name: str) -> str | None:
    """Return a hint for a name that no rule has: the most similar name, or the command that lists all.

    Args:
        name: A name that no rule has.
    """
    return did_you_mean(name, [*all_rules(), *_former_ids()], "list them with: gitlabgen rules")


def group_of(rule: LintRule) -> Group:
    """Return the folder of a rule.

    Args:
        rule: The rule.
    """
    return next(group for group in GROUPS if rule in rules_of(group))
