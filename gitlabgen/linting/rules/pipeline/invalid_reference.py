"""`invalid-reference`: a `!reference` leads to nothing.

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
        "If there is no such job, or it has no such keyword, GitLab refuses the whole pipeline. "
        "A keyword that a job has only from `default` does not count."
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
