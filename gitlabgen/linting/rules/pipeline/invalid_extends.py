"""`invalid-extends`: a job extends a job that does not exist, or itself.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/#extends
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-extends",
    summary="A job extends a job that does not exist, or itself.",
    why=(
        "GitLab merges all parents of a job before it checks the job. "
        "If a parent does not exist, or the parents form a cycle, it rejects the whole pipeline. "
        "Usually the name is misspelt, or the parent is in a file that is not included."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#extends",
    examples=[
        Example(
            bad="""
.base:
  before_script: make setup
lint:
  extends: .base
  script: make lint
test:
  extends: .bse
  script: make test
""",
            good="""
.base:
  before_script: make setup
lint:
  extends: .base
  script: make lint
test:
  extends: .base
  script: make test
""",
        )
    ],
)
