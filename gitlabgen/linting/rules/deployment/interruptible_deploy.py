"""`interruptible-deploy`: a newer commit can cancel a deployment while it runs.

Source: https://docs.gitlab.com/ci/yaml/#interruptible
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import targets_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that deploys and is interruptible, through the job, one of its rules or `default`."""
    if getattr(getattr(analysis.pipeline.workflow, "auto_cancel", None), "on_new_commit", None) == "none":
        return
    by_rule = {job.name: index for job, index, rule in analysis.rules if rule.interruptible is True}
    for target in targets_of(analysis):
        job = target.job
        if job.interruptible is True:
            path: tuple[str | int, ...] = ("interruptible",)
        elif job.name in by_rule:
            path = ("rules", by_rule[job.name], "interruptible")
        elif analysis.setting(job, "interruptible") is True:
            path = target.path
        else:
            continue
        message = f"A newer commit can cancel `{job.name}` while it updates {target.description}."
        hint = either("add {}" if path == target.path else "write {}", assignment("interruptible", False))
        yield RULE.finding(spot(job, path), message, hint, facts=(target.name,))


RULE: Final = LintRule(
    id="interruptible-deploy",
    summary="A newer commit can cancel a deployment while it runs.",
    why=(
        "When a newer commit is pushed, GitLab can cancel the jobs of the older pipeline that are interruptible. "
        "A cancelled deployment continues in AWS, or stops between two steps. "
        "Then it is unclear which version runs, and the next deployment may fail."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#interruptible",
    examples=[
        Example(
            bad="""
deploy:
  interruptible: true
  environment: production
  resource_group: production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script: sam deploy --stack-name shop --no-fail-on-empty-changeset
""",
            good="""
deploy:
  interruptible: false
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
