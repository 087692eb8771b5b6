"""`child-too-deep`: a child pipeline of a child pipeline starts a third one.

Its findings come while children are read. Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.trigger import Trigger
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["MOST_LEVELS", "RULE", "always_runs", "children_too_deep"]

MOST_LEVELS: Final = 2
"""The number of levels of child pipelines below a pipeline."""


def children_too_deep(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job of a pipeline on the last level that starts another child pipeline.

    Args:
        analysis: The pipeline.
    """
    for job in analysis.jobs_with("trigger"):
        trigger = getattr(job, "trigger", None)
        if isinstance(trigger, Trigger) and is_set(trigger.include) and always_runs(analysis, job):
            message = f"`{job.name}` fails when it starts: its pipeline is a child of a child, which cannot have children."
            hint = "include the file instead, or start it one level higher"
            gitlab = "You reached the maximum depth of child pipelines"
            yield RULE.finding(spot(job, ("trigger",)), message, hint, gitlab=gitlab)


def always_runs(analysis: PipelineAnalysis, job: BaseJob) -> bool:
    """Return whether a job runs in each pipeline of its file: rules can end the recursion.

    Args:
        analysis: The pipeline.
        job: The job.
    """
    limits = (job.rules, job.only, job.except_, getattr(analysis.pipeline.workflow, "rules", None))
    return not any(map(is_set, limits)) and not analysis.is_incomplete(job) and not analysis.unknown


RULE: Final = LintRule(
    id="child-too-deep",
    summary="A child pipeline of a child pipeline starts a third one.",
    why=(
        "A pipeline can have child pipelines, and these can have child pipelines, but no deeper ones. "
        "The job that would start the third level fails when it starts, after all jobs before it have run. "
        "Jobs with rules are not reported, because rules can end the recursion."
    ),
    severity="error",
    confidence="certain",
    needs=("files",),
    source="https://docs.gitlab.com/ci/pipelines/downstream_pipelines/",
    examples=[
        Example(
            bad="""
start:
  trigger:
    include: a.yml
    strategy: depend
""",
            good="""
start:
  trigger:
    include: b.yml
    strategy: depend
""",
            files={
                "a.yml": """
first:
  trigger:
    include: b.yml
    strategy: depend
""",
                "b.yml": """
second:
  trigger:
    include: c.yml
    strategy: depend
""",
                "c.yml": """
third:
  script: make
""",
            },
        )
    ],
)
