"""`retried-deploy`: GitLab retries a deployment whose script failed.

Source: https://docs.gitlab.com/ci/yaml/#retry
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.retry import Retry
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import Spelling, either

__all__ = ["RULE"]

_SCRIPT: Final = frozenset(("always", "script_failure"))
_RETRY: Final = Spelling(
    python="`retry=Retry(1, when=['runner_system_failure'])`", yaml="`retry: {max: 1, when: [runner_system_failure]}`"
)


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys a stack and is retried after a script failure."""
    for target in targets_of(analysis):
        job = target.job
        if target.is_stack and _repeats_script(analysis.setting(job, "retry")):
            verb, path = ("add", target.path) if getattr(job, "retry", None) is None else ("write", ("retry",))
            message = f"`retry` starts `{job.name}` again after a failed deployment was rolled back."
            yield RULE.finding(spot(job, path), message, either(f"{verb} {{}}", _RETRY), facts=(target.name,))


def _repeats_script(retry: Any) -> bool:
    if not isinstance(retry, Retry):
        return isinstance(retry, int) and retry > 0
    if retry.max == 0 or retry.exit_codes is not None:
        return False
    reasons = retry.when if isinstance(retry.when, tuple) else (retry.when or "always",)
    return not _SCRIPT.isdisjoint(reason for reason in reasons if isinstance(reason, str))


RULE: Final = LintRule(
    id="retried-deploy",
    summary="`retry` repeats a deployment whose script failed.",
    why=(
        "A deployment that fails in AWS is rolled back, and the same deployment fails again for the same reason. "
        "If alarms stopped it, users get the broken version once more. "
        "Only runner failures are worth a retry."
    ),
    severity="warning",
    confidence="certain",
    fix="safe",
    source="https://docs.gitlab.com/ci/yaml/#retry",
    examples=[
        Example(
            bad="""
deploy:
  retry: 2
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --no-fail-on-empty-changeset
""",
            good="""
deploy:
  retry:
    max: 2
    when: [runner_system_failure]
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --no-fail-on-empty-changeset
""",
        )
    ],
    check=check,
)
