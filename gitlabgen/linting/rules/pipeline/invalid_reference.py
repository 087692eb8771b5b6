"""`invalid-reference`: a `!reference` names a job or keyword that does not exist.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-reference",
    summary="A `!reference` names a job or a keyword that does not exist.",
    why=(
        "GitLab replaces each `!reference` with the value that it names. "
        "If the job or the keyword does not exist, GitLab rejects the whole pipeline. "
        "Keywords that a job inherits from `default` cannot be referenced."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/yaml_optimization/#reference-tags",
    examples=[
        Example(
            bad="""
.setup:
  script: make setup
test:
  script:
    - !reference [.setup, scrpt]
    - make test
""",
            good="""
.setup:
  script: make setup
test:
  script:
    - !reference [.setup, script]
    - make test
""",
        )
    ],
)
