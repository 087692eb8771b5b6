"""`unmatched-input-rule`: a rule of an input compares an input whose value GitLab does not see.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/#specinputsrules
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="unmatched-input-rule",
    summary="A rule of an input compares an input that does not exist, or whose value is not known yet.",
    why=(
        "GitLab evaluates the inputs in the order of the header. "
        "A condition sees the values that are given, and the defaults of the inputs before its own. "
        "If it compares another one, GitLab reports no error: the rule does not match, and the next one applies."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#specinputsrules",
    examples=[
        Example(
            bad="""
spec:
  inputs:
    size:
      rules:
        - if: $[[ inputs.environment ]] == "production"
          options: [large]
          default: large
        - options: [small]
          default: small
    environment:
      default: production
---
deploy:
  script: make deploy-$[[ inputs.size ]]
""",
            good="""
spec:
  inputs:
    environment:
      default: production
    size:
      rules:
        - if: $[[ inputs.environment ]] == "production"
          options: [large]
          default: large
        - options: [small]
          default: small
---
deploy:
  script: make deploy-$[[ inputs.size ]]
""",
        )
    ],
)
