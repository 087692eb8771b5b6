"""`missing-script`: a job has nothing to run.

Source: https://docs.gitlab.com/ci/yaml/#script
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis, needs_of
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.base_job import needs_list
from gitlabgen.gitlab.job import Job
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job without `script`, `run` and `trigger`."""
    for job in analysis.jobs.values():
        if is_set(job.__dict__.get("script")) or not isinstance(job, Job) or is_set(job.run):
            continue
        if job.name in analysis.resolution.incomplete or _mirrors(job):
            continue
        if analysis.unknown:
            yield RULE.undecided(analysis, job, (), "it has a script")
            continue
        message = f"`{job.name}` has nothing to run: add `script`, `run` or `trigger`."
        gitlab = f"jobs {job.name} config should implement the script:, run:, or trigger: keyword"
        hint = f"rename it to `.{job.name}` if only other jobs use it"
        if job.name == "spec":
            hint = "if it is the header of the file, write `---` and the jobs below it"
        yield RULE.finding(spot(job, ()), message, hint, gitlab=gitlab)


def _mirrors(job: Job) -> bool:
    """Return whether a job only shows the status of another pipeline."""
    needs = needs_list(job.needs)
    return len(needs) == 1 and not any(needs_of(needs)) and getattr(needs[0], "pipeline", None) is not None


RULE: Final = LintRule(
    id="missing-script",
    summary="A job has no `script`, `run` or `trigger`.",
    why=(
        "GitLab rejects the whole pipeline if a job has nothing to run. "
        "Often the job is meant for `extends` only, and its name lacks the leading dot that hides it."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#script",
    examples=[
        Example(
            bad="""
test:
  stage: test
""",
            good="""
test:
  stage: test
  script: make test
""",
        )
    ],
    check=check,
)
