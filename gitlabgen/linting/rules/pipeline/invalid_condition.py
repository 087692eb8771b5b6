"""`invalid-condition`: GitLab cannot parse the condition of a rule.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/jobs/job_rules/
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-condition",
    summary="GitLab cannot parse the condition in `rules:if`.",
    why=(
        "GitLab rejects the whole pipeline if one condition has a syntax error. "
        "A condition is not shell code: write variables as `$X`, strings in quotes, and regular expressions between slashes. "
        "Regular expressions use RE2, which has no lookahead and no backreferences."
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
