"""`trigger-without-strategy`: a job does not wait for the child pipeline that it starts.

Source: https://docs.gitlab.com/ci/yaml/#triggerstrategy
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.trigger import Trigger
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import assignment, either

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that starts a child pipeline without `strategy`; other projects are often meant so."""
    for job in analysis.jobs_with("trigger"):
        trigger = getattr(job, "trigger", None)
        if not isinstance(trigger, Trigger) or not is_set(trigger.include) or is_set(trigger.strategy):
            continue
        if not analysis.is_incomplete(job):
            message = f"`{job.name}` is green as soon as the child pipeline has started, even if that fails."
            hint = either("add {} to `trigger`", assignment("strategy", "depend"))
            yield RULE.finding(spot(job, ("trigger",), at_key=True), message, hint)


RULE: Final = LintRule(
    id="trigger-without-strategy",
    summary="A job that starts a child pipeline does not wait for it.",
    why=(
        "Without `strategy`, a trigger job succeeds as soon as the child pipeline has been created. "
        "If a job of the child pipeline fails, the parent pipeline and the merge request stay green. "
        "With `strategy: depend`, the job has the result of the child pipeline."
    ),
    severity="info",
    confidence="likely",
    fix="unsafe",
    source="https://docs.gitlab.com/ci/yaml/#triggerstrategy",
    examples=[
        Example(
            bad="""
run-child:
  trigger:
    include: child.yml
""",
            good="""
run-child:
  trigger:
    include: child.yml
    strategy: depend
""",
            files={
                "child.yml": """
test:
  script: make test
"""
            },
        )
    ],
    check=check,
)
