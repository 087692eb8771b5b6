"""`removed-variable`: a predefined variable that GitLab removed is used.

Source: https://docs.gitlab.com/ci/secrets/id_token_authentication/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import variable_spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab._predefined_variables import PREDEFINED
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_REMOVED: Final = {
    name: (variable.removed, variable.replacement) for name, variable in PREDEFINED.items() if variable.removed is not None
}


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each use of a variable that the GitLab version no longer sets, and nothing else sets."""
    facts = analysis.variable_facts
    for use in facts.uses_of(_REMOVED):
        if use.has_default or facts.is_named(use.name):
            continue
        version, replacement = _REMOVED[use.name]
        if analysis.target is None or analysis.target >= version:
            message = f"{use.title}`{use.name}` no longer exists since GitLab {version[0]}.{version[1]}."
            hint = f"use `{replacement}`"
            yield RULE.finding(variable_spot(use.owner, use.path, use.name), message, hint, facts=(use.name,))


RULE: Final = LintRule(
    id="removed-variable",
    summary="A predefined variable that GitLab removed is used.",
    why=(
        "GitLab 16.0 removed `CI_BUILD_REF` and the other old names, and 17.0 removed `CI_JOB_JWT`. "
        "A variable that does not exist is empty, and GitLab reports no error. "
        "The rule is silent for an older `target_gitlab`, and for `${NAME:-default}`."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/secrets/id_token_authentication/",
    examples=[
        Example(
            bad="""
test:
  script: vault write auth/jwt/login jwt=$CI_JOB_JWT
""",
            good="""
test:
  id_tokens:
    VAULT_TOKEN:
      aud: https://vault.example.com
  script: vault write auth/jwt/login jwt=$VAULT_TOKEN
""",
        ),
        Example(
            bad="""
build:
  script: docker build --tag app:${CI_BUILD_REF} .
""",
            good="""
build:
  script: docker build --tag app:${CI_COMMIT_SHA} .
""",
        ),
    ],
    check=check,
)
