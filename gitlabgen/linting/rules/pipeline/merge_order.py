"""`merge-order`: the position of `<<` decides which value counts.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/#extends
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="merge-order",
    summary="The position of `<<` in a job decides which value counts.",
    why=(
        "In standard YAML the keys of a job always replace those that `<<` merges in. "
        "GitLab's parser goes from top to bottom: a `<<` below a key replaces the value of that key. "
        "So the job runs with a value that it seems to change. "
        "With `<<` at the top, the keys of the job count everywhere."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#extends",
    examples=[
        Example(
            bad="""
lint: &job
  timeout: 1h
  script: make lint
test:
  timeout: 2h
  <<: *job
""",
            good="""
lint: &job
  timeout: 1h
  script: make lint
test:
  <<: *job
  timeout: 2h
""",
        )
    ],
)
