"""`retried-deploy`: a deployment that failed for a reason of its own runs again.

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
from gitlabgen.linting.rule import LintRule

__all__ = ["RULE"]

_SCRIPT: Final = frozenset(("always", "script_failure"))


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys a stack and is repeated after any failure, or after one of its script."""
    for target in targets_of(analysis):
        job = target.job
        if target.is_stack and _repeats_script(analysis.setting(job, "retry")):
            path = target.path if getattr(job, "retry", None) is None else ("retry",)
            message = f"{job.name} job: a deployment that failed, and was rolled back, runs again"
            hint = "write `retry: {max: 1, when: [runner_system_failure]}`"
            yield RULE.finding(spot(job, path), message, hint)


def _repeats_script(retry: Any) -> bool:
    if not isinstance(retry, Retry):
        return isinstance(retry, int) and retry > 0
    if retry.max == 0 or retry.exit_codes is not None:
        return False
    reasons = retry.when if isinstance(retry.when, tuple) else (retry.when or "always",)
    return not _SCRIPT.isdisjoint(reason for reason in reasons if isinstance(reason, str))


RULE: Final = LintRule(
    id="retried-deploy",
    summary="a deployment that is repeated after a failure of its own",
    why="",
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#retry",
    examples=(),
    check=check,
)
