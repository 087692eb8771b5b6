"""`workflow`: whether there is a pipeline, and what its rules set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.simulation.event_facts import EventFacts, Fault
from gitlabgen.simulation.expansion import expand_text
from gitlabgen.simulation.rules import Match, Outcome, Undecided, first_match
from gitlabgen.simulation.scopes import PipelineScope
from gitlabgen.simulation.seeds import Plan
from gitlabgen.simulation.unknown import Truth, Unknown
from gitlabgen.simulation.variables import Variable, VariableLayer, Variables
from gitlabgen.simulation.yaml_variables import text_of, yaml_variables

__all__: list[str] = []

_WORDS = ("on_new_commit", "on_job_failure")


@attrs.frozen
class WorkflowDecision:
    """What `workflow` decides for an event.

    Args:
        starts: Whether there is a pipeline.
        rules: The value of `workflow:rules`.
        outcome: The rule that applies; None without `workflow:rules`.
        scope: What the rules saw.
        variables: The variables of the rule that applies.
        auto_cancel: What GitLab cancels automatically.
        name: The name of the pipeline; None if it has none.
    """

    starts: Truth
    rules: Any
    outcome: Outcome | None
    scope: PipelineScope
    variables: tuple[Variable, ...]
    auto_cancel: Mapping[str, str]
    name: str | Unknown | None


def decided(plan: Plan, facts: EventFacts) -> WorkflowDecision:
    """Return what `workflow` decides for an event.

    Args:
        plan: The configuration.
        facts: What is known of the event.

    Source: https://docs.gitlab.com/ci/yaml/#workflow
    """
    resolution = plan.resolution
    root = VariableLayer(tuple(yaml_variables(resolution.pipeline.variables, "variables", resolution)))
    scope = PipelineScope(facts, root)
    rules = plan.workflow_rules
    outcome = first_match(rules, scope) if isinstance(rules, tuple) else None
    matches = _starting(outcome)
    variables = tuple(_variables(plan, matches, scope))
    return WorkflowDecision(
        starts=_starts(plan, outcome),
        rules=rules,
        outcome=outcome,
        scope=scope,
        variables=variables,
        auto_cancel=_auto_cancel(plan, matches[0].rule if matches else None),
        name=_name(plan, Variables((facts.unset, facts.before, root, variables, facts.after(None)))),
    )


def _starting(outcome: Outcome | None) -> list[Match]:
    """Return the rules that may apply and start a pipeline."""
    if outcome is None or isinstance(outcome, Fault):
        return []
    matches = outcome.matches if isinstance(outcome, Undecided) else (outcome,)
    return [match for match in matches if match.is_present]


def _starts(plan: Plan, outcome: Outcome | None) -> Truth:
    if outcome is None:
        unknown = plan.has_workflow_rules
        return (
            Unknown(tuple(f"{reason}, and may have `workflow:rules`" for reason in unknown.reasons))
            if isinstance(unknown, Unknown)
            else True
        )
    if isinstance(outcome, Fault):
        return False
    starting = _starting(outcome)
    if isinstance(outcome, Undecided) and (outcome.is_open or 0 < len(starting) < len(outcome.matches)):
        return Unknown(outcome.reasons)
    return bool(starting)


def _variables(plan: Plan, matches: list[Match], scope: PipelineScope) -> Iterator[Variable]:
    """Yield the variables of the rules that may apply; a value is known if all of them agree."""
    found = [
        {variable.key: variable for variable in yaml_variables(rule.variables, "workflow:rules:variables", plan.resolution)}
        for rule in (match.rule for match in matches)
        if isinstance(rule, Rule)
    ]
    for key in dict.fromkeys(key for block in found for key in block):
        variables = [block.get(key) or scope.variables.get(key) for block in found]
        if all(variable == variables[0] for variable in variables[1:]) and variables[0] is not None:
            yield variables[0]
        else:
            yield Variable(key, Unknown((f"it is unknown which rule of the workflow sets {key}",)), "workflow:rules:variables")


def _auto_cancel(plan: Plan, rule: Rule | None) -> dict[str, str]:
    blocks = (getattr(plan.resolution.pipeline.workflow, "auto_cancel", None), getattr(rule, "auto_cancel", None))
    return {
        word: getattr(block, word) for block in blocks if is_set(block) for word in _WORDS if is_set(getattr(block, word, None))
    }


def _name(plan: Plan, variables: Variables) -> str | Unknown | None:
    name: Any = getattr(plan.resolution.pipeline.workflow, "name", None)
    if not is_set(name):
        return None
    text = text_of(name, plan.resolution)
    if isinstance(text, str):
        text = expand_text(text, variables, unknown="blank", nested=True)
    return text if isinstance(text, Unknown) else text.strip() or None
