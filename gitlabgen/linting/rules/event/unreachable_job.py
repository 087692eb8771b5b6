"""`unreachable-job`: the rules of a job let it run for no event.

Source: https://docs.gitlab.com/ci/jobs/job_rules/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.event_views import EventAnalysis
from gitlabgen.linting.pipeline_kinds import PipelineKinds
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.linting.rules.pipeline.impossible_value import impossible_values
from gitlabgen.simulation.rules import CLAUSES

__all__ = ["RULE", "is_switched_off", "is_unreachable"]


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that no event can have, unless it is switched off on purpose."""
    jobs = [job for job in analysis.pipeline.jobs_with("rules") if _is_absent(analysis, job)]
    if not jobs:
        return
    kinds = PipelineKinds(analysis.pipeline)
    for job in jobs:
        rules: Any = job.rules
        if is_unreachable(kinds, job):
            yield RULE.finding(spot(job, ("rules",)), f"No event runs `{job.name}`: {_reason(rules)}.", _hint(rules))
        elif _is_left_out_by_workflow(analysis, kinds, rules):
            message = f"No event runs `{job.name}`: `workflow` starts no pipeline for the events that its rules allow."
            yield RULE.finding(spot(job, ("rules",)), message, "change the rules of the job, or of `workflow`")


def _is_absent(analysis: EventAnalysis, job: BaseJob) -> bool:
    """Return whether none of the usual events has a job, although it has rules that could let it run."""
    rules = job.rules
    if not isinstance(rules, tuple) or not rules or is_switched_off(rules) or analysis.pipeline.is_incomplete(job):
        return False
    names = analysis.pipeline.children.get(job.name, (job.name,))
    return bool(analysis.started) and all(view.lacks(name) for view in analysis.started for name in names)


def is_switched_off(rules: Sequence[Any]) -> bool:
    """Return whether the first rule excludes a job from all pipelines, as people write who mean it.

    Args:
        rules: The rules of the job.
    """
    first = vars(rules[0]) if hasattr(rules[0], "__dict__") else {}
    return first.get("when") == "never" and not any(name in first for name in CLAUSES)


def is_unreachable(kinds: PipelineKinds, job: BaseJob) -> bool:
    """Return whether the rules of a job allow it in no kind of pipeline, and no other rule says so.

    Args:
        kinds: The kinds of pipelines.
        job: The job.
    """
    rules: Any = job.rules
    if not isinstance(rules, tuple) or not rules or is_switched_off(rules) or any(kinds.allow(rules)):
        return False
    return not any(impossible_values(rule.if_) for rule in rules if is_set(rule.if_))


def _is_left_out_by_workflow(analysis: EventAnalysis, kinds: PipelineKinds, rules: Sequence[Any]) -> bool:
    own = getattr(analysis.pipeline.pipeline.workflow, "rules", None)
    if not isinstance(own, tuple) or not own:
        return False
    return not any(starts and allows for starts, allows in zip(kinds.allow(own), kinds.allow(rules), strict=True))


def _reason(rules: Sequence[Any]) -> str:
    allowing = [rule for rule in rules if rule.when != "never"]
    if not allowing:
        return "all of its rules say `when: never`" if len(rules) > 1 else "its only rule says `when: never`"
    if len(rules) == 1:
        return f"`{allowing[0].if_}` never holds"
    return "none of its rules that could run it ever applies"


def _hint(rules: Sequence[Any]) -> str:
    if all(rule.when == "never" for rule in rules):
        return "add a rule for the events that should run it, such as `when: on_success` at the end"
    return "correct the conditions, or remove the job"


RULE: Final = LintRule(
    id="unreachable-job",
    summary="The rules of a job let it run for no event.",
    why=(
        "Each kind of pipeline has its own variables: a tag pipeline has no branch, and a merge request pipeline has neither. "
        "A condition that needs two of them at once never holds. "
        "If no rule of a job can ever apply, or all of them exclude it, GitLab never runs the job, and no message says so."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    source="https://docs.gitlab.com/ci/jobs/job_rules/",
    examples=[
        Example(
            bad="""
test:
  script: make test
release:
  script: make release
  rules:
    - if: $CI_COMMIT_TAG && $CI_COMMIT_BRANCH
""",
            good="""
test:
  script: make test
release:
  script: make release
  rules:
    - if: $CI_COMMIT_TAG
""",
        ),
        Example(
            bad="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_TAG
      when: never
""",
            good="""
test:
  script: make test
  rules:
    - if: $CI_COMMIT_TAG
      when: never
    - if: $CI_COMMIT_BRANCH
""",
        ),
    ],
    check=check,
)
