"""`invalid-input`: an input is missing, unknown, or has a value that it does not allow.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/inputs/
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-input",
    summary="An input is missing, unknown, or has a value that it does not allow.",
    why=(
        "An included file can declare inputs with types, options and patterns. "
        "The include must give a value to each input without a default, and cannot give one that the file does not declare. "
        "If a name or a value is wrong, GitLab rejects the whole pipeline."
    ),
    severity="error",
    confidence="certain",
    needs=("files",),
    source="https://docs.gitlab.com/ci/inputs/",
    examples=[
        Example(
            bad="""
include:
  - local: ci/test.yml
    inputs:
      stage: tset
""",
            good="""
include:
  - local: ci/test.yml
    inputs:
      stage: test
""",
            files={
                "ci/test.yml": """
spec:
  inputs:
    stage:
      options: [build, test]
---
test:
  stage: $[[ inputs.stage ]]
  script: make test
""",
            },
        )
    ],
)
