"""`invalid-yaml`: GitLab cannot parse the file as YAML.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-yaml",
    summary="GitLab cannot parse the file as YAML.",
    why=(
        "GitLab parses the file before it checks any job. "
        "If that fails, it creates no pipeline at all. "
        "Typical causes are tabs, an unclosed bracket or quote, and an unquoted string that contains `: `. "
        "GitLab also rejects valid YAML that is too big, nested too deeply, or not a mapping."
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
