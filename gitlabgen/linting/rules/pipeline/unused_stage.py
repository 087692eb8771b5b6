"""`unused-stage`: no job is in a stage that `stages` lists.

Source: https://docs.gitlab.com/ci/yaml/#stages
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.gitlab.stage import DEFAULT_STAGE
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.modeling.spellings import Spelling

__all__ = ["RULE"]

_EDGES: Final = frozenset((".pre", ".post"))
_HINT: Final = Spelling("remove it from stages=[…]", "remove it from `stages`")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each listed stage without jobs, unless another file may have jobs or choose their stages."""
    if analysis.is_part or analysis.unknown or not analysis.jobs or not isinstance(analysis.pipeline.stages, tuple):
        return
    if analysis.resolution.incomplete:
        return
    used = {job.stage or DEFAULT_STAGE for job in analysis.jobs.values()}
    if not all(isinstance(stage, str) and not is_interpolated(stage) for stage in used):
        return
    for index, stage in enumerate(analysis.pipeline.stages):
        if isinstance(stage, str) and not is_interpolated(stage) and stage not in used | _EDGES:
            yield RULE.finding(
                spot(analysis.pipeline, ("stages", index)), f"No job is in stage `{stage}`.", _HINT, facts=(stage,)
            )


RULE: Final = LintRule(
    id="unused-stage",
    summary="No job is in a stage that `stages` lists.",
    why=(
        "GitLab leaves out a stage without jobs, so it has no effect. "
        "A reader of `stages` expects a step that does not exist. "
        "Often the last job of the stage was deleted, or was moved to another stage."
    ),
    severity="info",
    confidence="certain",
    persona="pedantic",
    fix="safe",
    source="https://docs.gitlab.com/ci/yaml/#stages",
    examples=[
        Example(
            bad="""
stages: [build, merge, test]
compile:
  stage: build
  script: make
test:
  script: make test
""",
            good="""
stages: [build, test]
compile:
  stage: build
  script: make
test:
  script: make test
""",
        )
    ],
    check=check,
)
