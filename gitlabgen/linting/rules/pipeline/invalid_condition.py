"""`invalid-condition`: GitLab cannot read the condition of a rule.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/jobs/job_rules/
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-condition",
    summary="GitLab cannot read the condition in `rules:if`.",
    why=(
        "GitLab refuses the whole pipeline if one condition has wrong syntax. "
        "A condition is no shell: a variable is written `$X`, a text is in quotes, and a regular expression is between slashes. "
        "Regular expressions are those of RE2, so they have no look-ahead and no back-references."
    ),
    severity="error",
    confidence="certain",
    fix="safe",
    source="https://docs.gitlab.com/ci/jobs/job_rules/",
    examples=[
        Example(
            bad="""
test:
  rules:
    - if: ${CI_COMMIT_TAG}
  script: make test
""",
            good="""
test:
  rules:
    - if: $CI_COMMIT_TAG
  script: make test
""",
        )
    ],
)
