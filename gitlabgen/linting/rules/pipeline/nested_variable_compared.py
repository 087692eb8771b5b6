"""`nested-variable-compared`: a condition compares a variable whose value contains another variable.

Source: https://gitlab.com/gitlab-org/gitlab/-/issues/327780
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.condition_parts import comparisons
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.analysis.variables import WrittenCondition
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_NESTED: Final = re.compile(r"(?<!\$)\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each compared variable whose value in the file contains another variable."""
    if analysis.resolution.is_fragment:
        return  # the file that includes this one may set other values
    facts = analysis.variable_facts
    # A rule, or the trigger, may set another value.
    replaced = {setting.name for setting in facts.settings if "rules" in setting.path} | analysis.forwarded.keys()
    for condition in facts.conditions if _has_nested(analysis) else ():
        variables = _variables(analysis, condition)
        sides = dict.fromkeys(
            side for left, _, right in comparisons(condition.text) if "null" not in (left, right) for side in (left, right)
        )
        for side in sides:
            value = _text(variables.get(side[1:])) if side.startswith("$") and side[1:] not in replaced else ""
            if _NESTED.search(value) and not value.startswith("/"):
                inside = "conditions do not fill in variables inside values"
                message = f"{condition.title}`{side}` is compared as the text `{value}`: {inside}."
                hint = f"compare with `{value}`" if _NESTED.fullmatch(value) and "{" not in value else None
                yield RULE.finding(spot(condition.owner, condition.path), message, hint, facts=(side,))


def _has_nested(analysis: PipelineAnalysis) -> bool:
    return any(_NESTED.search(_text(setting.value)) for setting in analysis.variable_facts.settings)


def _variables(analysis: PipelineAnalysis, condition: WrittenCondition) -> dict[str, Any]:
    """Return the variables of the files that a condition knows, by name."""
    if condition.kind == "include":
        return {}
    shared = _mapping(analysis.pipeline.variables)
    job = condition.owner
    if not isinstance(job, BaseJob):
        return shared
    inherited = getattr(job.inherit, "variables", None)
    if inherited is False:
        shared = {}
    elif isinstance(inherited, tuple):
        shared = {name: value for name, value in shared.items() if name in inherited}
    return {**shared, **_mapping(job.variables)}


def _mapping(variables: Any) -> dict[str, Any]:
    return dict(variables) if hasattr(variables, "items") else {}


def _text(value: Any) -> str:
    """Return the value of a variable in which GitLab replaces other variables; "" without one."""
    if getattr(value, "expand", None) is False:
        return ""
    value = getattr(value, "value", value)
    return value if isinstance(value, str) else ""


RULE: Final = LintRule(
    id="nested-variable-compared",
    summary="A condition compares a variable whose value contains another variable.",
    why=(
        "Conditions compare the value as it is written, with `$CI_DEFAULT_BRANCH` as text. "
        "So the comparison never holds, although the script sees the name of the branch. "
        "The rule is silent for values that begin with `/`, which are patterns, and for `expand: false`."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/jobs/job_rules/#cicd-variable-expressions",
    examples=[
        Example(
            bad="""
deploy:
  script: make deploy
  variables:
    TARGET: $CI_DEFAULT_BRANCH
  rules:
    - if: $CI_COMMIT_BRANCH == $TARGET
""",
            good="""
deploy:
  script: make deploy
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
""",
        )
    ],
    check=check,
)
