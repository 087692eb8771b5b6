"""`undefined-id-token`: a secret names an ID token that its job does not have.

Source: https://docs.gitlab.com/ci/yaml/#secretstoken
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, did_you_mean
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_VARIABLE: Final = r"\$(?:(\w+)|\{(\w+)\})"


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each `token` of a secret that is neither an ID token of the job nor a variable of the files."""
    for job in analysis.jobs_with("secrets"):
        secrets = getattr(job, "secrets", None)
        tokens = analysis.setting(job, "id_tokens") or {}
        is_open = analysis.is_incomplete(job) or (analysis.unknown and not is_set(getattr(job, "id_tokens", None)))
        if is_open or not isinstance(secrets, Mapping) or not isinstance(tokens, Mapping):
            continue
        for name, secret in secrets.items():
            found = re.fullmatch(_VARIABLE, token) if isinstance(token := getattr(secret, "token", None), str) else None
            variable = found and (found[1] or found[2])
            if variable and variable not in tokens and variable not in analysis.variable_facts.set_names:
                message = f"`{job.name}`: the secret `{name}` names `{variable}`, which is no ID token of the job."
                hint = did_you_mean(variable, tokens, f"declare `{variable}` in `id_tokens`")
                yield RULE.finding(spot(job, ("secrets", name, "token")), message, hint, facts=(name, variable))


RULE: Final = LintRule(
    id="undefined-id-token",
    summary="A secret names an ID token that its job does not have.",
    why=(
        "The runner signs in to the provider of the secret with the token that `token` names. "
        "If the job has no such entry in `id_tokens`, the token is empty, and the job fails before its script starts. "
        "The `id_tokens` of a job replace those of `default`."
    ),
    severity="warning",
    confidence="likely",
    source="https://docs.gitlab.com/ci/yaml/#secretstoken",
    examples=[
        Example(
            bad="""
deploy:
  script: make deploy
  id_tokens:
    VAULT_TOKEN:
      aud: https://vault.example.com
  secrets:
    PASSWORD:
      vault: production/db/password@ops
      token: $VAULT_ID_TOKEN
""",
            good="""
deploy:
  script: make deploy
  id_tokens:
    VAULT_TOKEN:
      aud: https://vault.example.com
  secrets:
    PASSWORD:
      vault: production/db/password@ops
      token: $VAULT_TOKEN
""",
        )
    ],
    check=check,
)
