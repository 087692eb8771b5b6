"""`invalid-yaml`: the file is not YAML that GitLab can read.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-yaml",
    summary="The file is not YAML that GitLab can read.",
    why=(
        "GitLab reads the file before it looks at any job. "
        "If that fails, it makes no pipeline at all. "
        "Typical causes are tabs, an unclosed bracket or quote, and a text with `: ` in it that is not in quotes. "
        "Some YAML is valid but too big, nested too deep, or not a mapping, and GitLab refuses it too."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/",
    examples=[
        Example(
            bad="""
test:
  script: [make test
""",
            good="""
test:
  script: [make test]
""",
        )
    ],
)
