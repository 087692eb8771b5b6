"""`always-true-flag`: a condition tests whether a variable is present that is `false` as text.

Source: https://docs.gitlab.com/ci/variables/predefined_variables/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.condition_parts import lone_values, variables_in
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import variable_spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_FLAGS: Final = {
    name: "" if variable.phase == "pre-pipeline" else " in merge request pipelines"
    for name, variable in PREDEFINED.items()
    if variable.values == ("true", "false") and not variable.is_setting
}


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each variable that is `true` or `false`, and whose presence decides a condition."""
    facts = analysis.variable_facts
    for condition in facts.conditions_with(lambda text: not _FLAGS.keys().isdisjoint(variables_in(text))):
        for value in dict.fromkeys(lone_values(condition.text)):
            name = value.removeprefix("$")
            if name in _FLAGS and name not in facts.set_names:
                when = f"always holds{_FLAGS[name]}"
                message = f"{condition.title}`{value}` alone {when}: the variable is `false` as text, not empty."
                hint = f'write `{value} == "true"`'
                yield RULE.finding(variable_spot(condition.owner, condition.path, name), message, hint, facts=(name,))


RULE: Final = LintRule(
    id="always-true-flag",
    summary="A condition tests whether a variable is present that GitLab sets to `true` or `false`.",
    why=(
        "A variable alone is a condition that holds if the variable is not empty. "
        "GitLab sets `CI_COMMIT_REF_PROTECTED` and some others to the text `false`, which is not empty. "
        "So the job also runs for unprotected branches."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/variables/predefined_variables/",
    examples=[
        Example(
            bad="""
sign:
  script: make sign
  rules:
    - if: $CI_COMMIT_BRANCH && $CI_COMMIT_REF_PROTECTED
""",
            good="""
sign:
  script: make sign
  rules:
    - if: $CI_COMMIT_BRANCH && $CI_COMMIT_REF_PROTECTED == "true"
""",
        )
    ],
    check=check,
)
