"""`rule-never-matches`: a rule can never be the one that applies.

Source: https://docs.gitlab.com/ci/yaml/#rules
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.rules import Rule
from gitlabgen.linting.event_views import EventAnalysis
from gitlabgen.linting.pipeline_kinds import PipelineKinds
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.linting.rules.event.unreachable_job import is_switched_off, is_unreachable
from gitlabgen.linting.rules.pipeline.impossible_value import impossible_values
from gitlabgen.modeling.model import Model

__all__ = ["RULE"]

_Placed = tuple[Model, tuple[str | int, ...], str, Sequence[Any]]


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each rule that an earlier one makes useless, or whose condition holds for no event."""
    kinds = PipelineKinds(analysis.pipeline)
    for owner, path, name, rules in _lists(analysis):
        useless = [*_useless(kinds, rules)]
        if useless and not is_switched_off(rules) and not (isinstance(owner, BaseJob) and is_unreachable(kinds, owner)):
            for index, why, hint in useless:
                message = f"Rule {index + 1} of `{name}` never matches: {why}."
                yield RULE.finding(spot(owner, (*path, index)), message, hint, facts=(str(index),))


def _lists(analysis: EventAnalysis) -> Iterator[_Placed]:
    """Yield the rules of the workflow and of the jobs: the model, the path, the name for messages, and the rules."""
    pipeline = analysis.pipeline.pipeline
    workflow = getattr(pipeline.workflow, "rules", None)
    if isinstance(workflow, tuple):
        yield pipeline, ("workflow", "rules"), "workflow", workflow
    for job in analysis.pipeline.jobs_with("rules"):
        if isinstance(job.rules, tuple):
            yield job, ("rules",), job.name, job.rules


def _useless(kinds: PipelineKinds, rules: Sequence[Any]) -> Iterator[tuple[int, str, str]]:
    """Yield the index of each rule that never applies, the end of the message, and the hint."""
    for index, rule in enumerate(rules):
        if not isinstance(rule, Rule):
            continue
        if isinstance(rule.if_, str) and not impossible_values(rule.if_) and kinds.never_holds(rule):
            yield index, f"`{rule.if_}` holds for no event", "correct the condition, or remove the rule"
        if index + 1 < len(rules) and kinds.always_holds(rule):
            if not all(map(_is_last_word, rules[index + 1 :])):
                yield index + 1, f"rule {index + 1} already matches every event", f"put it before rule {index + 1}, or remove it"
            return


def _is_last_word(rule: Any) -> bool:
    """Return whether a rule only says that nothing else matches, which does no harm."""
    return isinstance(rule, Rule) and rule.when == "never" and rule.__dict__.keys() <= {"when"}


RULE: Final = LintRule(
    id="rule-never-matches",
    summary="A rule can never be the one that applies.",
    why=(
        "GitLab reads the rules of a job, and those of `workflow`, from top to bottom, and the first that matches counts. "
        "A rule after one that always matches is never read. "
        "A condition that needs a tag and a branch at once, for example, never holds."
    ),
    severity="warning",
    confidence="certain",
    needs=("simulation",),
    source="https://docs.gitlab.com/ci/yaml/#rules",
    examples=[
        Example(
            bad="""
workflow:
  rules:
    - if: $CI_COMMIT_BRANCH
deploy:
  script: make deploy
  rules:
    - when: on_success
    - if: $CI_COMMIT_BRANCH == "main"
      when: manual
""",
            good="""
workflow:
  rules:
    - if: $CI_COMMIT_BRANCH
deploy:
  script: make deploy
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
      when: manual
    - when: on_success
""",
        ),
    ],
    check=check,
)
