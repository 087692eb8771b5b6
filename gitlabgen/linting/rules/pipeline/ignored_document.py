"""`ignored-document`: GitLab ignores a YAML document of the file.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/#spec
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="ignored-document",
    summary="GitLab ignores a YAML document of the file.",
    why=(
        "A file can have a header with `spec`, a line `---` and the configuration. "
        "GitLab ignores any other document, so the jobs in it never run. "
        "GitLab shows no warning."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#spec",
    examples=[
        Example(
            bad="""
build:
  script: make
---
test:
  script: make test
""",
            good="""
build:
  script: make
test:
  script: make test
""",
        )
    ],
)
