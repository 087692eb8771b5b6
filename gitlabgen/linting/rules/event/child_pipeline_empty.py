"""`child-pipeline-empty`: a child pipeline has no jobs, so the job that starts it fails.

Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.ref_names import names_refs
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.event_children import StartedChild, children_in_events
from gitlabgen.linting.event_jobs import sentence
from gitlabgen.linting.event_views import EventAnalysis
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_HINT: Final = 'let one of its jobs run if `$CI_PIPELINE_SOURCE == "parent_pipeline"`'


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job that certainly starts a child pipeline without jobs."""
    if not analysis.pipeline.jobs_with("trigger"):
        return
    for started, views in children_in_events(analysis.started, _is_empty):
        name = started.start.seed.job.name
        have = "have" if " and " in started.files else "has"
        text = f"{started.files} {have} no job for a pipeline started by another one, so `{name}` fails."
        where = spot(started.start.seed.job, ("trigger", "include"))
        yield RULE.finding(where, sentence(views, text), _HINT, gitlab=started.child.errors[0])


def _is_empty(started: StartedChild) -> bool:
    """Return whether a child pipeline certainly has no jobs, whatever the names of the branch and the tag are."""
    plan = started.plan
    if plan is None or plan.unknown is not None or started.child.outcome != "filtered":
        return False
    return not names_refs(plan.analysis)


RULE: Final = LintRule(
    id="child-pipeline-empty",
    summary="A child pipeline has no jobs, so the job that starts it fails.",
    why=(
        "GitLab refuses to create a pipeline without jobs, and the trigger job fails. "
        "In a child pipeline `CI_PIPELINE_SOURCE` is `parent_pipeline`, so jobs for `push` and the like are not in it. "
        "All files of a trigger count together, and files that cannot be read may have jobs."
    ),
    severity="error",
    confidence="certain",
    needs=("simulation", "files"),
    source="https://docs.gitlab.com/ci/pipelines/downstream_pipelines/",
    examples=[
        Example(
            bad="""
run-child:
  trigger:
    include: ci/child.yml
    strategy: depend
""",
            good="""
run-child:
  trigger:
    include: [ci/child.yml, ci/more.yml]
    strategy: depend
""",
            files={
                "ci/child.yml": """
lint:
  script: make lint
  rules:
    - if: $CI_PIPELINE_SOURCE == "push"
""",
                "ci/more.yml": """
lint:
  script: make lint
  rules:
    - if: $CI_PIPELINE_SOURCE == "parent_pipeline"
""",
            },
        )
    ],
    check=check,
)
