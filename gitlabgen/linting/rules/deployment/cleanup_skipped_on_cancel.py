"""`cleanup-skipped-on-cancel`: a job with `when: always` deletes a stack.

GitLab skips such a job if another job was cancelled, so the stack stays.

Source: https://docs.gitlab.com/ci/environments/#stopping-an-environment
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.deployments import cleanups_of
from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import command_spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that always deletes a stack, unless it stops an environment."""
    always = {job.name for job, _, rule in analysis.rules if rule.when == "always"}
    for command in cleanups_of(analysis):
        job = command.job
        if (job.when == "always" or job.name in always) and getattr(job.environment, "action", None) != "stop":
            stack = f"the stack `{command.stack}`" if command.stack else "the stack"
            message = f"`{job.name}` does not run after a cancelled job, so {stack} stays."
            hint = either(
                "stop an environment: {} here, `on_stop` and `auto_stop_in` in the job that deploys", assignment("action", "stop")
            )
            yield RULE.finding(command_spot(command), message, hint, facts=(command.stack or "",))


RULE: Final = LintRule(
    id="cleanup-skipped-on-cancel",
    summary="A job with `when: always` deletes a stack, and does not run after a cancelled job.",
    why=(
        "GitLab runs a job with `when: always` after a failed job, but not after a cancelled one. "
        "So the stack stays, and costs money, each time a pipeline is cancelled. "
        "GitLab stops an environment when its branch is deleted, or when its `auto_stop_in` has expired."
    ),
    severity="warning",
    confidence="certain",
    source="https://docs.gitlab.com/ci/environments/#stopping-an-environment",
    former_ids=("cleanup-after-failure",),
    examples=[
        Example(
            bad="""
stages: [deploy, test, clean]
create:
  stage: deploy
  environment: qa/$CI_COMMIT_REF_SLUG
  resource_group: qa/$CI_COMMIT_REF_SLUG
  script: sam deploy --stack-name qa-$CI_COMMIT_REF_SLUG --no-fail-on-empty-changeset
test:
  stage: test
  script: make test
remove:
  stage: clean
  when: always
  script: sam delete --no-prompts --stack-name qa-$CI_COMMIT_REF_SLUG
""",
            good="""
stages: [deploy, test, clean]
create:
  stage: deploy
  environment:
    name: qa/$CI_COMMIT_REF_SLUG
    on_stop: remove
    auto_stop_in: 1 day
  resource_group: qa/$CI_COMMIT_REF_SLUG
  script: sam deploy --stack-name qa-$CI_COMMIT_REF_SLUG --no-fail-on-empty-changeset
test:
  stage: test
  script: make test
remove:
  stage: clean
  when: manual
  environment:
    name: qa/$CI_COMMIT_REF_SLUG
    action: stop
  script: sam delete --no-prompts --stack-name qa-$CI_COMMIT_REF_SLUG
""",
        )
    ],
    check=check,
)
