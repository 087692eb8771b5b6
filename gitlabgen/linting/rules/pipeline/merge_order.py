"""`merge-order`: the position of `<<` decides which value applies.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/#extends
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="merge-order",
    summary="The position of `<<` in a job decides which value applies.",
    why=(
        "According to the YAML specification, the keys of a job always override those that `<<` merges in. "
        "GitLab's parser goes from top to bottom: a `<<` below a key overrides the value of that key. "
        "So the job runs with the merged value, although it seems to override it. "
        "With `<<` at the top, the keys of the job apply in every parser."
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
