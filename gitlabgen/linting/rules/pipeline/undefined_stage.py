"""`undefined-stage`: a job is in a stage that `stages` does not list.

Source: https://docs.gitlab.com/ci/yaml/#stages
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding, Suggestions
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.stage import listed_stages
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.resolution.open_names import OpenNames

__all__ = ["RULE"]


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each job in a stage that does not exist."""
    listed = analysis.pipeline.stages
    if is_set(listed) and not (isinstance(listed, tuple) and all(isinstance(stage, str) for stage in listed)):
        return  # another finding is about `stages` itself
    stages = analysis.stages
    open_stages = OpenNames(filter(is_interpolated, stages))
    suggestions = Suggestions()
    for job in [analysis.jobs[name] for name, order in analysis.orders.items() if order < 0 and name in analysis.jobs]:
        stage = job.__dict__.get("stage") or "test"
        if not isinstance(stage, str) or (job.stage is None and job.name in analysis.resolution.incomplete):
            continue
        open_stage = open_stages.becoming(stage) or ""
        because = analysis.unknown_input(stage, open_stage)
        if because or (analysis.unknown and not (analysis.has_known_stages and _is_final(analysis, job))):
            # A file that includes a fragment usually lists its own stages.
            near = None if analysis.resolution.is_fragment and not is_set(listed) else analysis.misspelt(stage, stages)
            yield RULE.undecided(analysis, job, ("stage",), f"the stage `{stage}` exists", because, near)
            continue
        if is_interpolated(stage) or open_stage:
            continue
        hint = f"add `{stage}` to `stages`"
        if job.stage is None:
            message = f"`{job.name}` has no `stage`, so it is in stage `{stage}`, which `stages` does not list."
        else:
            message = f"`{job.name}` is in stage `{stage}`, which `stages` does not list."
            hint = suggestions.did_you_mean(stage, stages) or hint
        gitlab = f"{job.name} job: chosen stage {stage} does not exist; available stages are {listed_stages(stages)}"
        yield RULE.finding(spot(job, ("stage",)), message, hint, facts=(stage,), gitlab=gitlab)


def _is_final(analysis: PipelineAnalysis, job: BaseJob) -> bool:
    """Return whether no include can change the stage of a job: the root file sets it, and wins over all includes."""
    origin = analysis.resolution.origin(job.name, "stage")
    return origin is not None and origin.path == ("stage",) and id(origin.model) in analysis.own_jobs


RULE: Final = LintRule(
    id="undefined-stage",
    summary="A job is in a stage that `stages` does not list.",
    why=(
        "GitLab rejects the whole pipeline if a job is in a stage that does not exist. "
        "Without `stages` there are `.pre`, `build`, `test`, `deploy` and `.post`. "
        "With `stages` there are only the listed ones, `.pre` and `.post`. "
        "A job without `stage` is in `test`, even if the list has no `test`."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.gitlab.com/ci/yaml/#stages",
    examples=[
        Example(
            bad="""
stages: [build, deploy]
deploy:
  stage: delpoy
  script: make deploy
""",
            good="""
stages: [build, deploy]
deploy:
  stage: deploy
  script: make deploy
""",
        )
    ],
    check=check,
)
