"""`invalid-interpolation`: `$[[ … ]]` does not name an input, or uses a function that GitLab does not have.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/inputs/
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-interpolation",
    summary="`$[[ … ]]` does not name an input, or uses a function that GitLab does not have.",
    why=(
        "GitLab fills in each `$[[ … ]]` when it reads a file with a header `spec`. "
        "If that header does not declare the input, or the function does not exist, GitLab rejects the whole pipeline."
    ),
    severity="error",
    confidence="certain",
    needs=("files",),
    source="https://docs.gitlab.com/ci/inputs/",
    examples=[
        Example(
            bad="""
include: ci/misspelt.yml
""",
            good="""
include: ci/hello.yml
""",
            files={
                "ci/misspelt.yml": """
spec:
  inputs:
    name:
      default: world
---
hello:
  script: echo $[[ inputs.nmae ]]
""",
                "ci/hello.yml": """
spec:
  inputs:
    name:
      default: world
---
hello:
  script: echo $[[ inputs.name ]]
""",
            },
        )
    ],
)
