"""`nested-variable-compared`: a condition compares a variable whose value contains another variable.

Source: https://gitlab.com/gitlab-org/gitlab/-/issues/327780
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.condition_parts import comparisons
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import variable_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_NESTED: Final = re.compile(r"(?<!\$)\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*\})")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each compared variable whose value in the file contains another variable."""
    facts = analysis.variable_facts
    if not any(_NESTED.search(facts.text_of(setting.value)) for setting in facts.settings):
        return
    for condition in facts.conditions:
        sides = dict.fromkeys(
            side for left, _, right in comparisons(condition.text) if "null" not in (left, right) for side in (left, right)
        )
        for side in sides:
            value = facts.value_in(condition, side[1:]) if side.startswith("$") else ""
            if _NESTED.search(value) and not value.startswith("/"):
                inside = "conditions do not fill in variables inside values"
                message = f"{condition.title}`{side}` is compared as the text `{value}`: {inside}."
                hint = f"compare with `{value}`" if _NESTED.fullmatch(value) and "{" not in value else None
                yield RULE.finding(variable_spot(condition.owner, condition.path, side[1:]), message, hint, facts=(side,))


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
