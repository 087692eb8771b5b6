"""`duplicate-key`: a key appears twice in a mapping, and only the last one counts.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="duplicate-key",
    summary="A key appears twice in a mapping, and only the last one counts.",
    why=(
        "GitLab does not warn about a key that appears twice. "
        "It keeps the last value and ignores the earlier ones, so commands, variables or a whole job may be lost. "
        "This often happens when a block is copied, or when two branches that add the same job are merged."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/",
    examples=[
        Example(
            bad="""
test:
  script: make lint
  script: make test
""",
            good="""
test:
  script:
    - make lint
    - make test
""",
        )
    ],
)
