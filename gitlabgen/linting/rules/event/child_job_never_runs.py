"""`child-job-never-runs`: a job of a child pipeline asks for another source of the pipeline.

Source: https://docs.gitlab.com/ci/pipelines/downstream_pipelines/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.ref_names import SOURCE_WORDS, refs_of
from gitlabgen.analysis.spots import place, spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.expressions import parsed_or_none
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.rules import Rule
from gitlabgen.linting.event_children import children_of
from gitlabgen.linting.event_views import EventAnalysis
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.plans import language_of, location_of
from gitlabgen.simulation.evaluation import verdict
from gitlabgen.simulation.unknown import Unknown

__all__ = ["RULE"]

_SOURCE: Final = "CI_PIPELINE_SOURCE"
_CHILD: Final = "parent_pipeline"
_HINT: Final = "compare it with `parent_pipeline`, or start the job in the parent pipeline"


def check(analysis: EventAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job of a child pipeline whose rules all exclude child pipelines."""
    if not analysis.pipeline.jobs_with("trigger"):
        return
    seen: set[tuple[str, Position | None]] = set()
    for started in children_of(analysis.started):
        plan = started.plan
        if plan is None or _SOURCE in plan.analysis.variable_facts.set_names or _SOURCE in started.start.variables:
            continue
        jobs = plan.analysis.jobs.values()
        never = [job for job in jobs if _never_runs(job)]
        for job in never if len(never) < len(jobs) else ():  # without jobs, the pipeline itself is the mistake
            key = job.name, position(location_of(job))
            if key in seen or plan.analysis.is_incomplete(job) or _is_also_in(analysis.pipeline, job):
                continue
            seen.add(key)
            file = key[1] and language_of(job) == "yaml" and f"`{key[1].file}`"
            text = f"`{job.name}` in {file or started.files} never runs: there {_SOURCE} is `{_CHILD}`."
            yield RULE.finding(spot(job, ("rules",) if is_set(job.rules) else ("only",)), text, _HINT)


def _never_runs(job: BaseJob) -> bool:
    if is_set(job.rules):
        rules = job.rules if isinstance(job.rules, tuple) else (None,)
        wanted = [rule for rule in rules if not isinstance(rule, Rule) or rule.when != "never"]
        return bool(wanted) and all(isinstance(rule, Rule) and _excludes(rule) for rule in wanted)
    refs = refs_of(job.only)
    return bool(refs) and SOURCE_WORDS.issuperset(refs)


def _excludes(rule: Rule) -> bool:
    """Return whether the condition of a rule certainly does not hold in a child pipeline."""
    condition = parsed_or_none(rule.if_)
    return condition is not None and verdict(condition, _known).truth is False


def _known(name: str) -> str | Unknown:
    return _CHILD if name == _SOURCE else Unknown((name,))


def _is_also_in(parent: PipelineAnalysis, job: BaseJob) -> bool:
    """Return whether the file of a job is also the pipeline that starts it, or one of its includes."""
    where = position(location_of(job))
    if where is None or language_of(job) != "yaml":
        return any(other is job for other in parent.jobs.values())
    files = (place(file, ()) for file in parent.resolution.files)
    return where.file in {found.file for found in files if found is not None}


RULE: Final = LintRule(
    id="child-job-never-runs",
    summary="A job of a child pipeline only runs in pipelines that are no child pipelines.",
    why=(
        "In a child pipeline `CI_PIPELINE_SOURCE` is `parent_pipeline`, whatever started the parent pipeline. "
        "A job whose rules ask for `push`, `merge_request_event` or another source is never part of it. "
        "GitLab reports nothing, because the other jobs of the child pipeline run."
    ),
    severity="warning",
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
    include: ci/right.yml
    strategy: depend
""",
            files={
                "ci/child.yml": """
test:
  script: make test
lint:
  script: make lint
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
""",
                "ci/right.yml": """
test:
  script: make test
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
