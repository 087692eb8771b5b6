"""`include-rule-on-own-variable`: the rules of an include use a variable that only the file sets.

Source: https://docs.gitlab.com/ci/yaml/#includerules
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.condition_parts import variables_in
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import variable_spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each variable in the rules of an include that only the file sets, and no form asks for."""
    facts = analysis.variable_facts
    conditions = facts.include_conditions()
    if not conditions:
        return
    # The form for a manual pipeline passes variables with a description, and includes see those.
    asked = {setting.name for setting in facts.settings if getattr(setting.value, "description", None) is not None}
    others = {*asked, *PREDEFINED, *analysis.forwarded, *analysis.project_variables}
    own = {setting.name for setting in facts.settings} - others
    for condition in conditions:
        for name in dict.fromkeys(variables_in(condition.text)):
            if name in own:
                message = f"`include:rules` cannot see `{name}`, which only the configuration sets."
                hint = "use a predefined variable, or a variable of the project"
                yield RULE.finding(variable_spot(condition.owner, condition.path, name), message, hint, facts=(name,))


RULE: Final = LintRule(
    id="include-rule-on-own-variable",
    summary="The rules of an include use a variable that only the file sets.",
    why=(
        "GitLab decides which files to include before it reads `variables`. "
        "A variable of the file is empty there, so the file is never included, or always. "
        "Predefined variables, those of the project, and those that start a pipeline can be used."
    ),
    severity="warning",
    confidence="likely",
    source="https://docs.gitlab.com/ci/yaml/#includerules",
    examples=[
        Example(
            bad="""
variables:
  WITH_SCAN: "1"
include:
  - local: scan.yml
    rules:
      - if: $WITH_SCAN
test:
  script: make test
""",
            good="""
include:
  - local: scan.yml
    rules:
      - if: $CI_COMMIT_BRANCH
test:
  script: make test
""",
            files={"scan.yml": "scan: {script: make scan}\n"},
        )
    ],
    check=check,
)
